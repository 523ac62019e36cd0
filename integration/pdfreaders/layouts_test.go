package pdfreaders_test

import "fmt"

// layouts are ways to put one or two bodies into a file, and to lead readers to one of them as
// object 6.
var layouts = []struct {
	name  string
	build func(f *file, first, last string)
}{
	{"one body", func(f *file, first, _ string) {
		f.object(6, first)
		f.end("", f.at)
	}},
	{"two bodies, with a reference to the first", func(f *file, first, last string) {
		at := f.object(6, first)
		f.object(6, last)
		f.end("", f.with(6, at))
	}},
	{"two bodies, with a reference to the last", func(f *file, first, last string) {
		f.object(6, first)
		f.object(6, last)
		f.end("", f.at)
	}},
	{"an update", func(f *file, first, last string) {
		f.object(6, first)
		prev := f.end("", f.at)
		f.object(6, last)
		f.end(fmt.Sprintf("/Prev %d", prev), map[int]int{6: f.at[6]})
	}},
	{"an update that does not say what it updates", func(f *file, first, last string) {
		f.object(6, first)
		f.end("", f.at)
		f.object(6, last)
		f.end("", map[int]int{6: f.at[6]})
	}},
	{"an update that the end does not mention", func(f *file, first, last string) {
		f.object(6, first)
		prev := f.end("", f.at)
		f.object(6, last)
		f.table(fmt.Sprintf("/Prev %d", prev), map[int]int{6: f.at[6]})
		f.begins(prev)
	}},
	{"an update whose table lacks the object", func(f *file, first, last string) {
		f.object(6, first)
		prev := f.end("", f.at)
		f.object(6, last)
		f.end(fmt.Sprintf("/Prev %d", prev), map[int]int{7: 0})
	}},
	{"no table where the end says", func(f *file, first, last string) {
		f.object(6, first)
		f.object(6, last)
		f.table("", f.at)
		f.begins(20)
	}},
	{"offsets that are one too large", func(f *file, first, last string) {
		f.object(6, first)
		f.object(6, last)
		places := f.with(6, f.at[6])
		for num := range places {
			places[num]++
		}
		f.end("", places)
	}},
	{"a cross reference to another object", func(f *file, first, last string) {
		f.object(6, first)
		f.end("", f.with(6, f.object(7, last)))
	}},
	{"a cross reference into the number of another object", func(f *file, first, last string) {
		f.object(6, first)
		f.end("", f.with(6, f.object(16, last)+1))
	}},
	{"a cross reference into the last body", func(f *file, first, last string) {
		f.object(6, first)
		f.object(6, last)
		f.end("", f.with(6, f.at[6]+9))
	}},
	{"a cross reference beyond the end", func(f *file, first, last string) {
		f.object(6, first)
		f.object(6, last)
		f.end("", f.with(6, 99999))
	}},
	{"a table that lacks the object", func(f *file, first, last string) {
		f.object(6, first)
		f.object(6, last)
		f.end("", f.without(6))
	}},
	{"a table that begins with 1", func(f *file, first, last string) {
		f.object(5, last)
		f.object(6, first)
		at := f.Len()
		f.printf("xref\n1 7\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n%010d 00000 n \n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n",
			f.at[1], f.at[2], f.at[3], f.at[5], f.at[6])
		f.WriteString("trailer\n<</Size 7/Root 1 0 R>>\n")
		f.begins(at)
	}},
	{"another generation", func(f *file, first, last string) {
		f.object(6, first)
		f.printf("6 1 obj\n%s\nendobj\n", last)
		f.end("", f.at)
	}},
	{"a body in a string", func(f *file, first, last string) {
		f.object(6, first)
		at := f.object(8, "(6 0 obj "+last+" endobj)")
		f.end("", f.with(6, at+9))
	}},
	{"a body in a comment", func(f *file, first, last string) {
		f.object(6, first)
		at := f.Len()
		f.WriteString("%6 0 obj " + last + " endobj\n")
		f.end("", f.with(6, at+1))
	}},
	{"a body in the data of a stream", func(f *file, first, last string) {
		f.object(6, first)
		at := f.Len() + len("8 0 obj\n<</Length 99>>stream\n") + map[bool]int{true: 0, false: 1}[len(last) < 85] // from 85 on the length has three digits
		f.stream(8, "", "6 0 obj "+last+" endobj")
		f.end("", f.with(6, at))
	}},
	{"a body in an array", func(f *file, first, last string) {
		f.object(6, first)
		at := f.object(8, "[6 0obj "+last+"]")
		f.end("", f.with(6, at+9))
	}},
	{"a table in the data of a stream", func(f *file, first, last string) {
		f.object(6, first)
		f.object(7, last)
		inner := file{at: f.at}
		inner.table("", f.with(6, f.at[7]))
		f.stream(8, "", inner.String())
		at := f.at[8] + len("8 0 obj\n<</Length 999>>stream\n")
		f.table("", f.at)
		f.begins(at)
	}},
	{"a table in a comment", func(f *file, first, last string) {
		f.object(6, first)
		at := f.object(7, last)
		table := f.Len() + 1
		f.printf("%%xref 6 1 %010d 00000 n\ntrailer\n<</Size 40/Root 1 0 R>>\n", at)
		f.end(fmt.Sprintf("/Prev %d", table), f.without(6))
	}},
	{"a cross reference to white space before another object", func(f *file, first, last string) {
		f.object(6, first)
		f.WriteString("\n  \n")
		f.end("", f.with(6, f.object(7, last)-4))
	}},
	{"a cross reference to a comment before another object", func(f *file, first, last string) {
		f.object(6, first)
		f.WriteString("%a\n%b\n")
		f.end("", f.with(6, f.object(7, last)-6))
	}},
	{"a cross reference ahead, to white space before another object", func(f *file, first, last string) {
		f.object(6, first)
		table, places := f.Len(), f.with(6, 0)
		f.table("", places)
		places[6] = f.Len() + 2
		f.Truncate(table)
		f.table("", places)
		f.WriteString("  \n  ")
		f.object(7, last)
		f.begins(table)
	}},
	{"a cross reference to a table before another object", func(f *file, first, last string) {
		f.object(6, first)
		table := f.end("", f.at)
		f.end(fmt.Sprintf("/Prev %d", table), f.with(6, f.object(7, last)-60))
	}},
	{"a body of another object in the data of a stream", func(f *file, first, last string) {
		f.object(6, first)
		data := "7 0 obj " + last + " endobj"
		f.stream(8, "", data)
		f.end("", f.with(6, f.Len()-len("\nendstream\nendobj\n")-len(data)))
	}},
	{"a table that hybrid files have", func(f *file, first, last string) {
		f.object(6, first)
		f.packed(8, "/Type/ObjStm", 6, last)
		at := f.references(30, "", map[int]row{6: {2, 8, 0}})
		f.end(fmt.Sprintf("/XRefStm %d", at), f.without(6))
	}},
	{"a hybrid file whose tables disagree", func(f *file, first, last string) {
		f.object(6, first)
		places := f.with(6, f.at[6])
		f.packed(8, "/Type/ObjStm", 6, last)
		at := f.references(30, "", map[int]row{6: {2, 8, 0}, 8: {1, f.at[8], 0}})
		f.end(fmt.Sprintf("/XRefStm %d", at), places)
	}},
	{"cross references in a stream", func(f *file, first, last string) {
		at := f.object(6, first)
		f.object(6, last)
		f.endStream("", map[int]row{6: {1, at, 0}})
	}},
	{"a stream of objects after a body outside", func(f *file, first, last string) {
		f.object(6, first)
		f.packed(8, "/Type/ObjStm", 6, last)
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
	{"a stream of objects before a body outside", func(f *file, first, last string) {
		f.packed(8, "/Type/ObjStm", 6, first)
		f.object(6, last)
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
	{"a stream of objects that is called a picture", func(f *file, first, last string) {
		f.object(6, first)
		f.packed(8, "/Type/XObject/Subtype/Image", 6, last)
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
	{"a stream of objects that has a body twice", func(f *file, first, last string) {
		f.packed(8, "/Type/ObjStm", 6, first, 6, last)
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
	{"a stream of objects at another index", func(f *file, first, last string) {
		f.packed(8, "/Type/ObjStm", 6, first, 7, last)
		f.endStream("", map[int]row{6: {2, 8, 1}})
	}},
	{"a stream of objects with an index beyond", func(f *file, first, last string) {
		f.packed(8, "/Type/ObjStm", 6, first, 7, last)
		f.endStream("", map[int]row{6: {2, 8, 9}})
	}},
	{"two streams of objects of one number", func(f *file, first, last string) {
		at := f.packed(8, "/Type/ObjStm", 6, first)
		f.packed(8, "/Type/ObjStm", 6, last)
		f.endStream("", map[int]row{6: {2, 8, 0}, 8: {1, at, 0}})
	}},
	{"a stream of objects that extends another", func(f *file, first, last string) {
		f.packed(9, "/Type/ObjStm", 6, first)
		f.packed(8, "/Type/ObjStm/Extends 9 0 R", 7, last)
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
	{"a stream of objects that is not there", func(f *file, first, last string) {
		f.object(6, first)
		f.object(6, last)
		f.endStream("", map[int]row{6: {2, 12, 0}})
	}},
	{"a stream of objects that is not one", func(f *file, first, last string) {
		f.object(6, first)
		f.stream(8, "", "6 0 "+last)
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
	{"a stream of objects that is an array", func(f *file, first, last string) {
		f.object(6, first)
		f.object(8, "[6 0 "+last+"]")
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
	{"a stream that says it is another file's", func(f *file, first, last string) {
		f.object(6, first)
		f.packed(8, "/Type/ObjStm/F 9 0 R", 6, last)
		f.endStream("", map[int]row{6: {2, 8, 0}})
	}},
}
