package corpus

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"sync"
)

// Documents returns PDF files, SVG images and XML data.
func Documents() []File {
	return slices.Concat(brokenPDFs(), goodPDFs(), hostileSVGs(), goodSVGs(), hostileXML(), goodXML())
}

// ActiveDocuments returns PDF files that are refused if the policy refuses active content, and
// accepted otherwise.
func ActiveDocuments() []File { return slices.Clone(activeDocuments()) }

// encryptedPDF is one of the active documents.
const encryptedPDF = "qpdf-aes256.pdf"

// activeDocuments are made once in a process, as archives are.
var activeDocuments = sync.OnceValue(func() []File {
	var files []File
	for _, c := range []struct {
		about string
		bytes []byte
	}{
		{"a script that runs on opening", pdfOf(`1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj`)},
		{"a script in a tree of names", pdfOf(`1 0 obj<</Names<</JavaScript<</Names[(a)5 0 R]>>>>>>endobj`)},
		{"a script in an escaped name", pdfOf(`1 0 obj<</S/J#61vaScr#69pt>>endobj`)},
		{"a script of a rendition", pdfOf(`1 0 obj<</S/Rendition/JS(app.alert(1))>>endobj`)},
		{"a script in an object stream", pdfOf(pdfObjects(`<</S/JavaScript/JS(app.alert(1))>>`))},
		{"a script in an incremental update", append(pdfOf(`1 0 obj<<>>endobj`), pdfEnd(`5 0 obj<</S/JavaScript>>endobj`)...)},
		{"a script hidden in a stream", pdfOf(pdfData("", "5 0 obj<</S/JavaScript/JS(x)>>endobj"))},
		{"a script hidden in a string", pdfOf(`1 0 obj<</A(5 0 obj<</S/JavaScript/JS(x)>>endobj)>>endobj`)},
		{"a script hidden in a comment", pdfOf("%5 0 obj<</S/JavaScript/JS(x)>>endobj\n1 0 obj<<>>endobj")},
		{"a script after a word that may end a stream of unknown length", pdfOf("7 0 obj<</Length 8 0 R>>stream\nendstream 5 0 obj<</S/JavaScript/JS(x)>>endobj\nendstream endobj")},
		{"a script after a wrong length", pdfOf("7 0 obj<</Length 60>>stream\nendstream endobj 5 0 obj<</S/JavaScript>>endobj 4 0 obj<<>>stream endstream endobj")},
		{"a program that is started", pdfOf(`1 0 obj<</S/Launch/F(cmd.exe)>>endobj`)},
		{"actions of a page", pdfOf(`1 0 obj<</AA<</O 5 0 R>>>>endobj 5 0 obj<</S/URI/URI(https://example.com/)>>endobj`)},
		{"a form that is sent", pdfOf(`1 0 obj<</S/SubmitForm/F(https://example.com/)>>endobj`)},
		{"an XFA form", pdfOf(`1 0 obj<</AcroForm<</XFA 5 0 R>>>>endobj`)},
		{"an embedded file", pdfOf(pdfData("/Type/EmbeddedFile", "MZ"))},
		{"a tree of embedded files", pdfOf(`1 0 obj<</Names<</EmbeddedFiles 5 0 R>>>>endobj 5 0 obj<</Names[(a)6 0 R]>>endobj`)},
		{"a file attachment", pdfOf(`1 0 obj<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>endobj`)},
		{"a script in an object stream that claims to be a picture", pdfOf(pdfData("/Type/XObject/N 1/First 4", "9 0 <</S/JavaScript/JS(x)>>"))},
		{"a web page on opening, by one of two bodies of an object", pdfOf(`1 0 obj<</OpenAction 5 0 R>>endobj 5 0 obj<</S/URI/URI(x)>>endobj 5 0 obj<</S/GoTo/D[2 0 R/Fit]>>endobj`)},
		{"a web page on opening, after white space", append([]byte("\n\n"), pdfOf(`1 0 obj<</OpenAction<</S/URI/URI(https://example.com/)>>>>endobj`)...)},
		{"an action that follows one to a page", pdfOf(`1 0 obj<</OpenAction<</S/GoTo/D[2 0 R/Fit]/Next<</S/GoToR/F(x.pdf)>>>>>>endobj`)},
		{"a script of a model", pdfOf(pdfData("/Type/3D/OnInstantiate 5 0 R", "x"))},
		{"data in another file", pdfOf(pdfData("/F(https://example.com/x)", ""))},
		{"a link that is a script", pdfOf(`1 0 obj<</A<</S/URI/URI(javascript:alert(1))>>>>endobj`)},
		{"a link to a file on another computer, specified elsewhere", pdfOf(`5 0 obj<</A<</S/GoToR/F 6 0 R>>>>endobj 6 0 obj<</Type/Filespec/F(b.pdf)/UF(//host/b.pdf)>>endobj`)},
		{"a link by LilyPond to a program", pdfOf(`5 0 obj<</A<</S/URI/URI(textedit:///home/x/a.ly:1:1:1)>>>>endobj`)},
		{"a link to a file on another computer", pdfOf(`5 0 obj<</A<</S/GoToR/F(\\\\host\\a.pdf)>>>>endobj`)},
		{"a presentation that goes on to the web", pdfOf(`5 0 obj<</Type/NavNode/Dur 0/NA<</S/URI/URI(https://example.com/)>>>>endobj`)},
		{"a field that is hidden on opening, and then the web", pdfOf(`1 0 obj<</OpenAction<</S/Hide/T(x)/Next 5 0 R>>>>endobj 5 0 obj<</S/URI/URI(https://example.com/)>>endobj`)},
		{"a form that is emptied on opening", pdfOf(`1 0 obj<</OpenAction<</S/ResetForm>>>>endobj`)},
		{"a dialog for printing on opening", pdfOf(`1 0 obj<</OpenAction<</S/Named/N/Print>>>>endobj`)},
		{"a sound on opening", pdfOf(`1 0 obj<</OpenAction<</S/Sound/Sound 7 0 R>>>>endobj`, pdfData("/Type/Sound/R 8000", "x"))},
		{"a sound on another computer", pdfOf(`5 0 obj<</A<</S/Sound/Sound 7 0 R>>>>endobj`, pdfData("/R 8000/F(//host/x.wav)", ""))},
		{"an annotation of an unknown type with more than an appearance", pdfOf(`5 0 obj<</Type/Annot/Subtype/Hologram/Rect[0 0 9 9]/Data 6 0 R>>endobj`)},
		{"a film", pdfOf(`5 0 obj<</Type/Annot/Subtype/Movie/Rect[0 0 9 9]/Movie<</F(//host/x.avi)>>>>endobj`)},
		{"a model in another file", pdfOf(`5 0 obj<</Type/Annot/Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>endobj`, pdfData("/Type/3D/Subtype/U3D", pdfModel("\x12\xff\xff\xff\x04\x00\x00\x00\x00\x00\x00\x00abcd")))},
		{"a model with textures", pdfOf(`5 0 obj<</Type/Annot/Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>endobj`, pdfData("/Type/3D/Subtype/U3D", pdfModel("\x55\xff\xff\xff\x04\x00\x00\x00\x00\x00\x00\x00abcd")))},
		{"a model in PRC", pdfOf(`5 0 obj<</Type/Annot/Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>endobj`, pdfData("/Type/3D/Subtype/PRC", "PRC"))},
		{"rich media", pdfOf(`1 0 obj<</Subtype/RichMedia>>endobj`)},
		{"a web page on opening", pdfOf(`1 0 obj<</OpenAction 5 0 R>>endobj 5 0 obj<</S/URI/URI(https://example.com/)>>endobj`)},
		{"encryption", read(encryptedPDF)},
		{"an object stream that cannot be read", pdfOf(pdfData("/Type/ObjStm/N 1/First 4/Filter/LZWDecode", "x"))},
		{"an object stream that is a bomb", pdfOf(pdfBomb())},
	} {
		files = append(files, File{About: "a PDF with " + c.about, Name: "a.pdf", Type: typePDF, Content: c.bytes, Code: content})
	}
	return files
})

func brokenPDFs() []File {
	good := pdfOf(`1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj`)
	linear := read("qpdf-linear.pdf")
	firstEnd := bytes.Index(linear, []byte("%%EOF")) + len("%%EOF\n")
	replace := func(from, to string) []byte { return bytes.Replace(good, []byte(from), []byte(to), 1) }
	bad := func(about string, b []byte) File {
		return File{About: about, Name: "a.pdf", Type: typePDF, Content: b, Code: content}
	}
	mistaken := func(about string, b []byte) File {
		return File{About: about, Name: "a.pdf", Type: typePDF, Content: b, Code: typeNotAllowed}
	}
	return []File{
		bad("a PDF header alone", []byte("%PDF-1.7\n")),
		bad("a PDF header and HTML", []byte("%PDF-1.7\n<html><script>alert(1)</script>")),
		bad("a PDF header and a program", []byte("%PDF-1.7\nMZ\x90\x00")),
		bad("a header and an end marker", []byte("%PDF-1.7\nstartxref\n1\n%%EOF\n")),
		bad("PDF 1.7x", replace("1.7", "1.7x")),
		bad("HTML in the second line of a PDF", replace("%\xe2", "x<script>alert(1)</script>\n%\xe2")),
		bad("PDF 3.0", replace("1.7", "3.0")),
		bad("a PDF cut in its middle", good[:len(good)/2]),
		bad("a PDF without its end marker", bytes.TrimSuffix(good, []byte("%%EOF\n"))),
		bad("a PDF cut within its end marker", good[:len(good)-3]),
		bad("a PDF cut within a stream", read("chromium.pdf")[:9000]),
		bad("a linearised PDF cut after its first page", linear[:firstEnd]),
		bad("a PDF cut within an update", append(slices.Clone(good), "5 0 obj <<"...)),
		bad("a stream that never ends", pdfOf("7 0 obj<</Length 99999>>stream\nabc endobj")),
		bad("HTML after a PDF", append(slices.Clone(good), "<script>alert(1)</script>"...)),
		bad("HTML on the last line of a PDF", append(bytes.TrimSpace(good), "<script>alert(1)</script>"...)),
		bad("PHP after a PDF", append(slices.Clone(good), "<?php system($_GET[0]); ?>"...)),
		bad("an archive after a PDF", append(slices.Clone(good), zipOf(hello)...)),
		bad("a program after a PDF", append(slices.Clone(good), "MZ\x90\x00"...)),
		bad("HTML between objects", pdfOf("<script>alert(1)</script>")),
		bad("an archive between objects", pdfOf(string(zipOf(hello)))),
		bad("an object that does not end", pdfOf("1 0 obj<</A 1>>", "3 0 obj 4 endobj")),
		bad("an object within a dictionary", pdfOf("1 0 obj<</A 3 0 obj 4 endobj>>endobj")),
		bad("arrays nested a thousand deep", pdfOf("1 0 obj"+strings.Repeat("[", 1000)+strings.Repeat("]", 1000)+"endobj")),
		bad("a cross-reference offset after the end", replace("\n70\n", "\n7000\n")),
		mistaken("a word before the header", append([]byte("leading junk\n"), good...)),
		mistaken("PostScript before the header", append([]byte("%!PS-Adobe-3.0\n"), good...)),
		mistaken("zeros before the header", append([]byte("\x00\x00"), good...)),
		mistaken("a picture before the header", append([]byte("GIF89a\x01\x00\x01\x00"), good...)),
		mistaken("a program before the header", append([]byte("MZ\x90\x00"), good...)),
		mistaken("HTML as a PDF", []byte("<html><script>alert(1)</script></html>")),
		mistaken("PostScript as a PDF", []byte("%!PS-Adobe-3.0\nshowpage\n")),
		{About: "no bytes as a PDF", Name: "a.pdf", Type: typePDF, Code: empty},
		{About: "a PDF as a picture", Name: "a.png", Type: typePDF, Content: good, Code: typeMismatch},
	}
}

func goodPDFs() []File {
	good := pdfOf(`1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj`)
	files := []File{
		{About: "a PDF without a line end after it", Content: bytes.TrimSpace(good)},
		{About: "a PDF with white space after it", Content: append(slices.Clone(good), "\r\n \x00"...)},
		{About: "a PDF with an update", Content: append(slices.Clone(good), pdfEnd(`5 0 obj(new)endobj`)...)},
		{About: "a PDF with two updates", Content: slices.Concat(good, pdfEnd(`5 0 obj(new)endobj`), pdfEnd(`5 0 obj(newer)endobj`))},
		{About: "a PDF with carriage returns", Content: bytes.ReplaceAll(good, []byte("\n"), []byte("\r"))},
		{About: "a PDF with an update right after its end mark", Content: append(bytes.TrimSpace(good), pdfEnd(`5 0 obj(new)endobj`)...)},
		{About: "a PDF with a binary line without a percent sign", Content: bytes.Replace(good, []byte("%\xe2"), []byte("\xe2"), 1)},
		{About: "a PDF with two end marks and a comment after them", Content: append(slices.Clone(good), "%%EOF\n\n% x\n"...)},
		{About: "a PDF with a length that is too long", Content: pdfOf("7 0 obj<</Length 30>>stream\nabc\nendstream endobj")},
		{About: "a PDF that opens at a page, by an action in its catalogue", Content: pdfOf(`1 0 obj<</OpenAction<</S/GoTo/D[2 0 R/XYZ 0 842 1]>>>>endobj`)},
		{About: "a PDF with a font and glyphs called like actions", Content: pdfOf(`1 0 obj<</Font<</AA 5 0 R/JS 5 0 R/EF 5 0 R>>/Differences[65/AA/JS/EF/Launch]>>endobj 5 0 obj<</Type/Font>>endobj`)},
		{About: "a PDF with an empty tree of scripts", Content: pdfOf(`1 0 obj<</Names<</JavaScript<</Names[]>>/EmbeddedFiles<</Names[]>>>>/XFA null>>endobj`)},
		{About: "a PDF with usage rights", Content: pdfOf(`1 0 obj<</UR3<</EF[/Create/Delete]/Form[/FillIn]>>>>endobj`)},
		{About: "a PDF with a link to a file beside it, by LaTeX", Content: pdfOf(`5 0 obj<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/F(../b.pdf)/D[0/Fit]/NewWindow true>>>>endobj`)},
		{About: "a PDF with a link to a file beside it, by the newer LaTeX", Content: pdfOf(`5 0 obj<</A<</F 6 0 R/D[0/Fit]/S/GoToR>>>>endobj 6 0 obj<</Type/Filespec/F(b.pdf)/UF(b.pdf)/AFRelationship/Unspecified>>endobj`)},
		{About: "a PDF with links to newsgroups and by FTP, by LaTeX", Content: pdfOf(`5 0 obj<</A<</S/URI/URI(news:comp.text.tex)>>>>endobj 6 0 obj<</A<</S/URI/URI(ftp://ftp.dante.de/)>>>>endobj`)},
		{About: "a PDF with a button that prints", Content: pdfOf(`5 0 obj<</Subtype/Widget/Rect[0 0 9 9]/A<</S/Named/N/Print>>>>endobj`)},
		{About: "a PDF with an annotation whose type is misspelled", Content: pdfOf(`5 0 obj<</Type/Annot/Subtype/FREETEXT/Rect[0 0 9 9]/Contents(x)/DA(/F 9 Tf)/F 4>>endobj`)},
		{About: "a PDF that hides a field on opening", Content: pdfOf(`1 0 obj<</OpenAction<</S/Hide/T(x)/H true>>>>endobj`)},
		{About: "a PDF with a sound that a click plays", Content: pdfOf(`5 0 obj<</A<</S/Sound/Sound 7 0 R>>>>endobj`, pdfData("/Type/Sound/R 8000", "x"))},
		{About: "a PDF with an action of PDF 1.2 that does nothing", Content: pdfOf(`5 0 obj<</A<</S/NOP>>>>endobj`)},
		{About: "a PDF with text after the version", Content: bytes.Replace(good, []byte("1.7"), []byte("1.7 -*- coding: no-conversion -*-"), 1)},
		{About: "a PDF with a binary line of any bytes", Content: bytes.Replace(good, []byte("%\xe2"), []byte("zG_\xd5 \xb0#s6\x1f\n%\xe2"), 1)},
		{About: "PDF 1.70", Content: bytes.Replace(good, []byte("1.7"), []byte("1.70"), 1)},
		{About: "a PDF with a stream of unknown length that mentions its end", Content: pdfOf("7 0 obj<</Length 8 0 R>>stream\n% endstream is preceded by\nendstream endobj 8 0 obj 26 endobj")},
		{About: "a PDF after an empty line", Content: append([]byte("\r\n"), good...)},
		{About: "a PDF after a printer ticket", Content: append([]byte("%%START: x\r\n%%PAPER: A4\r\n"), good...)},
		{About: "a PDF after the mark of UTF-8", Content: append([]byte("\xef\xbb\xbf"), good...)},
		{About: "a PDF with a model", Content: pdfOf(`5 0 obj<</Type/Annot/Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R/3DA<</A/PO>>>>endobj`, pdfData("/Type/3D/Subtype/U3D", pdfModel("\x21\xff\xff\xff\x04\x00\x00\x00\x00\x00\x00\x00\x02\x00ab")))},
		{About: "a PDF with buttons of slides, by LaTeX", Content: pdfOf(`5 0 obj<</A<</S/Named/N/FullScreen>>>>endobj 6 0 obj<</A<</S/Named/N/Quit>>>>endobj`)},
		{About: "PDF 1.9", Content: bytes.Replace(good, []byte("1.7"), []byte("1.9"), 1)},
		{About: "PDF 2.0", Content: bytes.Replace(good, []byte("1.7"), []byte("2.0"), 1)},
		{About: "a PDF with text about scripts", Content: pdfOf(pdfData("", "BT (/JavaScript /Launch endobj) Tj ET"))},
		{About: "a PDF that opens at a page", Content: pdfOf(`1 0 obj<</OpenAction 5 0 R>>endobj 5 0 obj<</S/GoTo/D[2 0 R/Fit]>>endobj`)},
	}
	entries, err := printed.ReadDir("testdata/documents")
	if err != nil {
		panic(err) // the folder is part of the package
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".pdf" && e.Name() != encryptedPDF {
			files = append(files, File{About: "a PDF by " + strings.TrimSuffix(e.Name(), ".pdf"), Content: read(e.Name())})
		}
	}
	for i := range files {
		files[i].Name, files[i].Type = "a.pdf", typePDF
	}
	return files
}
