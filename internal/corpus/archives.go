package corpus

import (
	"bytes"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const typeZIP = "application/zip"

// Archives returns files of the ZIP family: plain archives, Office and OpenDocument documents, EPUB books.
func Archives() []File {
	return slices.Concat(brokenArchives(), lyingArchives(), hostileNames(), twoNames(), hostileEntries(), bombs(), hostileOffice(), largeTags(), hostileODF(), hostileODFParts(), hostileBooks(),
		goodArchives(), goodOffice(), goodODF(), savedArchives())
}

func archive(about string, b []byte) File {
	return File{About: about, Name: "files.zip", Type: typeZIP, Content: b, Code: content}
}

var hello = file("hello.txt", strings.Repeat("hello\n", 100))

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
		archive("HTML behind the end", append(slices.Clone(good), "<script>alert(1)</script>"...)),
		archive("two archives one behind the other", append(slices.Clone(good), good...)),
		archive("an empty archive before another", append(slices.Clone(empty), good...)),
		archive("a first volume of several", append([]byte("PK\x07\x08"), good...)),
		archive("a comment that is HTML", zipWith(nil, "<script>alert(1)</script>", hello)),
		archive("a comment that is an archive", zipWith(nil, string(good), hello)),
		archive("a comment of 20 KiB", zipWith(nil, strings.Repeat("x", 20<<10), hello)),
		archive("a comment longer than it says", zipWith(set16(20, 3), "comment", hello)),
		archive("a broken extra field", zipOf(zipEntry{name: "a.txt", extra: []byte{1, 2, 0xff, 0xff}})),
		archive("an extra field of 20 KiB", zipOf(zipEntry{name: "a.txt", extra: field(0x9999, make([]byte, 20<<10)...)})),
		archive("damaged deflate data", zipOf(zipEntry{name: "a.txt", packed: []byte{0x06, 0xff}, size: 9})),
		archive("deflate data with bytes behind its end", zipOf(zipEntry{name: "a.txt", packed: []byte{3, 0, 'h', 'i', 'd'}})),
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
		lie("a stored entry of two sizes", func(e *zipEntry) { e.stored, e.local = true, set32(22, 10) }),
		lie("a descriptor with a wrong checksum", func(e *zipEntry) { e.stream, e.follow = true, set32(4, 6) }),
		lie("a descriptor with a wrong size", func(e *zipEntry) { e.stream, e.follow = true, set32(12, 6) }),
		lie("a descriptor that is none", func(e *zipEntry) { e.stream, e.follow = true, set32(0, 6) }),
		lie("sizes before and behind that differ", func(e *zipEntry) { e.stream, e.local = true, set32(22, 6) }),
		lie("a stored entry with another's descriptor", func(e *zipEntry) { e.stream, e.stored, e.follow = true, true, set32(4, 6) }),
		lie("a stored entry that holds its descriptor", func(e *zipEntry) {
			e.stream, e.stored, e.data = true, true, "a"+string((&zipEntry{crc: crc32.ChecksumIEEE([]byte("a")), packed: []byte("a"), size: 1}).descriptor())+"hidden"
		}),
		lie("a size of 64 bits that is negative", func(e *zipEntry) {
			e.local, e.extra = set32(22, 1<<32-1), field(1, bytes.Repeat([]byte{0xff}, 8)...)
		}),
		lie("a size of 64 bits beside another", func(e *zipEntry) { e.extra = field(1, bytes.Repeat([]byte{1}, 16)...) }),
		lie("a size of 64 bits that nothing asks for", func(e *zipEntry) { e.extra = field(1, bytes.Repeat([]byte{1}, 8)...) }),
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
		archive("end records of 64 bits that have more", wide(zipOf(hello), set32(4, 60))),
		archive("an end record of another volume", zipWith(set16(4, 1), "", hello)),
	}
}

func hostileNames() []File {
	var files []File
	names := map[string]string{
		"../evil.txt":                     "a name that leads out",
		"a/../../evil.txt":                "a name that leads out further on",
		"a/.. /evil.txt":                  "a name that leads out on Windows",
		"/etc/evil.txt":                   "an absolute name",
		`..\evil.txt`:                     "a name that leads out by a backslash",
		`C:\evil.txt`:                     "a name with a drive",
		"C:evil.txt":                      "a name with a drive and no slash",
		"evil.php:a.txt":                  "a name with an alternate data stream",
		"//host/share/evil.txt":           "a network name",
		"evil.php\x00.txt":                "a name with a NUL",
		"a\n.txt":                         "a name with a line feed",
		"a\u202etxt.exe.txt":              "a name shown backwards",
		"":                                "a name that is empty",
		"a//b.txt":                        "a name with an empty part",
		"./a.txt":                         "a name with a dot",
		"evil.txt.":                       "a name that ends in a dot",
		"evil.txt ":                       "a name that ends in a space",
		"a. /b.txt":                       "a folder that ends in a dot and a space",
		"a./b.txt":                        "a folder that ends in a dot",
		"CON.txt":                         "a name of a device",
		"nul/a.txt":                       "a folder that is a device",
		"x/Aux .tar.txt":                  "a device with a space and two extensions",
		"com¹.txt":                        "a device with a superscript",
		"ＰＲＮ.txt":                         "a device in full width",
		"LPT9/b/a.txt":                    "a folder that is a printer",
		"conin$.txt":                      "a console",
		"．．/a.txt":                        "a folder of two full-width dots",
		"a\u200b.txt":                     "a name with a zero-width space",
		"a\u200e.txt":                     "a name with a direction mark",
		"a\ufe00.txt":                     "a name with a variation selector",
		"a\U000e0101.txt":                 "a name with hidden bytes",
		"a\u2060/b.txt":                   "a folder with a word joiner",
		"a\u00adb.txt":                    "a name with a soft hyphen",
		"a\u180eb.txt":                    "a name with a Mongolian separator",
		strings.Repeat("a", 600) + ".txt": "a name of 600 bytes",
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		files = append(files, archive(names[name], zipOf(file(name, "x"))))
	}
	return append(files,
		archive("a name that is not UTF-8", zipOf(zipEntry{name: "a\xff.txt", flags: 1 << 11})),
		archive("a second name that leads out", zipOf(zipEntry{name: "a.txt", extra: secondName("../a.txt", "a.txt")})),
		archive("a second name of another entry", zipOf(zipEntry{name: "a.txt", extra: secondName("b.txt", "c.txt")})),
		archive("a second name that is a program's", zipOf(zipEntry{name: "a.txt", extra: secondName("a.php", "a.txt"), data: "x"})),
		archive("two entries of one name", zipOf(file("a.txt", "1"), file("a.txt", "2"))),
		archive("two entries whose names differ in case", zipOf(file("a.txt", "1"), file("A.TXT", "2"))),
		archive("a file and a directory of one name", zipOf(file("a.txt", "1"), file("a.txt/", ""))),
		archive("a file where a folder was", zipOf(file("a.txt/b.txt", "1"), file("A.txt", "2"))),
		archive("a folder where a file was", zipOf(file("a.txt", "1"), file("A.TXT/b.txt", "2"))),
		archive("names composed and decomposed", zipOf(file("caf\u00e9.txt", "1"), file("cafe\u0301.txt", "2"))),
		archive("names with a ligature", zipOf(file("\ufb01.txt", "1"), file("fi.txt", "2"))),
		archive("names in full width", zipOf(file("\uff41.txt", "1"), file("a.txt", "2"))),
		archive("names with a Kelvin sign", zipOf(file("\u212a.txt", "1"), file("k.txt", "2"))),
		archive("names with a long s", zipOf(file("\u017f.txt", "1"), file("S.txt", "2"))),
		archive("names with and without the look of an emoji", zipOf(file("\u2764\ufe0f.txt", "1"), file("\u2764.txt", "2"))),
		archive("names that Windows makes one", zipOf(file("a?.txt", "1"), file("a_.txt", "2"))),
		archive("a name in a code page that leads out", zipOf(file("\x95\\..\\a.txt", "1"))),
		archive("a name in a code page with an empty half", zipOf(file("\x95\\\x95\\/a.txt", "1"))),
		archive("a name in a code page with a device", zipOf(file("\x95\\con.txt", "1"))),
		archive("a name in a code page with a backslash", zipOf(file("\x95a\\b.txt", "1"))),
		archive("names in code pages that are one", zipOf(file("\x95\\a.txt", "1"), file("\x95/a.txt", "2"))),
		archive("a second name that differs under the flag", zipOf(zipEntry{name: "a.txt", flags: 1 << 11, extra: secondName("b.txt", "a.txt")})),
	)
}

// secondName returns Info-ZIP's field with the name that counts instead of the other.
func secondName(name, other string) []byte {
	return field(0x7075, append(le.AppendUint32([]byte{1}, crc32.ChecksumIEEE([]byte(other))), name...)...)
}

func hostileEntries() []File {
	one := func(about, name, data string) File { return archive(about, zipOf(hello, file(name, data))) }
	flagged := func(flags uint16) []byte { return zipOf(zipEntry{name: "a.txt", data: "x", flags: flags}) }
	method := func(m uint16) []byte {
		return zipOf(zipEntry{name: "a.txt", data: "x", local: set16(8, m), central: set16(10, m)})
	}
	mode := func(m uint32) []byte { return zipOf(zipEntry{name: "a.txt", data: "/etc/passwd", mode: m}) }
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	return []File{
		archive("an encrypted entry", flagged(1)),
		archive("an encrypted directory", flagged(1<<13)),
		archive("a patch", flagged(1<<5)),
		archive("AES", zipOf(zipEntry{name: "a.txt", extra: field(0x9901, 2, 0, 'A', 'E', 3, 0, 0)})),
		archive("deflate64", method(9)),
		archive("LZMA", method(14)),
		archive("a symbolic link", mode(0o120777)),
		archive("a device", mode(0o020666)),
		archive("a set-id file", mode(0o104755)),
		archive("a link in an extra field", zipOf(zipEntry{name: "a.txt", extra: field(0x756e, make([]byte, 14)...)})),
		archive("a directory with content", zipOf(file("a/", "x"))),
		one("a PHP script", "shell.php", "<?php system($_GET[0]);"),
		one("a program", "setup.exe", "MZ\x90\x00"),
		one("a page", "index.html", "<html>"),
		one("a script without extension", "install", "#!/bin/sh\n"),
		one("a page without extension", "README", "<html><script>alert(1)</script>"),
		one("a program without extension", "setup", "MZ\x90\x00"),
		one("a hidden file of a shell", ".bashrc", "alias ls=rm"),
		one("a desktop.ini that fetches its icon", "desktop.ini", "[.ShellClassInfo]\r\nIconResource=\\\\evil\\share\\a.ico,0\r\n"),
		one("a desktop.ini that fetches, in UTF-16", "x/desktop.ini", inUTF16("[.ShellClassInfo]\r\nIconFile=//evil/share/a.ico\r\n")),
		one("a desktop.ini of a program", "desktop.ini", "[.ShellClassInfo]\r\nCLSID={645FF040-5081-101B-9F08-00AA002F954E}\r\n"),
		one("a desktop.ini of a web view", "desktop.ini", "[ExtShellFolderViews]\r\nDefault={5984FFE0-28D4-11CF-AE66-08002B2E1262}\r\n"),
		one("a Thumbs.db that is none", "Thumbs.db", "MZ\x90\x00"),
		one("an icon of a folder that is full", "Icon\r", "#!/bin/sh"),
		one("a line break in another name", "Icons\r", ""),
		one("a program named as text", "setup.txt", "MZ\x90\x00\x03"),
		one("a page named as text", "page.txt", "<script>alert(1)</script>"),
		one("a picture named as another", "a.jpg", png),
		one("a shadow of macOS that is none", "__MACOSX/._a.exe", "MZ\x90\x00"),
		one("a Java program", "META-INF/MANIFEST.MF", "Main-Class: X\n"),
		archive("an Android program, seen late", zipOf(store("a.txt", strings.Repeat("text ", 1000)), file("classes.dex", "dex\n035\x00"))),
		one("a Word document under an archive's name", "[Content_Types].xml", "<Types/>"),
		one("a gzip archive", "a.txt", "\x1f\x8b\x08\x00\x00\x00"),
		one("a RAR archive", "a.txt", "Rar!\x1a\x07\x00"),
		one("a Word document inside", "a.docx", string(docx())),
		{
			About: "a Java archive", Name: "a.zip", Type: typeZIP, Code: typeNotAllowed,
			Content: zipOf(file("META-INF/MANIFEST.MF", "Main-Class: X\n"), file("X.class", "\xca\xfe\xba\xbe")),
		},
		{
			About: "an Android package", Name: "a.zip", Type: typeZIP, Code: typeNotAllowed,
			Content: zipOf(file("AndroidManifest.xml", "\x03\x00"), file("classes.dex", "dex\n035\x00")),
		},
		{
			About: "an archive behind a program", Name: "a.zip", Type: typeZIP, Code: typeNotAllowed,
			Content: append([]byte("MZ\x90\x00"), zipOf(hello)...),
		},
		{About: "an archive under a picture's name", Name: "a.png", Type: typeZIP, Code: typeMismatch, Content: zipOf(hello)},
	}
}

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
	for i := range 60_000 {
		tiny = append(tiny, store(strconv.Itoa(i)+".txt", ""))
	}
	shared := repeated("a.txt", "a", 1)
	shared.listed = 3000
	return []File{
		archive("64 MiB of one letter", zipOf(repeated("a.txt", "a", 64))),
		archive("64 MiB of one letter that claim to be 10 bytes", zipOf(claims)),
		archive("64 MiB of one letter whose size follows", zipOf(streamed)),
		archive("900 entries of 1 MiB of one letter", zipOf(many...)),
		archive("60,000 entries", zipOf(tiny...)),
		archive("3,001 listings of one entry", zipOf(shared)),
		archive("250 entries that overlap, each quoting the next", quoted(250)),
		archive("four levels of eight archives", nested(4, 8)),
		archive("an entry that declares 4 GiB", zipOf(zipEntry{name: "a.txt", packed: []byte{3, 0}, size: 1<<32 - 2})),
		archive("100,000 deflate blocks of nothing", zipOf(zipEntry{
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

// parts returns n parts of nothing.
func parts(n int) (list []zipEntry) {
	for i := range n {
		list = append(list, store("word/"+strconv.Itoa(i)+".xml", ""))
	}
	return list
}

// quoted returns n entries that share one kernel: the deflate stream of each quotes the next one's header in a
// stored block and goes on with that one's stream (Fifield, "A better zip bomb", 2019).
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
