package upload_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestCompleteNames: in forms and in direct uploads, only names without an extension get one, and
// only with Options.CompleteNames.
func TestCompleteNames(t *testing.T) {
	long := strings.Repeat("n", 255)
	for _, row := range []struct {
		about, name, content, want string
	}{
		{"a canvas", "blob", pngBytes(), "blob.png"},
		{"a text", "notes", "hello", "notes.txt"},
		{"as long as names may be", long, pngBytes(), long[:251] + ".png"},
		{"with an extension", "a.png", pngBytes(), "a.png"},
		{"hidden", ".png", pngBytes(), ".png"},
	} {
		t.Run(row.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{CompleteNames: true})
			require.Equal(t, row.want, f.accepts(t, uploadOf(row.name, []byte(row.content)))[0].Name)

			d := newDirect(t, nil, upload.Options{CompleteNames: true}, upload.PresignOptions{})
			decl := declarationOf(row.name, row.content)
			decl.Type = http.DetectContentType([]byte(row.content))
			ticket := d.sign(t, decl)
			require.Equal(t, 200, send(t, ticket.SignedRequest, row.content))
			require.Equal(t, row.want, d.confirm(t, ticket.Token).Name)
		})
	}
	for _, row := range []struct {
		about, name, content string
		code                 upload.Code
		o                    upload.Options
	}{
		{"not asked for", "blob", pngBytes(), upload.CodeTypeMismatch, upload.Options{}},
		{"another extension", "blob.txt", pngBytes(), upload.CodeTypeMismatch, upload.Options{CompleteNames: true}},
		{"a dot at the end", "blob.", pngBytes(), upload.CodeTypeMismatch, upload.Options{CompleteNames: true}},
		{"a type that is not allowed", "blob", "<!doctype html><p>x", upload.CodeTypeNotAllowed, upload.Options{CompleteNames: true}},
		{"an unknown type", "blob", "\x00\x01\x02", upload.CodeTypeNotAllowed, upload.Options{CompleteNames: true}},
	} {
		t.Run(row.about, func(t *testing.T) {
			newFixture(t, nil, row.o).refuses(t, row.code, uploadOf(row.name, []byte(row.content)))
		})
	}
	t.Run("a declared type that is not the content's", func(t *testing.T) {
		d := newDirect(t, nil, upload.Options{CompleteNames: true}, upload.PresignOptions{})
		decl := declarationOf("blob", "hello")
		decl.Type = "image/png"
		ticket := d.sign(t, decl)
		require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
		d.refusesConfirm(t, upload.CodeTypeMismatch, "ann", ticket.Token)
	})
}

// TestNamesOfDirectUploads: a declared name is not decoded, since JSON quotes it itself.
func TestNamesOfDirectUploads(t *testing.T) {
	for _, name := range []string{`my "best" photo.png`, "a%22b.png", "100%25.png", "=?utf-8?Q?a?=.png", "Grüße.png"} {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
			ticket := d.sign(t, declarationOf(name, pngBytes()))
			require.Equal(t, 200, send(t, ticket.SignedRequest, pngBytes()))
			require.Equal(t, name, d.confirm(t, ticket.Token).Name)
		})
	}
}

// TestNamesOfClients: files keep the name that the person sees, after its last slash or backslash.
// Some clients write filename* or RFC 2047 words, with the plain name or without it. Two names with
// different extensions are refused.
func TestNamesOfClients(t *testing.T) {
	for _, row := range []struct{ about, disposition, want string }{
		{"React Native 0.74", `filename="photo (1).png"; filename*=utf-8''photo%20(1).png`, "photo (1).png"},
		{"aiohttp 3.5", `filename="my%20photo.png"; filename*=utf-8''my%20photo.png`, "my photo.png"},
		{"Apache HttpClient 5.5", `filename="??.png"; filename*="UTF-8''%E6%96%87%E4%BB%B6.png"`, "文件.png"},
		{"RestSharp", `filename="Gr__e.png"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.png`, "Grüße.png"},
		{"an old library", `filename="Gr.png"; filename*=iso-8859-1''Gr%FC.png`, "Grü.png"},
		{"Delphi", `filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.png?="`, "Grüße.png"},
		{"form-data 4.0.5", `filename="my "best" photo.png"`, `my "best" photo.png`},
		{"browsers", `filename="a%22b;c\d.png"`, `d.png`},
	} {
		t.Run(row.about, func(t *testing.T) {
			body := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; " + row.disposition + "\r\n\r\n" + pngBytes() + "\r\n--" + boundary + "--\r\n"
			f := newFixture(t, nil, upload.Options{})
			require.Equal(t, row.want, f.accepts(t, post(body))[0].Name)
		})
	}
	body := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"; filename*=utf-8''a.html\r\n\r\n" + pngBytes() + "\r\n--" + boundary + "--\r\n"
	newFixture(t, nil, upload.Options{}).refuses(t, upload.CodeMalformed, post(body))
}
