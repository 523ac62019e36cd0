package corpus

import (
	"archive/zip"
	"bytes"
	"embed"
	"math/rand/v2"
	"path"
	"strings"
)

const (
	typeODT  = "application/vnd.oasis.opendocument.text"
	typeODS  = "application/vnd.oasis.opendocument.spreadsheet"
	typeODP  = "application/vnd.oasis.opendocument.presentation"
	typeEPUB = "application/epub+zip"
)

// noise returns n letters that hardly pack.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + r.IntN(26))
	}
	return string(b)
}

// saved holds what other programs wrote: LibreOffice 7.4, Info-ZIP 3.0, 7-Zip 16.02, Python 3.11 and Java 17; "stream" ones could not
// seek in what they wrote.
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
		panic(err) // it is in the program
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
	unsigned := streamed
	unsigned.name = "unsigned.txt"
	bare := zipOf(streamed, unsigned)
	return []File{
		good("an empty archive", zipOf()),
		good("what Go writes", goArchive()),
		good("entries that are listed in another order", listedBackwards(store("a.txt", "a"), store("b.txt", "b"))),
		good("a commit's name as the comment", zipWith(nil, strings.Repeat("0a", 20), hello)),
		good("entries of other descriptors", bare),
		good("many scripts", zipOf(file("žluťoučký/кінь.txt", "a"), file("馬.txt", "b"), file("😀.txt", "c"))),
		good("a name in a code page", zipOf(file("caf\x82.txt", "a"))),
		good("a second name in UTF-8", zipOf(zipEntry{name: "caf_.txt", data: "a", extra: secondName("café.txt", "caf_.txt")})),
		good("what macOS adds", zipOf(file("photos/", ""), file("photos/dot.png", png), file("photos/.DS_Store", "\x00\x00\x00\x01Bud1"),
			file("__MACOSX/._photos", shadow), file("__MACOSX/photos/._dot.png", shadow))),
		good("directories with modes", zipOf(zipEntry{name: "a/", mode: 0o042775, stored: true}, zipEntry{name: "a/b.txt", data: "b", mode: 0o100644})),
		good("an empty directory that is deflated", zipOf(file("a/", ""), file("a/b.txt", ""))),
		good("text that packs well", zipOf(file("log.txt", strings.Repeat("10.0.0.1 - - GET / 200\n", 40_000)))),
		good("end records of 64 bits", wide(zipOf(hello), nil)),
		good("900 entries", zipOf(numbered(900)...)),
		good("second names of which programs for one code page wrote the first alike", zipOf(zipEntry{name: "??.txt", data: "a", extra: secondName("馬車.txt", "??.txt")},
			zipEntry{name: "??.txt", data: "b", extra: secondName("小鳥.txt", "??.txt")})),
		good("a second name that says the same under the flag, as JSZip writes", zipOf(zipEntry{name: "Menü.txt", data: "a", flags: 1 << 11, extra: secondName("Menü.txt", "Menü.txt")})),
		good("a size of 64 bits of zeros, as Apple writes", zipOf(zipEntry{name: "a.txt", data: "a", extra: field(1, make([]byte, 16)...)})),
		good("flag bit 4, as calibre writes", zipOf(zipEntry{name: "a.txt", data: "a", flags: 1<<1 | 1<<2 | 1<<4 | 1<<11})),
		good("a stored entry whose size follows", zipOf(zipEntry{name: "a.txt", data: noise(20_000) + "PK\x07\x08" + noise(9000), stored: true, stream: true}, hello)),
		good("volumes that the records of 64 bits count", wideVolumes(zipOf(hello))),
		good("no volumes, as OneDrive counts", wide(zipOf(hello), set32(72, 0))),
		good("a name in Shift_JIS with a backslash", zipOf(file("\x95\\.txt", "a"))),
		good("what Windows adds", zipOf(file("x/Thumbs.db", ole), file("x/desktop.ini", "\xff\xfe"+inUTF16("\r\n[.ShellClassInfo]\r\nLocalizedResourceName=@%SystemRoot%\\system32\\shell32.dll,-21770\r\nIconResource=%SystemRoot%\\system32\\imageres.dll,-112\r\n")[2:]))),
		good("the icon of a folder of macOS", zipOf(file("x/Icon\r", ""), file("__MACOSX/x/._Icon\r", shadow))),
		good("a file without extension", zipOf(file("README", "hello"))),
		good("an emoji and a keycap", zipOf(file("❤️ 1️⃣.txt", "a"))),
		good("a name with a question", zipOf(file("what?.txt", "a"))),
		good("a line end after the end", append(zipOf(hello), "\r\n"...)),
		good("the flag of UTF-8 in the directory alone, for a name in ASCII", zipOf(zipEntry{name: "a.txt", data: "a", central: set16(8, 1<<11)})),
		good("capital extensions", zipOf(file("DOT.PNG", png), file("README.TXT", "x"))),
	}
}

// wideVolumes is an archive whose end record leaves the numbers of volumes to that of 64 bits.
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
		f, _ := w.Create(name) // a Buffer takes all
		if path.Ext(name) != "" {
			_, _ = f.Write([]byte(noise(5000)))
		}
	}
	_ = w.SetComment("made by a test")
	_ = w.Close()
	return b.Bytes()
}

// odf is an OpenDocument package, whose manifest lists more.
func odf(mediaType, more string, parts ...zipEntry) []byte {
	return zipOf(append([]zipEntry{
		store("mimetype", mediaType),
		file("META-INF/manifest.xml", manifest(mediaType, more)),
		file("content.xml", odfContent("")),
	}, parts...)...)
}

// odfContent is a part of an OpenDocument package.
func odfContent(body string) string {
	const ns = "urn:oasis:names:tc:opendocument:xmlns:"
	root := `<office:document-content xmlns:xlink="http://www.w3.org/1999/xlink"`
	for _, short := range []string{"office", "text", "draw", "table", "script", "presentation", "form", "meta", "style"} {
		root += ` xmlns:` + short + `="` + ns + short + `:1.0"`
	}
	return declaration + root + `><office:body>` + body + `</office:body></office:document-content>`
}

func manifest(mediaType, more string) string {
	return declaration + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">` +
		`<manifest:file-entry manifest:full-path="/" manifest:media-type="` + mediaType + `"/>` + more + `</manifest:manifest>`
}

func listed(name, mediaType string) string {
	return `<manifest:file-entry manifest:full-path="` + name + `" manifest:media-type="` + mediaType + `"/>`
}

func hostileODF() []File {
	doc := func(about string, b []byte) File {
		return File{About: about, Name: "a.odt", Type: typeODT, Content: b, Code: content}
	}
	book := func(about string, b []byte) File {
		return File{About: about, Name: "a.epub", Type: typeEPUB, Content: b, Code: content}
	}
	event := func(quote string) []byte {
		href := quote + "vnd.sun.star.script:x.py$f?language=Python&amp;location=share" + quote
		return odf(typeODT, "", file("styles.xml", odfContent(noise(9000)+"<text:e xlink:href="+href+"/>")))
	}
	return []File{
		doc("Basic macros", odf(typeODT, "", file("Basic/Standard/Module1.xml", "<x/>"))),
		doc("Python macros", odf(typeODT, "", file("Scripts/python/a.py", "import os"))),
		doc("macros of an object inside", odf(typeODT, "", file("Object 1/Basic/script-lc.xml", "<x/>"))),
		doc("macros in the manifest", odf(typeODT, listed("Basic/script-lc.xml", "text/xml"))),
		doc("an embedded object in the manifest", odf(typeODT, listed("Object 1", "application/vnd.sun.star.oleobject"))),
		doc("an embedded OLE object", odf(typeODT, "", file("Object 1", ole))),
		doc("an event that calls a script", event(`"`)),
		doc("an event that calls a script, in single quotes", event(`'`)),
		doc("an encrypted document", odf(typeODT, `<manifest:file-entry manifest:full-path="a"><manifest:encryption-data/></manifest:file-entry>`)),
		doc("a document whose parts are encrypted", zipOf(store("mimetype", typeODT), store("content.xml", noise(300)), store("styles.xml", "<"+noise(300)),
			file("META-INF/manifest.xml", manifest(typeODT, `<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>`)))),
		doc("a document with a part that is not XML, before its manifest", zipOf(store("mimetype", typeODT), store("content.xml", noise(300)), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		doc("a document without a manifest", zipOf(store("mimetype", typeODT), file("content.xml", "<x/>"))),
		doc("a manifest of another type", zipOf(store("mimetype", typeODT), file("META-INF/manifest.xml", manifest(typeODS, "")))),
		doc("a master document", odf(typeODT+"-master", "")),
		doc("an external entity in OpenDocument", odf(typeODT, "", file("styles.xml", doctype+"<x>&a;</x>"))),
		doc("a shell script inside", odf(typeODT, "", file("Pictures/a.png", "#!/bin/sh\n"))),
		doc("an archive within OpenDocument", odf(typeODT, "", file("Pictures/a.png", string(zipOf(hello))))),
		doc("a packed mimetype of another type", zipOf(file("mimetype", typeODS), file("content.xml", "<x/>"), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		doc("a mimetype that goes on", zipOf(file("mimetype", typeODT+"-template"), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		doc("a document without a mimetype", zipOf(file("content.xml", "<x/>"), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		{About: "a spreadsheet named as a text", Name: "a.odt", Type: typeODT, Content: odf(typeODS, ""), Code: typeNotAllowed},
		{About: "a spreadsheet under a text's name", Name: "a.odt", Type: typeODS, Content: odf(typeODS, ""), Code: typeMismatch},
		book("a book of XHTML 5 with characters that it does not declare", zipOf(store("mimetype", typeEPUB), file("META-INF/container.xml", "<x/>"), file("a.xhtml", "<!DOCTYPE html><html>&nbsp;</html>"))),
		book("a book with a script's address in characters", zipOf(store("mimetype", typeEPUB), file("META-INF/container.xml", "<x/>"),
			file("a.xhtml", `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><a href="&nbsp;javascript:alert(1)">&nbsp;</a></html>`))),
		book("a book without its container", zipOf(store("mimetype", typeEPUB), file("a.xhtml", "<html/>"))),
		book("a book with a program", zipOf(store("mimetype", typeEPUB), file("META-INF/container.xml", "<x/>"), file("a.jpg", "MZ\x90"))),
		book("a book whose mimetype goes on", zipOf(store("mimetype", typeEPUB+"-x"), file("META-INF/container.xml", "<x/>"))),
	}
}

func goodODF() []File {
	const old = `<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">`
	manifest2 := strings.Replace(manifest(typeODS, ""), declaration, declaration+old+"\n", 1)
	return []File{
		{About: "a small text", Name: "a.odt", Type: typeODT, Content: odf(typeODT, listed("content.xml", "text/xml"))},
		{
			About: "empty settings as LibreOffice leaves them", Name: "a.odp", Type: typeODP,
			Content: odf(typeODP, "", store("Configurations2/accelerator/", ""), file("Configurations2/accelerator/current.xml", "")),
		},
		{
			About: "a spreadsheet of OpenOffice.org 2", Name: "a.ods", Type: typeODS,
			Content: zipOf(store("mimetype", typeODS), file("content.xml", "<x/>"), file("META-INF/manifest.xml", manifest2)),
		},
		{
			About: "a packed mimetype that is not the first", Name: "a.odt", Type: typeODT,
			Content: zipOf(file("content.xml", odfContent("")), file("mimetype", typeODT), file("META-INF/manifest.xml", manifest(typeODT, ""))),
		},
		{
			About: "a text with links, slides' clicks and a local template", Name: "a.odt", Type: typeODT,
			Content: odfText(`<office:scripts/><text:a xlink:href="https://example.com/">x</text:a><text:a xlink:href="mailto:a@b.c"/><text:a xlink:href="#x"/><text:a xlink:href="../b.odt"/>` +
				`<meta:template xlink:href="file:///C:/t.ott"/><presentation:event-listener presentation:action="next-page"/><draw:image xlink:href="Pictures/a.png"/><draw:object xlink:href="./Object 1"/>` +
				`<table:table-cell table:formula="of:=SUM([.A1:.B2];{1;2|3;4})"/>`),
		},
		{
			About: "a formula of OpenOffice.org 2", Name: "a.odt", Type: typeODT,
			Content: odf(typeODT, "", file("Object 1/content.xml", `<!DOCTYPE math:math PUBLIC "-//OpenOffice.org//DTD Modified W3C MathML 1.01//EN" "math.dtd"><math:math xmlns:math="http://www.w3.org/1998/Math/MathML"/>`)),
		},
		{
			About: "a text about scripts", Name: "a.odt", Type: typeODT,
			Content: odf(typeODT, "", file("styles.xml", odfContent("the address begins with vnd.sun.star.script: and &lt;!DOCTYPE"))),
		},
		{
			About: "an empty thumbnail that is marked as packed", Name: "a.odt", Type: typeODT,
			Content: odf(typeODT, "", zipEntry{name: "Thumbnails/thumbnail.png", packed: []byte{}}),
		},
		{
			About: "a book of XHTML 1.1 with its characters", Name: "a.epub", Type: typeEPUB, Content: zipOf(store("mimetype", typeEPUB),
				file("META-INF/container.xml", "<container/>"), file("a.xhtml", `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">`+
					`<html xmlns="http://www.w3.org/1999/xhtml"><body title="A&nbsp;B">&copy;&nbsp;2011 &mdash; caf&eacute; &thetasym;</body></html>`)),
		},
		{About: "a book", Name: "a.epub", Type: typeEPUB, Content: zipOf(store("mimetype", typeEPUB),
			file("META-INF/container.xml", "<container/>"), file("a.xhtml", "<!DOCTYPE html><html/>"))},
	}
}
