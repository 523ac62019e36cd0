package upload_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// german returns the code's German sentence if the client asks for German, else nothing.
func german(r *http.Request, e *upload.Error) string {
	if !strings.HasPrefix(r.Header.Get("Accept-Language"), "de") {
		return ""
	}
	return "Nein: " + string(e.Code)
}

// inGerman adds a header that asks for German.
func inGerman(r *http.Request) *http.Request {
	r.Header.Set("Accept-Language", "de-CH")
	return r
}

// TestTextOfHost: answers have the host's sentences for a request and each of its files, for steps
// of direct uploads, and for links. The log of uploads stays in English.
func TestTextOfHost(t *testing.T) {
	two := func() *http.Request {
		return post(new(form).file("file", "a.txt", "hello").file("file", "b.png", pngBytes()).String())
	}
	f := newFixture(t, upTo(2, upload.Types("text/plain")), upload.Options{Text: german})
	p := f.refuses(t, upload.CodeTypeNotAllowed, inGerman(two()))
	require.Equal(t, "Nein: type_not_allowed", p.Detail)
	require.Len(t, p.Files, 2)
	require.Equal(t, "Nein: not_stored", p.Files[0].Reason)
	require.Equal(t, "Nein: type_not_allowed", p.Files[1].Reason)
	require.Contains(t, f.log.String(), "PNG pictures are not accepted. Send plain text (.txt).")
	require.NotContains(t, f.log.String(), "Nein")
	p = f.refuses(t, upload.CodeTypeNotAllowed, two())
	require.Equal(t, "PNG pictures are not accepted. Send plain text (.txt).", p.Detail)
	require.Equal(t, "The upload was refused for another reason, so this file is not stored.", p.Files[0].Reason)

	f = newFixture(t, upload.Types("text/plain"), upload.Options{Text: german, Respond: upload.SeeOther("/page")})
	w := f.do(inGerman(post(file("file", "a.png", pngBytes()))))
	require.Contains(t, w.Header().Get("Location"), "reason=Nein")

	d := newDirect(t, nil, upload.Options{Text: german}, upload.PresignOptions{})
	w = httptest.NewRecorder()
	step := inGerman(httptest.NewRequest(http.MethodPost, "/tickets/", strings.NewReader("{")))
	step.Header.Set("Subject", "ann")
	d.presigner.ServeHTTP(w, step)
	require.Equal(t, "Nein: malformed", problemOf(t, w.Result()).Detail)

	links, err := upload.NewLinks(&memstore.Store{}, &upload.LinksOptions{Text: german})
	require.NoError(t, err)
	w = httptest.NewRecorder()
	links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "x"}, nil }).
		ServeHTTP(w, inGerman(httptest.NewRequest(http.MethodGet, "/files/x", http.NoBody)))
	require.Equal(t, "Nein: not_found", problemOf(t, w.Result()).Detail)
}

// TestTextOfHostsRefusals: a host's refusal by Handle, Tx.Refuse or Refuse has the sentence of
// Options.Text, too.
func TestTextOfHostsRefusals(t *testing.T) {
	refusal := upload.Reject(upload.CodeForbidden, "")
	for about, serve := range map[string]func(h *upload.Handler, w http.ResponseWriter, r *http.Request){
		"Handle": func(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			require.ErrorIs(t, h.Handle(w, r, func(*upload.Tx) error { return refusal }), upload.CodeForbidden)
		},
		"Tx.Refuse": func(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			tx, err := h.Receive(w, r)
			require.NoError(t, err)
			tx.Refuse(w, r, refusal)
		},
		"Refuse": func(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { upload.Refuse(w, r, refusal) })).ServeHTTP(w, r)
		},
	} {
		t.Run(about, func(t *testing.T) {
			for language, want := range map[string][2]string{
				"de": {"Nein: forbidden", "Nein: not_stored"},
				"en": {"You may not upload here.", "The upload was refused for another reason, so this file is not stored."},
			} {
				f := newFixture(t, nil, upload.Options{Text: german})
				r := post(file("file", "a.txt", "hello"))
				r.Header.Set("Accept-Language", language)
				w := httptest.NewRecorder()
				serve(f.Handler, w, r)
				p := problemOf(t, w.Result())
				require.Equal(t, want[0], p.Detail)
				require.Len(t, p.Files, 1)
				require.Equal(t, want[1], p.Files[0].Reason)
				f.empty(t)
			}
		})
	}
}

// TestHostsSentence checks that clients learn which sentences are the host's, so that a page with
// sentences of its own shows them.
func TestHostsSentence(t *testing.T) {
	for about, row := range map[string]struct {
		refusal error
		says    string
		params  map[string]any
	}{
		"a sentence":        {upload.Reject(upload.CodeForbidden, "Only editors upload."), "Only editors upload.", map[string]any{"kind": "host"}},
		"a code of its own": {upload.Reject("no_cats", "No cats."), "No cats.", map[string]any{"kind": "host"}},
		"none":              {upload.Reject(upload.CodeForbidden, ""), "You may not upload here.", nil},
		"a kind of its own": {&upload.Error{Code: "no_cats", Reason: "No cats.", Params: map[string]any{"kind": "cats"}}, "No cats.", map[string]any{"kind": "cats"}},
		"a number":          {&upload.Error{Code: "no_cats", Reason: "No cats.", Params: map[string]any{"limit": 9}}, "No cats.", map[string]any{"kind": "host", "limit": 9.0}},
	} {
		t.Run(about, func(t *testing.T) {
			f := newFixture(t, upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return row.refusal }), upload.Options{})
			w := f.do(post(file("file", "a.txt", "hello")))
			p := problemOf(t, w.Result())
			require.Equal(t, row.says, p.Detail)
			require.Equal(t, row.params, p.Params)
			require.Equal(t, row.params, p.Files[0].Params)
		})
	}
}

// TestTextGets: the host's function gets the whole refusal, with a copy of its parameters.
func TestTextGets(t *testing.T) {
	var got []upload.Error
	keep := func(_ *http.Request, e *upload.Error) string {
		e.Params["mine"] = true // it must not, and only its own copy has it
		got = append(got, *e)
		return ""
	}
	policy := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return upload.Reject("mine", "Not today.") })
	p := newFixture(t, policy, upload.Options{Text: keep}).refuses(t, "mine", post(file("file", "a.txt", "hello")))
	require.Equal(t, "Not today.", p.Detail)
	require.Equal(t, "Not today.", got[0].Reason)
	require.Equal(t, "a.txt", got[0].Name)

	busy := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error {
		return &upload.Error{Code: upload.CodeBusy, RetryAfter: 1500 * time.Millisecond}
	})
	p = newFixture(t, busy, upload.Options{Text: keep}).refuses(t, upload.CodeBusy, post(file("file", "a.txt", "hello")))
	require.Equal(t, map[string]any{"retry_after": 2.0}, p.Params)
	require.Equal(t, int64(2), got[1].Params["retry_after"])
}

// TestTextThatFails: if the host's function panics, hangs or ends its goroutine, the client reads
// the English sentence.
func TestTextThatFails(t *testing.T) {
	for about, text := range map[string]func(*http.Request, *upload.Error) string{
		"panics": func(*http.Request, *upload.Error) string { panic("no words") },
		"hangs":  func(r *http.Request, _ *upload.Error) string { <-r.Context().Done(); return "late" },
		"exits":  func(*http.Request, *upload.Error) string { runtime.Goexit(); return "" },
	} {
		t.Run(about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, upload.Types("image/png"), upload.Options{Text: text})
				r := post(file("file", "a.txt", "hello"))
				p := f.refuses(t, upload.CodeTypeNotAllowed, r.WithContext(t.Context()))
				require.Equal(t, "Plain text files (.txt) are not accepted. Send PNG.", p.Detail)
				require.Contains(t, f.log.String(), "a hook failed")
			})
		})
	}
}

// TestResponderGetsText: a Responder of the host's finds the sentence and the parameters in
// its error.
func TestResponderGetsText(t *testing.T) {
	f := newFixture(t, upload.Types("image/png"), upload.Options{Text: german, Respond: func(w http.ResponseWriter, _ *http.Request, _ []upload.File, err error) {
		e := err.(*upload.Error) //nolint:errorlint // as promised
		_ = json.NewEncoder(w).Encode([]any{e.Reason, e.Text(), e.Params["accepted"]})
	}})
	w := f.do(inGerman(post(file("file", "a.txt", "hello"))))
	require.JSONEq(t, `["Nein: type_not_allowed", "Nein: type_not_allowed", ["image/png"]]`, w.Body.String())
}

// TestParams: these refusals have exactly these parameters.
func TestParams(t *testing.T) {
	image := upload.Images(nil)
	cv := upload.Form{"photo": {Accept: image}, "cv": {Accept: image}}
	const ofImages = `"accepted":["image/png","image/jpeg","image/gif","image/webp"],"extensions":[".png",".apng",".jpg",".jpeg",".jpe",".jfif",".gif",".webp"]}`
	for _, row := range []struct {
		about  string
		policy upload.Validator
		opts   upload.Options
		body   string
		code   upload.Code
		params string
	}{
		{"a type", image, upload.Options{}, file("file", "a.txt", "hello"), upload.CodeTypeNotAllowed, `{"type":"text/plain",` + ofImages},
		{"a type in neither of two lists", upload.Any(upload.Types("image/png"), upload.Types("image/gif")), upload.Options{}, file("file", "a.txt", "hello"), upload.CodeTypeNotAllowed, `{"type":"text/plain","accepted":["image/png","image/gif"],"extensions":[".png",".apng",".gif"]}`},
		{"a type that is not listed, beside a policy that accepts nothing", upload.Any(upload.Types("image/png"), upload.All()), upload.Options{}, file("file", "a.txt", "hello"), upload.CodeTypeNotAllowed, `{"type":"text/plain","accepted":["image/png"],"extensions":[".png",".apng"]}`},
		{"a type without a policy of ForType", upload.ForType(map[string]upload.Validator{"image/png": image}), upload.Options{}, file("file", "a.txt", "hello"), upload.CodeTypeNotAllowed, `{"type":"text/plain","accepted":["image/png"],"extensions":[".png",".apng"]}`},
		{"an unknown type", image, upload.Options{}, file("file", "a.txt", "\x00\x01"), upload.CodeTypeNotAllowed, "{" + ofImages},
		{"a policy that accepts nothing", upload.All(), upload.Options{}, file("file", "a.txt", "hello"), upload.CodeTypeNotAllowed, `{"kind":"all"}`},
		{"a name", image, upload.Options{}, file("file", "a.gif", pngBytes()), upload.CodeTypeMismatch, `{"type":"image/png","extension":".gif","extensions":[".png",".apng"]}`},
		{"a name with an unknown extension", image, upload.Options{}, file("file", "a.zq7xk9", pngBytes()), upload.CodeTypeMismatch, `{"type":"image/png","extensions":[".png",".apng"]}`},
		{"a file over the limit by a byte", nil, upload.Options{MaxFileSize: 4}, file("file", "a.txt", "hello"), upload.CodeTooLarge, `{"kind":"file","limit":4,"size":5}`},
		{"a long file", nil, upload.Options{MaxFileSize: 5000}, file("file", "a.txt", strings.Repeat("x", 5001)), upload.CodeTooLarge, `{"kind":"file","limit":5000}`},
		{"a text", nil, upload.Options{}, new(form).text("a", strings.Repeat("x", 64<<10+1)).String(), upload.CodeTooLarge, `{"kind":"text","limit":65536}`},
		{"texts", nil, upload.Options{MaxTextSize: 9}, new(form).text("a", "12345").text("b", "12345").String(), upload.CodeTooLarge, `{"kind":"texts","limit":9}`},
		{"files", upTo(1, image), upload.Options{}, new(form).file("file", "a.png", pngBytes()).file("file", "b.txt", "b").String(), upload.CodeTooMany, `{"kind":"files","limit":1}`},
		{"no file", nil, upload.Options{}, new(form).text("a", "1").String(), upload.CodeMissingFile, `{"fields":["file"]}`},
		{"no files", cv, upload.Options{}, new(form).text("a", "1").String(), upload.CodeMissingFile, `{"kind":"several","fields":["cv","photo"]}`},
		{"no text before", nil, upload.Options{TextFirst: []string{"token"}}, file("file", "a.txt", "hello"), upload.CodeFileBeforeText, `{"fields":["token"]}`},
		{"a field", cv, upload.Options{}, file("file", "a.txt", "hello"), upload.CodeUnexpectedField, `{"fields":["cv","photo"]}`},
		{"an empty name", nil, upload.Options{}, file("file", "", "hello"), upload.CodeBadName, `{"kind":"missing"}`},
		{"a picture", upload.Images(&upload.ImageOptions{MaxWidth: 39}), upload.Options{}, file("file", "a.png", pngBytes()), upload.CodeTooManyPixels, `{"width":40,"height":30,"max_width":39,"max_height":16384}`},
		{"a form that ends early", nil, upload.Options{}, file("file", "a.txt", "hello")[:100], upload.CodeMalformed, `{"kind":"cut"}`},
	} {
		t.Run(row.about, func(t *testing.T) {
			p := newFixture(t, row.policy, row.opts).refuses(t, row.code, post(row.body))
			got, err := json.Marshal(p.Params)
			require.NoError(t, err)
			require.JSONEq(t, row.params, string(got))
			if p.Files != nil { // the last is the one that was refused
				require.Equal(t, p.Params, p.Files[len(p.Files)-1].Params)
			}
		})
	}
	f := newFixture(t, upTo(2, image), upload.Options{MaxFileSize: 10, MaxTextSize: 1})
	p := f.refuses(t, upload.CodeTooLarge, post(strings.Repeat("x", 1<<20)))
	require.Equal(t, map[string]any{"kind": "request", "limit": 20.0, "size": float64(1 << 20)}, p.Params)
}
