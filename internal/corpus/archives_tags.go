package corpus

import (
	"strconv"
	"strings"
)

// largeTags returns documents whose only fault is one tag with 30,000 attributes or namespaces. A
// reader that compares each with all before it takes quadratic time.
func largeTags() []File {
	attrs := func(name, value string) string {
		var b []byte
		for i := range 30_000 {
			b = append(strconv.AppendInt(append(b, name...), int64(i), 10), value...)
		}
		return string(b)
	}
	plain := attrs(" a", `=""`)
	types := func(attributes string) zipEntry {
		return file("[Content_Types].xml", contentTypes(`<Default Extension="png" ContentType="image/png"`+attributes+`/>`+override("/word/document.xml", typeDOCX+".main+xml")))
	}
	root := strings.Replace(types("").data, "<Types ", "<Types"+plain+" ", 1)
	image := `<Relationship Id="r" Type="` + relationTypes + `image" Target="media/a.png"` + plain + `/>`
	tagged := strings.Replace(manifest(typeODT, ""), "<manifest:file-entry", "<manifest:file-entry"+plain, 1)
	return []File{
		badDocument("a type with many attributes", docx(types(plain))),
		badDocument("a type with many attributes of one prefix", docx(types(` xmlns:p="u"`+attrs(" p:a", `=""`)))),
		badDocument("a type with many namespaces", docx(types(attrs(" xmlns:a", `="u"`)))),
		badDocument("a list of types with many attributes", docx(file("[Content_Types].xml", root))),
		badDocument("a relation with many attributes", docx(file("word/_rels/document.xml.rels", relations(image)))),
		badDocument("a paragraph with many attributes", docx(file("word/document.xml", "<w:p "+wordSpace+plain+"/>"))),
		{
			About: "OpenDocument: a manifest with many attributes", Name: "a.odt", Type: typeODT, Code: content,
			Content: zipOf(store("mimetype", typeODT), file("META-INF/manifest.xml", tagged), file("content.xml", odfContent(""))),
		},
	}
}
