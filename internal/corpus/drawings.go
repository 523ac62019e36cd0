package corpus

import (
	"maps"
	"slices"
	"strings"
)

// hostileDrawings returns documents with a drawing that acts.
func hostileDrawings() (files []File) {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"`
	drawings := map[string]string{
		"a script":                        svg + `><script>alert(1)</script></svg>`,
		"an event":                        svg + ` onload="alert(1)"/>`,
		"a script and no namespace":       `<svg><script>alert(1)</script></svg>`,
		"a picture elsewhere":             svg + `><image xlink:href="https://evil.example/a.png"/></svg>`,
		"a picture by a file address":     svg + `><image href="file:///etc/passwd"/></svg>`,
		"a style from elsewhere":          svg + `><style>@import url(https://evil.example/a.css);</style></svg>`,
		"a long style that loads":         svg + ` style="` + strings.Repeat("fill:red;", 600) + `mask:url(https://evil.example/a.svg)"/>`,
		"a long style that loads within":  svg + `><g style="` + strings.Repeat("fill:red;", 600) + `mask:url(https://evil.example/a.svg)"/></svg>`,
		"a style sheet by an instruction": `<?xml-stylesheet href="https://evil.example/a.css"?>` + svg + `/>`,
	}
	for _, about := range slices.Sorted(maps.Keys(drawings)) {
		drawing := drawings[about]
		files = append(files,
			File{About: "a document with a drawing with " + about, Name: "a.docx", Type: typeDOCX, Code: content, Content: docx(file("word/media/a.svg", drawing))},
			File{About: "slides with a drawing with " + about, Name: "a.pptx", Type: typePPTX, Code: content, Content: pptx(file("ppt/media/a.png", drawing))},
			File{About: "OpenDocument: a drawing with " + about, Name: "a.odt", Type: typeODT, Code: content, Content: odf(typeODT, "", file("Pictures/a.svg", drawing))},
		)
	}
	return files
}

// goodDrawings returns documents with a drawing that only draws, and slides with a long style.
func goodDrawings() []File {
	drawing := declaration + `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` +
		`<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:version="1" style="` + strings.Repeat("fill:red;", 600) + `">` +
		`<style>.a{fill:url(#b)}</style><a href="https://a.example/"><path class="a" d="M0 0"/></a></svg>`
	return []File{
		{About: "a document with a drawing", Name: "a.docx", Type: typeDOCX, Content: docx(file("word/media/a.svg", drawing))},
		{About: "slides with a long style outside of a drawing", Name: "a.pptx", Type: typePPTX, Content: pptx(
			file("ppt/slides/slide1.xml", `<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" style="`+strings.Repeat("fill:red;", 600)+`a:url(b)"/>`))},
		{About: "a text with a drawing, in OpenDocument", Name: "a.odt", Type: typeODT, Content: odf(typeODT, "", file("Pictures/a.svg", strings.Replace(drawing, `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">`, "", 1)))},
	}
}
