package markup_test

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
)

const (
	typeXHTML = "application/xhtml+xml"
	typeEPUB  = "application/epub+zip"
)

// inBook returns a page with this body, and the book that has it.
func inBook(body string) document {
	content := `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:xlink="http://www.w3.org/1999/xlink"><body>` + body + `</body></html>`
	return document{about: body, mediaType: typeXHTML, content: content, book: corpus.Book(content)}
}

// pages returns the pages of those books of the corpus that package zip opens.
func pages(t *testing.T) (all []document) {
	t.Helper()
	for _, f := range corpus.Archives() {
		if f.Type != typeEPUB {
			continue
		}
		archive, err := zip.NewReader(bytes.NewReader(f.Content), int64(len(f.Content)))
		if err != nil {
			continue
		}
		for _, entry := range archive.File {
			if path.Ext(entry.Name) != ".xhtml" || entry.UncompressedSize64 == 0 || strings.HasPrefix(entry.Name, "__MACOSX/") {
				continue
			}
			r, err := entry.Open()
			require.NoError(t, err)
			content, err := io.ReadAll(r)
			require.NoError(t, err, f.About)
			all = append(all, document{about: f.About, mediaType: typeXHTML, content: strings.ReplaceAll(string(content), "alert(1)", script), book: f.Content})
		}
	}
	return all
}
