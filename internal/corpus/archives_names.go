package corpus

import (
	"maps"
	"slices"
	"strings"
)

// hostileNames returns archives with a hostile name, or with two names that some program takes for
// the same.
func hostileNames() []File {
	var files []File
	names := map[string]string{
		"../evil.txt":                     "a name that leads out",
		"a/../../evil.txt":                "a name that leads out further on",
		".. /evil.txt":                    "a name that leads out on Windows",
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
		"./a.txt":                         "a name with a part that is a dot",
		"evil.txt.":                       "a name that ends in a dot",
		"evil.txt ":                       "a name that ends in a space",
		"a. /b.txt":                       "a folder that ends in a dot and a space",
		"a./b.txt":                        "a folder that ends in a dot",
		"CON.txt":                         "a device name",
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
		strings.Repeat("a", 600) + ".txt": "a name of 604 bytes",
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		files = append(files, archive(names[name], zipOf(file(name, "x"))))
	}
	return append(files,
		archive("a name that is not UTF-8", zipOf(zipEntry{name: "a\xff.txt", flags: 1 << 11})),
		archive("a second name that leads out", zipOf(zipEntry{name: "a.txt", extra: secondName("../a.txt", "a.txt")})),
		archive("a second name of another entry", zipOf(zipEntry{name: "a.txt", extra: secondName("b.txt", "c.txt")})),
		archive("a second name that is a program's", zipOf(zipEntry{name: "a.txt", extra: secondName("a.php", "a.txt"), data: "x"})),
		archive("two entries with one name", zipOf(file("a.txt", "1"), file("a.txt", "2"))),
		archive("two entries whose names differ in case", zipOf(file("a.txt", "1"), file("A.TXT", "2"))),
		archive("a file and a directory with one name", zipOf(file("a.txt", "1"), file("a.txt/", ""))),
		archive("a file where a folder was", zipOf(file("a.txt/b.txt", "1"), file("A.txt", "2"))),
		archive("a folder where a file was", zipOf(file("a.txt", "1"), file("A.TXT/b.txt", "2"))),
		archive("names composed and decomposed", zipOf(file("caf\u00e9.txt", "1"), file("cafe\u0301.txt", "2"))),
		archive("names with a ligature", zipOf(file("\ufb01.txt", "1"), file("fi.txt", "2"))),
		archive("names in full width", zipOf(file("\uff41.txt", "1"), file("a.txt", "2"))),
		archive("names with a Kelvin sign", zipOf(file("\u212a.txt", "1"), file("k.txt", "2"))),
		archive("names with a long s", zipOf(file("\u017f.txt", "1"), file("S.txt", "2"))),
		archive("names with and without the look of an emoji", zipOf(file("\u2764\ufe0f.txt", "1"), file("\u2764.txt", "2"))),
		archive("names that Windows takes for one", zipOf(file("a?.txt", "1"), file("a_.txt", "2"))),
		archive("a name in a code page with a part of two dots", zipOf(file("\x95\\..\\a.txt", "1"))),
		archive("a name in a code page with an empty part", zipOf(file("\x95\\\x95\\/a.txt", "1"))),
		archive("a name in a code page with a device", zipOf(file("\x95\\con.txt", "1"))),
		archive("a name in a code page with a backslash", zipOf(file("\x95a\\b.txt", "1"))),
		archive("names in code pages that count as one", zipOf(file("\x95\\a.txt", "1"), file("\x95/a.txt", "2"))),
		archive("a second name that differs under the flag", zipOf(zipEntry{name: "a.txt", flags: 1 << 11, extra: secondName("b.txt", "a.txt")})),
	)
}

// twoNames returns archives and documents with an entry that has a first name, which most programs
// use, and a second one in UTF-8, which others use.
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
		archive("a first name that is a device", zipOf(entry("con.txt", "a.txt", "x"))),
		archive("a first name with a NUL", zipOf(entry("a.php\x00.txt", "a.txt", "x"))),
		archive("a first name that is a program's", zipOf(entry("a.php", "a.txt", "x"))),
		archive("a first name of a directory", zipOf(entry("a.txt/", "a.txt", "x"))),
		archive("a first name in another folder", zipOf(entry("x/a.txt", "a.txt", "x"))),
		archive("a first name of a book's type", zipOf(entry("mimetype", "m\u00efmetype", "application/epub+zip"))),
		badDocument("a first name that is another part's", docx(entry("word/_rels/settings.xml.rels", "word/_rels/media.xml.rels", template))),
		badDocument("a first name that is another part's, of the same look", docx(entry("word/_rels/settings.xml.rels", "word/\u00e4rels/settings.xml.rels", template))),
		{About: "a first name that is the settings of a text", Name: "a.odt", Type: typeODT, Content: odf(typeODT, "", entry("settings.xml", "s\u00e9ttings.xml", macro)), Code: content},
	}
}
