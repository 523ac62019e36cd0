package corpus

import (
	"bytes"
	"hash/crc32"
	"slices"
	"strconv"
)

func bombs() []File {
	claims := repeated("a.txt", "a", 64)
	claims.local, claims.central = set32(22, 10), set32(24, 10)
	streamed := repeated("a.txt", "a", 64)
	streamed.stream = true
	var many, tiny []zipEntry
	mebibyte := repeated("", "a", 1)
	for i := range 900 {
		mebibyte.name = strconv.Itoa(i) + ".txt"
		many = append(many, mebibyte)
	}
	for i := range 20_000 {
		tiny = append(tiny, store(strconv.Itoa(i)+".txt", ""))
	}
	shared := repeated("a.txt", "a", 1)
	shared.listed = 3000
	return []File{
		archive("64 MiB of one letter", zipOf(repeated("a.txt", "a", 64))),
		archive("64 MiB of one letter that claim to be 10 bytes", zipOf(claims)),
		archive("64 MiB of one letter whose size follows", zipOf(streamed)),
		archive("900 entries of 1 MiB of one letter", zipOf(many...)),
		archive("20,000 entries", zipOf(tiny...)),
		archive("3,001 listings of one entry", zipOf(shared)),
		archive("250 entries that overlap, each quoting the next", quoted(250)),
		archive("four levels of eight archives", nested(4, 8)),
		archive("an entry that declares 4 GiB", zipOf(zipEntry{name: "a.txt", packed: []byte{3, 0}, size: 1<<32 - 2})),
		archive("100,000 empty deflate blocks", zipOf(zipEntry{
			name: "a.txt", size: 1,
			packed: bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 100_000),
		})),
		{
			About: "a document of 10,000 parts", Name: "a.docx", Type: typeDOCX, Code: content,
			Content: docx(parts(10_000)...),
		},
		{
			About: "a document with 64 MiB of relations", Name: "a.docx", Type: typeDOCX, Code: content,
			Content: docx(repeated("word/_rels/document.xml.rels", " <a/>   ", 64)),
		},
		{
			About: "a document with a part of 64 MiB", Name: "a.docx", Type: typeDOCX, Code: content,
			Content: docx(repeated("word/media/a.bmp", "\x00", 64)),
		},
	}
}

// parts returns n empty parts.
func parts(n int) (list []zipEntry) {
	for i := range n {
		list = append(list, store("word/"+strconv.Itoa(i)+".xml", ""))
	}
	return list
}

// quoted returns an archive of n entries that share one kernel: the deflate stream of each quotes
// the next one's header in a stored block and continues with that one's stream (Fifield, "A better
// zip bomb", 2019).
func quoted(n int) []byte {
	last := repeated(strconv.Itoa(n)+".txt", "\x00", 1)
	const room = 64 // for a header
	contents := make([]byte, int64(n*room)+last.size)
	content := contents[n*room:]
	entries := []zipEntry{last}
	out := append(last.localHeader(), last.packed...)
	for i := n - 1; i > 0; i-- {
		header := out[:len(out)-len(entries[0].packed)]
		start := len(contents) - len(content) - copy(contents[len(contents)-len(content)-len(header):], header)
		content = contents[start:]
		length := uint16(len(header))
		e := zipEntry{name: strconv.Itoa(i) + ".txt", size: int64(len(content)), crc: crc32.ChecksumIEEE(content)}
		e.packed = append(le.AppendUint16(le.AppendUint16([]byte{0}, length), ^length), out...)
		out = append(e.localHeader(), e.packed...)
		entries = slices.Insert(entries, 0, e)
	}
	var directory []byte
	at := 0
	for _, e := range entries {
		directory = append(directory, e.centralHeader(at)...)
		at += len(e.localHeader()) + 5
	}
	end := zipOf()
	set16(8, uint16(n))(end)
	set16(10, uint16(n))(end)
	set32(12, uint32(len(directory)))(end)
	set32(16, uint32(len(out)))(end)
	return slices.Concat(out, directory, end)
}

// nested returns archives in archives.
func nested(levels, each int) []byte {
	inner := zipOf(repeated("a.txt", "a", 1))
	for range levels {
		var entries []zipEntry
		for i := range each {
			entries = append(entries, file(strconv.Itoa(i)+".zip", string(inner)))
		}
		inner = zipOf(entries...)
	}
	return inner
}
