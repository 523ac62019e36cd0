package uppy_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uppy"
)

// TestMultipart checks an upload in two parts, with the metadata that Uppy 5 and 6 send.
func TestMultipart(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", (part+1000)/16)
	rows := map[string]map[string]any{
		"Uppy 6": {"name": "a.txt", "type": "text/plain", "size": len(content), "relativePath": nil},
		"Uppy 5": {"name": "a.txt", "type": "text/plain", "size": "5243872"},
	}
	for name, metadata := range rows {
		t.Run(name, func(t *testing.T) {
			var published []upload.File
			a := newApp(t, upload.Options{}, func(_ *app, o *uppy.Options) {
				o.Published = func(_ *http.Request, f upload.File) error { published = append(published, f); return nil }
				o.Location = func(f upload.File) string { return "/files/" + f.Key }
			})
			require.Len(t, content, 5243872)
			c := a.create(t, "a.txt", metadata)
			a.refuses(t, upload.CodeNotUploaded, call{method: "POST", path: c.path("/complete"), body: `{"parts":[]}`})
			a.sendPart(t, c, 2, content)

			var list []map[string]any
			a.ok(t, call{method: "GET", path: c.path("")}, &list)
			require.Len(t, list, 1)
			require.NotEmpty(t, list[0]["ETag"])
			require.Subset(t, list[0], map[string]any{"PartNumber": 2.0, "Size": float64(len(content) - part)})
			a.sendPart(t, c, 1, content)
			var done struct{ Key, Location string }
			for range 2 { // again after a lost answer
				a.ok(t, call{method: "POST", path: c.path("/complete"), body: `{"parts":[{"PartNumber":9,"ETag":"x"}]}`}, &done)
				require.Equal(t, []string{done.Key}, a.published())
				require.Equal(t, "/files/"+done.Key, done.Location)
				require.Equal(t, content, a.read(t, done.Key))
				a.ok(t, call{method: "GET", path: c.path("")}, &list)
				require.Len(t, list, 2, "nothing must be sent again")
			}
			require.Len(t, published, 2)
			require.Equal(t, published[0], published[1])
			require.Equal(t, "a.txt", published[0].Name)
		})
	}
}

// TestRefusedFile checks that a small file is one part, and that a bad one is not published.
func TestRefusedFile(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	c := a.create(t, "a.png", map[string]any{"size": len(html)})
	a.sendPart(t, c, 1, html)
	a.refuses(t, upload.CodeTypeMismatch, call{method: "POST", path: c.path("/complete"), body: `{}`})
	require.Empty(t, a.store.Keys())
	a.refuses(t, upload.CodeTypeMismatch, call{method: "POST", path: c.path("/complete"), body: `{}`}) // the same reason again
	a.ok(t, call{method: "DELETE", path: c.path("")}, &struct{}{})                                     // Uppy 5 does this then
}

func TestAbort(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	c := a.create(t, "a.txt", map[string]any{"size": 5})
	a.sendPart(t, c, 1, "hello")
	for range 2 {
		require.Equal(t, "{}", a.send(t, call{method: "DELETE", path: c.path("")}).body)
		require.Zero(t, a.store.Used())
	}
	a.refuses(t, upload.CodeBadTicket, call{method: "POST", path: c.path("/complete"), body: `{}`})
}

func TestCreateRefuses(t *testing.T) {
	size := func(v any) map[string]any { return map[string]any{"size": v} }
	var cause error
	a := newApp(t, upload.Options{Hooks: causes(&cause)}, nil)
	rows := map[string]struct {
		body string
		code upload.Code
	}{
		"no metadata":        {createBody(t, "a.txt", nil), upload.CodeMalformed},
		"no size":            {createBody(t, "a.txt", map[string]any{"name": "a.txt"}), upload.CodeMalformed},
		"a size of null":     {createBody(t, "a.txt", size(nil)), upload.CodeMalformed},
		"null by Uppy 5":     {createBody(t, "a.txt", size("null")), upload.CodeMalformed},
		"half a byte":        {createBody(t, "a.txt", size(0.5)), upload.CodeMalformed},
		"more than an int64": {createBody(t, "a.txt", size(1e30)), upload.CodeMalformed},
		"a negative size":    {createBody(t, "a.txt", size(-1)), upload.CodeMalformed},
		"no bytes":           {createBody(t, "a.txt", size(0)), upload.CodeEmpty},
		"one byte too many":  {createBody(t, "a.txt", size(32<<20+1)), upload.CodeTooLarge},
		"another type":       {createBody(t, "a.exe", size(5)), upload.CodeTypeMismatch},
		"another field":      {createBody(t, "a.txt", map[string]any{"size": 5, "field": "other"}), upload.CodeUnexpectedField},
		"no name":            {createBody(t, "", size(5)), upload.CodeBadName},
		"no JSON":            {"filename=a.txt", upload.CodeMalformed},
		"metadata is a list": {`{"filename":"a.txt","metadata":[]}`, upload.CodeMalformed},
		"JSON of 70 KiB":     {`{"filename":"` + strings.Repeat("a", 70<<10), upload.CodeTooLarge},
		"no body":            {"", upload.CodeMalformed},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			a.refuses(t, row.code, call{method: "POST", path: "/uppy/s3/multipart", body: row.body})
		})
	}
	a.refuses(t, upload.CodeMalformed, call{method: "POST", path: "/uppy/s3/multipart", body: rows["no size"].body})
	require.ErrorContains(t, cause, "setFileMeta")
	require.NotEmpty(t, a.create(t, "a.txt", map[string]any{"size": 5, "field": "avatar"}))
}

// TestCallers checks that steps are refused to other callers, to pages of other origins, and for
// tokens that the server has not made.
func TestCallers(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	c := a.create(t, "a.txt", map[string]any{"size": 5})
	steps := func(c created) []call {
		return []call{
			{method: "GET", path: c.path("/1")},
			{method: "GET", path: c.path("")},
			{method: "POST", path: c.path("/complete"), body: `{"parts":[]}`},
			{method: "DELETE", path: c.path("")},
		}
	}
	open := call{method: "POST", path: "/uppy/s3/multipart", body: createBody(t, "a.txt", map[string]any{"size": 5})}
	headers := map[string]struct {
		code   upload.Code
		header map[string]string
	}{
		"nobody":         {upload.CodeUnauthenticated, map[string]string{"Subject": ""}},
		"a foreign page": {upload.CodeCrossOrigin, map[string]string{"Sec-Fetch-Site": "cross-site"}},
		"a sibling page": {upload.CodeCrossOrigin, map[string]string{"Sec-Fetch-Site": "same-site"}},
		"an old browser": {upload.CodeCrossOrigin, map[string]string{"Origin": "https://evil.example"}},
		"somebody else":  {upload.CodeBadTicket, map[string]string{"Subject": "bob"}},
	}
	for name, row := range headers {
		for _, step := range append(steps(c), open) {
			if name == "somebody else" && step.path == open.path {
				continue
			}
			step.header = row.header
			a.refuses(t, row.code, step)
		}
	}
	for name, id := range map[string]string{
		"a guess": "abc", "a cut one": c.UploadID[:len(c.UploadID)-1], "a changed one": "A" + c.UploadID[1:] + "A",
		"slashes": "../../x", "a question": "a?b", "a percent": "%zz",
	} {
		for _, step := range steps(created{c.Key, id}) {
			t.Log(name, step.method)
			a.refuses(t, upload.CodeBadTicket, step)
		}
	}
	a.sendPart(t, c, 1, "hello") // none of it did any harm
	a.ok(t, call{method: "POST", path: c.path("/complete"), body: `{}`}, &struct{}{})
}
