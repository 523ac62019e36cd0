package corpus

// odf returns an OpenDocument package with an empty content.xml and these parts, whose manifest
// also has the entries of more.
func odf(mediaType, more string, parts ...zipEntry) []byte {
	return zipOf(append([]zipEntry{
		store("mimetype", mediaType),
		file("META-INF/manifest.xml", manifest(mediaType, more)),
		file("content.xml", odfContent("")),
	}, parts...)...)
}

// odfContent returns a part of an OpenDocument package.
func odfContent(body string) string {
	const ns = "urn:oasis:names:tc:opendocument:xmlns:"
	root := `<office:document-content xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="` + ns + `drawing:1.0" xmlns:anim="` + ns + `animation:1.0"`
	for _, short := range []string{"office", "text", "table", "script", "presentation", "form", "meta", "style"} {
		root += ` xmlns:` + short + `="` + ns + short + `:1.0"`
	}
	return declaration + root + `><office:body>` + body + `</office:body></office:document-content>`
}

// odfText returns an OpenDocument text with this body, in a part of its own.
func odfText(body string) []byte { return odf(typeODT, "", file("content2.xml", odfContent(body))) }

func manifest(mediaType, more string) string {
	return declaration + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">` +
		`<manifest:file-entry manifest:full-path="/" manifest:media-type="` + mediaType + `"/>` + more + `</manifest:manifest>`
}

func listed(name, mediaType string) string {
	return `<manifest:file-entry manifest:full-path="` + name + `" manifest:media-type="` + mediaType + `"/>`
}
