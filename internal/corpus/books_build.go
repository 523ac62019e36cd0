package corpus

// book returns a book with these entries.
func book(entries ...zipEntry) []byte {
	return zipOf(append([]zipEntry{store("mimetype", typeEPUB), file("META-INF/container.xml", "<container/>")}, entries...)...)
}

// page returns a book with a page of this body.
func page(body string) []byte {
	return book(file("a.xhtml", declaration+`<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" xmlns:xlink="http://www.w3.org/1999/xlink"><body>`+body+`</body></html>`))
}

// Book returns a book with this page.
func Book(page string) []byte { return book(file("a.xhtml", page)) }
