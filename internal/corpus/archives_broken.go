package corpus

import (
	"bytes"
	"hash/crc32"
	"slices"
	"strings"
)

func brokenArchives() []File {
	good := zipOf(hello, store("b.txt", "b"))
	directory := bytes.Index(good, []byte("PK\x01\x02"))
	empty := zipOf()
	gap := file("b.txt", "b")
	gap.before = []byte("<script>alert(1)</script>")
	beforeEnd := bytes.Replace(good, []byte("PK\x05\x06"), []byte("hidPK\x05\x06"), 1)
	return []File{
		archive("an archive cut within an entry", good[:50]),
		archive("an archive without a directory", good[:directory]),
		archive("an archive cut within the directory", good[:directory+60]),
		archive("an archive without its last byte", good[:len(good)-1]),
		archive("bytes between entries", zipOf(hello, gap)),
		archive("bytes before the directory", slices.Insert(slices.Clone(good), directory, []byte("hidden")...)),
		archive("bytes between directory and end record", beforeEnd),
		archive("HTML after the end", append(slices.Clone(good), "<script>alert(1)</script>"...)),
		archive("two archives one after the other", append(slices.Clone(good), good...)),
		archive("an empty archive before another", append(slices.Clone(empty), good...)),
		archive("a first volume of several", append([]byte("PK\x07\x08"), good...)),
		archive("a comment that is HTML", zipWith(nil, "<script>alert(1)</script>", hello)),
		archive("a comment that is an archive", zipWith(nil, string(good), hello)),
		archive("a comment of 20 KiB", zipWith(nil, strings.Repeat("x", 20<<10), hello)),
		archive("a comment longer than the end record says", zipWith(set16(20, 3), "comment", hello)),
		archive("a broken extra field", zipOf(zipEntry{name: "a.txt", extra: []byte{1, 2, 0xff, 0xff}})),
		archive("an extra field of 20 KiB", zipOf(zipEntry{name: "a.txt", extra: field(0x9999, make([]byte, 20<<10)...)})),
		archive("damaged deflate data", zipOf(zipEntry{name: "a.txt", packed: []byte{0x06, 0xff}, size: 9})),
		archive("deflate data with bytes after its end", zipOf(zipEntry{name: "a.txt", packed: []byte{3, 0, 'h', 'i', 'd'}})),
		archive("deflate data that is cut", zipOf(zipEntry{name: "a.txt", packed: deflate([]byte("hello, hello"))[:6], size: 12})),
	}
}

func lyingArchives() []File {
	lie := func(about string, change func(*zipEntry)) File {
		e := hello
		change(&e)
		return archive(about, zipOf(e, file("b.txt", "b")))
	}
	return []File{
		lie("an entry that is not listed", func(e *zipEntry) { e.omitted = true }),
		lie("an entry that is listed twice", func(e *zipEntry) { e.listed = 1 }),
		lie("a name that is listed differently", func(e *zipEntry) { e.central = func(h []byte) { h[46] = 'H' } }),
		lie("a size that is listed differently", func(e *zipEntry) { e.central = set32(24, 6) }),
		lie("a packed size that is listed differently", func(e *zipEntry) { e.central = set32(20, 6) }),
		lie("a method that is listed differently", func(e *zipEntry) { e.central = set16(10, 0) }),
		lie("a checksum that is listed differently", func(e *zipEntry) { e.central = set32(16, 6) }),
		lie("flags that are listed differently", func(e *zipEntry) { e.central = set16(8, 1<<3) }),
		lie("a flag of UTF-8 that one header lacks", func(e *zipEntry) { e.name, e.flags, e.central = "é.txt", 1<<11, set16(8, 0) }),
		lie("an offset within an entry", func(e *zipEntry) { e.central = set32(42, 5) }),
		lie("another volume", func(e *zipEntry) { e.central = set16(34, 1) }),
		lie("a wrong checksum", func(e *zipEntry) {
			e.local, e.central = set32(14, 6), set32(16, 6)
		}),
		lie("a size that is too small", func(e *zipEntry) { e.local, e.central = set32(22, 10), set32(24, 10) }),
		lie("a size that is too large", func(e *zipEntry) { e.local, e.central = set32(22, 9999), set32(24, 9999) }),
		lie("a stored entry with two sizes", func(e *zipEntry) { e.stored, e.local = true, set32(22, 10) }),
		lie("a descriptor with a wrong checksum", func(e *zipEntry) { e.stream, e.follow = true, set32(4, 6) }),
		lie("a descriptor with a wrong size", func(e *zipEntry) { e.stream, e.follow = true, set32(12, 6) }),
		lie("a descriptor with a wrong signature", func(e *zipEntry) { e.stream, e.follow = true, set32(0, 6) }),
		lie("sizes before and after that differ", func(e *zipEntry) { e.stream, e.local = true, set32(22, 6) }),
		lie("a stored entry whose descriptor has a wrong checksum", func(e *zipEntry) { e.stream, e.stored, e.follow = true, true, set32(4, 6) }),
		lie("a stored entry that holds its descriptor", func(e *zipEntry) {
			e.stream, e.stored, e.data = true, true, "a"+string((&zipEntry{crc: crc32.ChecksumIEEE([]byte("a")), packed: []byte("a"), size: 1}).descriptor())+"hidden"
		}),
		lie("a size of 64 bits that is negative", func(e *zipEntry) {
			e.local, e.extra = set32(22, 1<<32-1), field(1, bytes.Repeat([]byte{0xff}, 8)...)
		}),
		lie("a size of 64 bits beside another", func(e *zipEntry) { e.extra = field(1, bytes.Repeat([]byte{1}, 16)...) }),
		lie("a size of 64 bits that is not needed", func(e *zipEntry) { e.extra = field(1, bytes.Repeat([]byte{1}, 8)...) }),
		lie("too many sizes of 64 bits", func(e *zipEntry) { e.extra = field(1, make([]byte, 32)...) }),
		lie("a size of 64 bits that readers find in two places", func(e *zipEntry) {
			e.stored, e.data = true, "x"
			e.local, e.extra = set32(18, 1<<32-1), field(1, append(le.AppendUint64(nil, 1), le.AppendUint64(nil, 2)...)...)
		}),
		lie("an offset of 64 bits that is not there", func(e *zipEntry) { e.central = set32(42, 1<<32-1) }),
		archive("an end record with another count", zipWith(set16(10, 2), "", hello)),
		archive("an end record with another size", zipWith(set32(12, 9), "", hello)),
		archive("an end record with another offset", zipWith(set32(16, 9), "", hello)),
		archive("end records of 64 bits that differ", wide(zipOf(hello), set32(24, 2))),
		archive("a locator that leads elsewhere", wide(zipOf(hello), set32(64, 2))),
		archive("an end record of 64 bits that claims more bytes", wide(zipOf(hello), set32(4, 60))),
		archive("an end record of another volume", zipWith(set16(4, 1), "", hello)),
	}
}
