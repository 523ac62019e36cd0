package corpus

import (
	"archive/zip"
	"bytes"
	"embed"
	"path"
	"strings"
)

// saved holds archives that other programs wrote: LibreOffice 7.4, Info-ZIP 3.0, 7-Zip 16.02,
// Python 3.11 and Java 17. Those with "stream" in the name were written to a pipe.
//
//go:embed testdata/archives
var saved embed.FS

var savedTypes = map[string]string{
	".zip": typeZIP, ".docx": typeDOCX, ".xlsx": typeXLSX, ".pptx": typePPTX, ".odt": typeODT, ".ods": typeODS, ".odp": typeODP, ".epub": typeEPUB,
}

func savedArchives() []File {
	const dir = "testdata/archives"
	var files []File
	entries, err := saved.ReadDir(dir)
	for _, e := range entries {
		var b []byte
		if b, err = saved.ReadFile(path.Join(dir, e.Name())); err != nil {
			break
		}
		files = append(files, File{About: "saved as " + e.Name(), Name: e.Name(), Type: savedTypes[path.Ext(e.Name())], Content: b})
	}
	if err != nil {
		panic(err) // the files are part of the package
	}
	return files
}

func goodArchives() []File {
	good := func(about string, b []byte) File {
		return File{About: about, Name: "files.zip", Type: typeZIP, Content: b}
	}
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
	shadow := "\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x02"
	streamed := hello
	streamed.stream = true
	bare := streamed
	bare.name, bare.bare = "bare.txt", true
	return []File{
		good("an empty archive", zipOf()),
		good("what Go writes", goArchive()),
		good("entries that are listed in another order", listedBackwards(store("a.txt", "a"), store("b.txt", "b"))),
		good("a commit's name as the comment", zipWith(nil, strings.Repeat("0a", 20), hello)),
		good("descriptors with and without a signature", zipOf(streamed, bare)),
		good("names in several writing systems", zipOf(file("žluťoučký/кінь.txt", "a"), file("馬.txt", "b"), file("😀.txt", "c"))),
		good("a name in a code page", zipOf(file("caf\x82.txt", "a"))),
		good("a second name in UTF-8", zipOf(zipEntry{name: "caf_.txt", data: "a", extra: secondName("café.txt", "caf_.txt")})),
		good("what macOS adds", zipOf(file("photos/", ""), file("photos/dot.png", png), file("photos/.DS_Store", "\x00\x00\x00\x01Bud1"),
			file("__MACOSX/._photos", shadow), file("__MACOSX/photos/._dot.png", shadow))),
		good("directories with modes", zipOf(zipEntry{name: "a/", mode: 0o042775, stored: true}, zipEntry{name: "a/b.txt", data: "b", mode: 0o100644})),
		good("an empty directory that is deflated", zipOf(file("a/", ""), file("a/b.txt", ""))),
		good("text that packs well", zipOf(file("log.txt", strings.Repeat("10.0.0.1 - - GET / 200\n", 40_000)))),
		good("end records of 64 bits", wide(zipOf(hello), nil)),
		good("900 entries", zipOf(numbered(900)...)),
		good("two first names of question marks, with second names", zipOf(zipEntry{name: "??.txt", data: "a", extra: secondName("馬車.txt", "??.txt")},
			zipEntry{name: "??.txt", data: "b", extra: secondName("小鳥.txt", "??.txt")})),
		good("a second name that says the same under the flag, by JSZip", zipOf(zipEntry{name: "Menü.txt", data: "a", flags: 1 << 11, extra: secondName("Menü.txt", "Menü.txt")})),
		good("a size of 64 bits of zeros, by Apple", zipOf(zipEntry{name: "a.txt", data: "a", extra: field(1, make([]byte, 16)...)})),
		good("flag bit 4, by calibre", zipOf(zipEntry{name: "a.txt", data: "a", flags: 1<<1 | 1<<2 | 1<<4 | 1<<11})),
		good("a stored entry whose size follows", zipOf(zipEntry{name: "a.txt", data: noise(20_000) + "PK\x07\x08" + noise(9000), stored: true, stream: true}, hello)),
		good("volumes that the records of 64 bits count", wideVolumes(zipOf(hello))),
		good("no volumes, by OneDrive", wide(zipOf(hello), set32(72, 0))),
		good("a name in Shift_JIS with a backslash", zipOf(file("\x95\\.txt", "a"))),
		good("what Windows adds", zipOf(file("x/Thumbs.db", ole), file("x/desktop.ini", "\xff\xfe"+utf16LE("\r\n[.ShellClassInfo]\r\nLocalizedResourceName=@%SystemRoot%\\system32\\shell32.dll,-21770\r\nIconResource=%SystemRoot%\\system32\\imageres.dll,-112\r\n")[2:]))),
		good("the icon of a macOS folder", zipOf(file("x/Icon\r", ""), file("__MACOSX/x/._Icon\r", shadow))),
		good("a file without extension", zipOf(file("README", "hello"))),
		good("an emoji and a keycap", zipOf(file("❤️ 1️⃣.txt", "a"))),
		good("a name with a question mark", zipOf(file("what?.txt", "a"))),
		good("a line end after the end", append(zipOf(hello), "\r\n"...)),
		good("the flag of UTF-8 in the directory alone, for a name in ASCII", zipOf(zipEntry{name: "a.txt", data: "a", central: set16(8, 1<<11)})),
		good("capital extensions", zipOf(file("DOT.PNG", png), file("README.TXT", "x"))),
	}
}

// wideVolumes returns an archive whose end record leaves the numbers of volumes to the one of 64
// bits.
func wideVolumes(b []byte) []byte {
	b = wide(b, nil)
	copy(b[len(b)-18:], "\xff\xff\xff\xff")
	return b
}

func numbered(n int) (entries []zipEntry) {
	for i := range n {
		entries = append(entries, file("dir/"+strings.Repeat("i", i%100)+string(rune('a'+i/100))+".txt", "x"))
	}
	return entries
}

func goArchive() []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"a.txt", "dir/", "dir/b.txt"} {
		f, _ := w.Create(name) // a Buffer does not fail
		if path.Ext(name) != "" {
			_, _ = f.Write([]byte(noise(5000)))
		}
	}
	_ = w.SetComment("made by a test")
	_ = w.Close()
	return b.Bytes()
}
