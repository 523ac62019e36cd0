package upload_test

import (
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

const (
	largestFile = 50_000 << 30 // 10,000 parts of 5 GiB
	mostFiles   = 10_000
)

var plain = upload.Types("text/plain")

// application is a form of three fields: one required, one of several files, and one whose
// files may exceed the tests' Options.MaxFileSize of 100.
var application = upload.Form{
	"cv":          {Accept: upload.Types("text/plain", "application/pdf"), MaxSize: 10},
	"certificate": {Accept: plain, MaxFiles: 2, Optional: true},
	"photo":       {Accept: upload.Types("image/png"), MaxSize: 1 << 20, Optional: true},
}

// received returns the files of r after Commit, or the refusal of Receive. It requires that Commit
// works.
func received(t *testing.T, h *upload.Handler, r *http.Request) ([]upload.File, *upload.Error) {
	t.Helper()
	tx, err := h.Receive(httptest.NewRecorder(), r)
	if err != nil {
		var refused *upload.Error
		require.ErrorAs(t, err, &refused)
		return nil, refused
	}
	require.NoError(t, tx.Commit(t.Context()))
	return tx.Files(), nil
}

// TestFormRules: the rules of each field hold, whether the form stands alone, inside of All
// or in a grant, and each refusal names its field.
func TestFormRules(t *testing.T) {
	type params map[string]any
	fields := params{"fields": []string{"certificate", "cv", "photo"}}
	cv := func() *form { return new(form).file("cv", "cv.txt", "hello") }
	missing := params{"fields": []string{"cv"}}
	rows := []struct {
		about  string
		body   *form
		code   upload.Code // "" is accepted
		field  string
		params params
	}{
		{"all", cv().file("certificate", "a.txt", "1").file("certificate", "b.txt", "2").file("photo", "a.png", pngBytes()), "", "", nil},
		{"another order", new(form).file("photo", "a.png", pngBytes()).file("cv", "cv.txt", "hello"), "", "", nil},
		{"the required field alone", cv(), "", "", nil},
		{"the others left empty", cv().file("certificate", "", "").file("photo", "", "").file("unknown", "", ""), "", "", nil},
		{"the largest file", new(form).file("cv", "cv.txt", "0123456789"), "", "", nil},
		{"the largest by default", cv().file("certificate", "a.txt", strings.Repeat("x", 100)), "", "", nil},
		{"a byte too many", new(form).file("cv", "cv.txt", "0123456789a"), upload.CodeTooLarge, "cv", params{"kind": "file", "limit": int64(10), "size": int64(11)}},
		{"many bytes too many", new(form).file("cv", "cv.txt", strings.Repeat("x", 5000)), upload.CodeTooLarge, "cv", params{"kind": "file", "limit": int64(10)}},
		{"a byte too many by default", cv().file("certificate", "a.txt", strings.Repeat("x", 101)), upload.CodeTooLarge, "certificate", params{"kind": "file", "limit": int64(100), "size": int64(101)}},
		{"a second file", cv().file("cv", "b.txt", "2"), upload.CodeTooMany, "cv", params{"kind": "files", "limit": 1}},
		{"a third file", cv().file("certificate", "a.txt", "1").file("certificate", "b.txt", "2").file("certificate", "c.txt", "3"), upload.CodeTooMany, "certificate", params{"kind": "files", "limit": 2}},
		{"a type of another field", new(form).file("cv", "a.png", pngBytes()[:10]), upload.CodeTypeNotAllowed, "cv", params{"type": "image/png", "accepted": []string{"text/plain", "application/pdf"}, "extensions": []string{".txt", ".text", ".log", ".pdf"}}},
		{"another type of another field", cv().file("certificate", "a.pdf", pdfBytes), upload.CodeTypeNotAllowed, "certificate", params{"type": "application/pdf", "accepted": []string{"text/plain"}, "extensions": []string{".txt", ".text", ".log"}}},
		{"another field", cv().file("letter", "a.txt", "1"), upload.CodeUnexpectedField, "letter", fields},
		{"the field of other forms", cv().file("file", "a.txt", "1"), upload.CodeUnexpectedField, "file", fields},
		{"another case", new(form).file("CV", "a.txt", "1"), upload.CodeUnexpectedField, "CV", fields},
		{"the required field is missing", new(form).file("certificate", "a.txt", "1"), upload.CodeMissingFile, "cv", missing},
		{"nothing chosen", new(form).file("cv", "", ""), upload.CodeMissingFile, "cv", missing},
		{"text for a file", new(form).text("cv", "hello"), upload.CodeMissingFile, "cv", missing},
		{"nothing", new(form), upload.CodeMissingFile, "cv", missing},
	}
	for where, policy := range map[string]upload.Validator{
		"alone": application, "All": upload.All(application, upload.NotEmpty()),
		"All of Alls": upload.All(upload.NotEmpty(), upload.All(upload.All(application))), "a grant": nil,
	} {
		store, grant := &memstore.Store{}, &upload.Grant{}
		if policy == nil {
			policy, grant.Policy = plain, application
		}
		h, err := upload.New(store, policy, func(*http.Request) (*upload.Grant, error) { return grant, nil }, &upload.Options{MaxFileSize: 100})
		require.NoError(t, err)
		for _, tc := range rows {
			t.Run(where+"/"+tc.about, func(t *testing.T) {
				files, refused := received(t, h, post(tc.body.String()))
				if tc.code == "" {
					require.Nil(t, refused)
					require.NotEmpty(t, files)
					for _, f := range files {
						require.NoError(t, store.Delete(t.Context(), f.Key))
					}
					return
				}
				require.NotNil(t, refused)
				require.Equal(t, tc.code, refused.Code, refused)
				require.Equal(t, tc.field, refused.Field)
				require.Equal(t, tc.params, params(refused.Params))
				require.Zero(t, store.Used())
				require.Empty(t, store.Keys())
			})
		}
	}
}

// TestMissingFilesAreAllNamed: a refusal names all missing fields, in alphabetical order.
func TestMissingFilesAreAllNamed(t *testing.T) {
	f := newFixture(t, upload.Form{"b": {Accept: plain}, "c": {Accept: plain}, "a": {Accept: plain, Optional: true}}, upload.Options{})
	_, refused := received(t, f.Handler, post(file("a", "a.txt", "1")))
	require.Equal(t, map[string]any{"kind": "several", "fields": []string{"b", "c"}}, refused.Params)
	require.Equal(t, "b", refused.Field)
	require.Len(t, refused.Others, 1, "good files are not stored")
	f.empty(t)
	_, refused = received(t, f.Handler, post(new(form).file("b", "a.txt", "1").file("c", "a.txt", "1").String()))
	require.Nil(t, refused)
}

// TestNoFileAtAll: if all fields are optional, a form without a file is accepted. A
// request without a body is not.
func TestNoFileAtAll(t *testing.T) {
	f := newFixture(t, upload.Form{"file": {Accept: plain, Optional: true}}, upload.Options{})
	require.Empty(t, f.accepts(t, post(file("file", "", ""))))
	require.Empty(t, f.accepts(t, post(new(form).text("x", "y").String())))
	r := post("")
	r.Body, r.ContentLength = http.NoBody, 0
	f.refuses(t, upload.CodeMalformed, r)
}

// TestFieldsAreJudgedAtTheHead: a file too many or in a wrong field is refused unread.
func TestFieldsAreJudgedAtTheHead(t *testing.T) {
	for about, tc := range map[string]struct {
		field string
		code  upload.Code
	}{
		"a file too many": {"cv", upload.CodeTooMany},
		"a wrong field":   {"letter", upload.CodeUnexpectedField},
	} {
		f := newFixture(t, application, upload.Options{MaxFileSize: 100})
		body, read := new(form).file("cv", "a.txt", "1").file(tc.field, "b.txt", "").b.String(), false
		head := strings.TrimSuffix(body, "\r\n")
		r := post("")
		r.ContentLength = -1
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(head), readerFunc(func([]byte) (int, error) {
			read = true
			return 0, io.ErrUnexpectedEOF
		})))
		_, refused := received(t, f.Handler, r)
		require.Equal(t, tc.code, refused.Code, about)
		require.False(t, read, about)
		f.empty(t)
	}
}

// TestFormSums: the claim and the longest body come from all fields together, at the
// highest limits, too.
func TestFormSums(t *testing.T) {
	highest := upload.Form{"file": {Accept: plain, MaxSize: largestFile, MaxFiles: mostFiles}}
	for about, tc := range map[string]struct {
		form  upload.Form
		files int
		bytes int64
		field string // of the file that is sent
	}{
		"three fields": {application, 4, 10 + 2*100 + 1<<20, "cv"},
		"the highest":  {highest, mostFiles, mostFiles * largestFile, "file"},
	} {
		l := &testLimiter{}
		f := newFixture(t, tc.form, upload.Options{MaxFileSize: 100, Limiter: l})
		r := post(file(tc.field, "a.txt", "hello"))
		r.ContentLength = -1
		require.Len(t, f.accepts(t, r), 1, about)
		claims, _ := l.take()
		require.Len(t, claims, 1)
		require.Equal(t, tc.files, claims[0].Files, about)
		require.GreaterOrEqual(t, claims[0].Bytes, tc.bytes, about)
		require.Less(t, claims[0].Bytes, tc.bytes+1<<20+int64(tc.files)<<14, about) // and room for text and headers

		r = post(file(tc.field, "a.txt", "hello"))
		r.ContentLength = math.MaxInt64
		_, refused := received(t, f.Handler, r)
		require.Equal(t, upload.CodeTooLarge, refused.Code, about)
		require.Equal(t, map[string]any{"kind": "request", "limit": tc.bytes, "size": int64(math.MaxInt64)}, refused.Params, about)
	}
}

// TestFormFaults: New refuses rules that contradict each other, or cannot be enforced. In a grant
// they are an error of the server's, whose cause the client does not see.
func TestFormFaults(t *testing.T) {
	one := upload.Form{"file": {Accept: plain}}
	of := func(f upload.Field) upload.Form { return upload.Form{"file": f} }
	round := upload.Form{}
	round["file"] = upload.Field{Accept: upload.ForType(map[string]upload.Validator{"text/plain": round})}
	full := upload.Form{"a": {Accept: plain, MaxFiles: mostFiles}, "b": {Accept: plain}}
	const nested, several = "inside of Any, ForType or another Form", "more than one Form"
	for about, tc := range map[string]struct {
		policy upload.Validator
		says   string
	}{
		"no field":                  {upload.Form{}, "a form needs at least one field"},
		"no form":                   {upload.Form(nil), "a form needs at least one field"},
		"an empty name":             {upload.Form{"": {Accept: plain}}, `"" is not a valid field name`},
		"a long name":               {upload.Form{strings.Repeat("x", 257): {Accept: plain}}, "is not a valid field name"},
		"a name not in UTF-8":       {upload.Form{"\xff": {Accept: plain}}, "is not a valid field name"},
		"no Accept":                 {of(upload.Field{}), `the field "file" has no Accept`},
		"a negative size":           {of(upload.Field{Accept: plain, MaxSize: -1}), `MaxSize of the field "file"`},
		"a size above the largest":  {of(upload.Field{Accept: plain, MaxSize: largestFile + 1}), `MaxSize of the field "file"`},
		"negative files":            {of(upload.Field{Accept: plain, MaxFiles: -1}), `MaxFiles of the field "file"`},
		"too many files":            {of(upload.Field{Accept: plain, MaxFiles: math.MaxInt}), "at most 10000 files"},
		"too many files together":   {full, "at most 10000 files"},
		"two forms":                 {upload.All(one, application), several},
		"two forms, deep":           {upload.All(one, upload.All(upload.NotEmpty(), upload.All(application))), several},
		"a form in Any":             {upload.Any(plain, one), nested},
		"a form in All in Any":      {upload.Any(upload.All(one)), nested},
		"a form in ForType":         {upload.ForType(map[string]upload.Validator{"text/plain": one}), nested},
		"a form in a form":          {of(upload.Field{Accept: one}), nested},
		"a form in All in a form":   {of(upload.Field{Accept: upload.All(one)}), nested},
		"a form in itself":          {round, nested},
		"an unknown type":           {of(upload.Field{Accept: upload.Types("a/b")}), `cannot accept the media type "a/b"`},
		"nothing for a type":        {upload.ForType(map[string]upload.Validator{"image/png": nil}), "a Validator inside of another is nil"},
		"nothing in Any":            {upload.Any(plain, nil), "a Validator inside of another is nil"},
		"nothing in All in a field": {of(upload.Field{Accept: upload.All(nil)}), "a Validator inside of another is nil"},
		"an unknown type in All":    {of(upload.Field{Accept: upload.All(upload.Any(upload.Types("a/b")))}), `cannot accept the media type "a/b"`},
	} {
		t.Run(about, func(t *testing.T) {
			_, err := upload.New(&memstore.Store{}, tc.policy, upload.AllowAnonymous, nil)
			require.ErrorContains(t, err, tc.says)

			f := newFixture(t, nil, upload.Options{})
			h, err := upload.New(f.store, plain, func(*http.Request) (*upload.Grant, error) {
				return &upload.Grant{Policy: tc.policy}, nil
			}, &upload.Options{Logger: f.logger()})
			require.NoError(t, err)
			_, refused := received(t, h, post(file("file", "a.txt", "hello")))
			require.Equal(t, upload.CodeInternal, refused.Code)
			require.ErrorContains(t, refused, tc.says)
			require.ErrorContains(t, refused, "the grant's policy")
			require.NotContains(t, refused.Text(), tc.says)
			f.empty(t)
		})
	}
}

// TestUnexpectedFieldIsLogged checks that the log names the fields that take files.
func TestUnexpectedFieldIsLogged(t *testing.T) {
	f := newFixture(t, upload.Form{"picture": {Accept: upload.Types("image/png")}}, upload.Options{})
	f.refuses(t, upload.CodeUnexpectedField, post(file("file", "a.png", pngBytes())))
	require.Contains(t, f.log.String(), `the fields that take files are [\"picture\"]`)
}
