package corpus

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"sync"
)

var le = binary.LittleEndian

// zipEntry is an entry of an archive made by hand. Each of its fields can be wrong. Deflate is the
// default.
type zipEntry struct {
	name   string
	data   string
	packed []byte // the deflate stream, if not the one of data
	size   int64  // of the content, if packed is given
	crc    uint32 // of the content, if packed is given

	stored bool
	fast   bool // deflated fast, however large it is
	stream bool // sizes follow in a descriptor
	bare   bool // the descriptor has no signature
	flags  uint16
	extra  []byte
	mode   uint32
	before []byte // stray bytes before it

	local   func(header []byte) // changes the local header
	central func(header []byte) // changes the central one
	follow  func(descriptor []byte)
	omitted bool // from the directory
	listed  int  // how often it is listed again
}

func file(name, data string) zipEntry  { return zipEntry{name: name, data: data} }
func store(name, data string) zipEntry { return zipEntry{name: name, data: data, stored: true} }

// zipOf returns an archive of these entries.
func zipOf(entries ...zipEntry) []byte { return zipWith(nil, "", entries...) }

// zipWith returns an archive with a comment, after change has changed its end record.
func zipWith(change func(end []byte), comment string, entries ...zipEntry) []byte {
	var out, directory []byte
	count := 0
	for _, e := range entries {
		e.pack()
		out = append(out, e.before...)
		offset := len(out)
		out = append(out, e.localHeader()...)
		out = append(out, e.packed...)
		if e.stream {
			out = append(out, e.descriptor()...)
		}
		for n := e.listed; n >= 0 && !e.omitted; n-- {
			directory = append(directory, e.centralHeader(offset)...)
			count++
		}
	}
	end := le.AppendUint32(nil, 0x06054b50)
	end = le.AppendUint32(end, 0)
	end = le.AppendUint16(le.AppendUint16(end, uint16(count)), uint16(count))
	end = le.AppendUint32(le.AppendUint32(end, uint32(len(directory))), uint32(len(out)))
	end = append(le.AppendUint16(end, uint16(len(comment))), comment...)
	if change != nil {
		change(end)
	}
	return append(append(out, directory...), end...)
}

func (e *zipEntry) pack() {
	if e.packed != nil {
		return
	}
	e.size, e.crc = int64(len(e.data)), crc32.ChecksumIEEE([]byte(e.data))
	e.packed = []byte(e.data)
	if !e.stored {
		e.packed = deflateOf([]byte(e.data), e.fast || len(e.data) < 1<<20, false)
	}
}

// common returns the fields that both headers share.
func (e *zipEntry) common(known bool) []byte {
	method, flags := uint16(8), e.flags
	if e.stored {
		method = 0
	}
	if e.stream {
		flags |= 1 << 3
	}
	h := le.AppendUint16(le.AppendUint16(le.AppendUint16(make([]byte, 0, 32), 20), flags), method)
	h = append(h, 0, 0, 0x21, 0x5a)
	if known {
		h = le.AppendUint32(le.AppendUint32(le.AppendUint32(h, e.crc), uint32(len(e.packed))), uint32(e.size))
	} else {
		h = append(h, make([]byte, 12)...)
	}
	return le.AppendUint16(le.AppendUint16(h, uint16(len(e.name))), uint16(len(e.extra)))
}

func (e *zipEntry) localHeader() []byte {
	h := append(append(make([]byte, 0, 30+len(e.name)+len(e.extra)), "PK\x03\x04"...), e.common(!e.stream)...)
	if e.local != nil {
		e.local(h)
	}
	return append(append(h, e.name...), e.extra...)
}

func (e *zipEntry) centralHeader(offset int) []byte {
	h := append(append(make([]byte, 0, 46+len(e.name)+len(e.extra)), "PK\x01\x02\x14\x03"...), e.common(true)...)
	h = append(h, make([]byte, 6)...) // comment, volume, internal attributes
	h = le.AppendUint32(le.AppendUint32(h, e.mode<<16), uint32(offset))
	h = append(append(h, e.name...), e.extra...)
	if e.central != nil {
		e.central(h)
	}
	return h
}

func (e *zipEntry) descriptor() []byte {
	d := le.AppendUint32([]byte("PK\x07\x08"), e.crc)
	d = le.AppendUint32(le.AppendUint32(d, uint32(len(e.packed))), uint32(e.size))
	if e.follow != nil {
		e.follow(d)
	}
	if e.bare {
		d = d[4:]
	}
	return d
}

// deflaters are made once, since making one is the largest part of the work for an entry. Only
// large data takes the best one, which first clears tables of 640 KiB.
var deflaters = struct {
	sync.Mutex
	fast, best *flate.Writer
}{fast: deflater(flate.BestSpeed), best: deflater(flate.BestCompression)}

func deflater(level int) *flate.Writer {
	w, _ := flate.NewWriter(nil, level) // the levels are valid
	return w
}

// deflate returns p deflated, fast unless it is large.
func deflate(p []byte) []byte { return deflateOf(p, len(p) < 1<<20, false) }

// deflateOpen is deflate without the final block, so that more can follow.
func deflateOpen(p []byte) []byte { return deflateOf(p, len(p) < 1<<20, true) }

func deflateOf(p []byte, fast, open bool) []byte {
	var b bytes.Buffer
	deflaters.Lock()
	defer deflaters.Unlock()
	w := deflaters.best
	if fast {
		w = deflaters.fast
	}
	w.Reset(&b)
	_, _ = w.Write(p) // a Buffer does not fail
	if open {
		_ = w.Flush()
	} else {
		_ = w.Close()
	}
	return b.Bytes()
}

// repeated returns an entry of n MiB of repeated text.
func repeated(name, text string, n int) zipEntry {
	mebibyte, packed := mebibyteOf(text)
	e := zipEntry{name: name, size: int64(n * len(mebibyte)), packed: append(bytes.Repeat(packed, n), 3, 0)}
	for range n {
		e.crc = crc32.Update(e.crc, crc32.IEEETable, mebibyte)
	}
	return e
}

// mebibytes holds the deflated mebibytes of mebibyteOf, by their text.
var mebibytes sync.Map

// mebibyteOf returns a MiB of repeated text, and the same deflated, open for more data. It keeps
// what it has deflated.
func mebibyteOf(text string) (plain, packed []byte) {
	plain = bytes.Repeat([]byte(text), 1<<20/len(text))
	if p, ok := mebibytes.Load(text); ok {
		return plain, p.([]byte)
	}
	packed = deflateOpen(plain)
	mebibytes.Store(text, packed)
	return plain, packed
}

// listedBackwards returns an archive whose directory lists two entries in reverse order. Their
// names must have one length.
func listedBackwards(first, second zipEntry) []byte {
	b := zipOf(first, second)
	directory := b[bytes.Index(b, []byte("PK\x01\x02")) : len(b)-22]
	half := len(directory) / 2
	copy(directory, slices.Concat(directory[half:], directory[:half]))
	return b
}

// field returns an extra field.
func field(id uint16, body ...byte) []byte {
	return append(le.AppendUint16(le.AppendUint16(nil, id), uint16(len(body))), body...)
}

// wide adds the end records of 64 bits to an archive without a comment, after change has changed
// them.
func wide(b []byte, change func(records []byte)) []byte {
	end := b[len(b)-22:]
	count, size, start := uint64(le.Uint16(end[10:])), uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))
	r := le.AppendUint64(le.AppendUint32(nil, 0x06064b50), 56-12)
	r = append(r, make([]byte, 12)...)
	for _, v := range []uint64{count, count, size, start} {
		r = le.AppendUint64(r, v)
	}
	r = le.AppendUint32(le.AppendUint32(r, 0x07064b50), 0)
	r = le.AppendUint32(le.AppendUint64(r, uint64(len(b)-22)), 1)
	if change != nil {
		change(r)
	}
	narrow := append([]byte("PK\x05\x06"), 0, 0, 0, 0)
	narrow = append(append(narrow, bytes.Repeat([]byte{0xff}, 12)...), 0, 0)
	return slices.Concat(b[:len(b)-22], r, narrow)
}

// set16 and set32 return changes of a header or a record.
func set16(at int, v uint16) func([]byte) { return func(h []byte) { le.PutUint16(h[at:], v) } }
func set32(at int, v uint32) func([]byte) { return func(h []byte) { le.PutUint32(h[at:], v) } }

var hello = file("hello.txt", strings.Repeat("hello\n", 100))

func archive(about string, b []byte) File {
	return File{About: about, Name: "files.zip", Type: typeZIP, Content: b, Code: content}
}

// secondName returns Info-ZIP's field 0x7075 with name, a second name, and the checksum of other,
// the first one.
func secondName(name, other string) []byte {
	return field(0x7075, append(le.AppendUint32([]byte{1}, crc32.ChecksumIEEE([]byte(other))), name...)...)
}
