package pdfreaders_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// file is a PDF that is being written.
type file struct {
	bytes.Buffer
	at map[int]int // the offset of the last body of each object
}

// begin returns a file with a catalogue and a page, one of which refers to object 6.
func begin(s subject) *file {
	f := &file{at: map[int]int{}}
	f.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	f.object(1, "<</Type/Catalog/Pages 2 0 R"+s.catalog+">>")
	f.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
	f.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]"+s.page+">>")
	return f
}

func (f *file) printf(format string, args ...any) { _, _ = fmt.Fprintf(f, format, args...) }

// object writes a body of an object and returns its offset.
func (f *file) object(num int, body string) int {
	at := f.Len()
	f.printf("%d 0 obj\n%s\nendobj\n", num, body)
	f.at[num] = at
	return at
}

func (f *file) stream(num int, entries, data string) int {
	return f.object(num, fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", entries, len(data), data))
}

// packed writes a stream of objects: numbers and bodies alternate.
func (f *file) packed(num int, entries string, objects ...any) int {
	var header, bodies strings.Builder
	for i := 0; i < len(objects); i += 2 {
		fmt.Fprintf(&header, "%d %d ", objects[i], bodies.Len())
		fmt.Fprintf(&bodies, "%s ", objects[i+1])
	}
	return f.stream(num, fmt.Sprintf("%s/N %d/First %d", entries, len(objects)/2, header.Len()), header.String()+bodies.String())
}

// with returns the offsets of all objects, with another one for num.
func (f *file) with(num, at int) map[int]int {
	places := maps.Clone(f.at)
	places[num] = at
	return places
}

// without returns the offsets of all objects except one.
func (f *file) without(num int) map[int]int {
	places := maps.Clone(f.at)
	delete(places, num)
	return places
}

// end writes a table of cross references and the end of the file, and returns the table's offset.
func (f *file) end(trailer string, places map[int]int) int {
	at := f.Len()
	f.table(trailer, places)
	f.begins(at)
	return at
}

func (f *file) table(trailer string, places map[int]int) {
	f.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, num := range slices.Sorted(maps.Keys(places)) {
		f.printf("%d 1\n%010d 00000 n \n", num, places[num])
	}
	f.printf("trailer\n<</Size 40/Root 1 0 R%s>>\n", trailer)
}

// begins writes the offset of the cross references.
func (f *file) begins(at int) { f.printf("startxref\n%d\n%%%%EOF\n", at) }

// row is an entry of a stream of cross references.
type row [3]int

// rows returns entries that lead to the offsets of all objects, and some that lead elsewhere.
func (f *file) rows(other map[int]row) map[int]row {
	all := map[int]row{}
	for num, at := range f.at {
		all[num] = row{1, at, 0}
	}
	maps.Copy(all, other)
	return all
}

// references writes a stream of cross references, and returns its offset.
func (f *file) references(num int, entries string, rows map[int]row) int {
	var index, data strings.Builder
	for _, n := range slices.Sorted(maps.Keys(rows)) {
		r := rows[n]
		fmt.Fprintf(&index, "%d 1 ", n)
		data.Write([]byte{byte(r[0]), byte(r[1] >> 16), byte(r[1] >> 8), byte(r[1]), byte(r[2])})
	}
	return f.stream(num, fmt.Sprintf("/Type/XRef/W[1 3 1]/Index[%s]/Size 40/Root 1 0 R%s", index.String(), entries), data.String())
}

// endStream writes a stream of cross references and the end of the file.
func (f *file) endStream(entries string, other map[int]row) {
	rows := f.rows(other)
	f.begins(f.references(30, entries, rows))
}
