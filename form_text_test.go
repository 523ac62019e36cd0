package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestTextFirst: a file before the text that it needs, and such text after a file, are
// refused with the names of the fields. Nothing stays.
func TestTextFirst(t *testing.T) {
	first := func() *form { return new(form).text("csrf", "x").text("role", "a") }
	for _, tc := range []struct {
		about string
		body  *form
		lacks []string // the fields in the refusal; nil is accepted
	}{
		{"text first", first().file("file", "a.txt", "1"), nil},
		{"another order of the text", new(form).text("role", "a").text("csrf", "x").file("file", "a.txt", "1"), nil},
		{"other text before and after", new(form).text("x", "1").text("csrf", "x").text("role", "a").file("file", "a.txt", "1").text("x", "2"), nil},
		{"an empty value", new(form).text("csrf", "").text("role", "").file("file", "a.txt", "1"), nil},
		{"two values", first().text("role", "b").file("file", "a.txt", "1").file("file", "b.txt", "2"), nil},
		{"nothing chosen before the text", new(form).file("file", "", "").text("csrf", "x").text("role", "a").file("file", "a.txt", "1"), nil},
		{"no file, and no text", new(form), nil},
		{"no file, and some text", new(form).text("role", "a"), nil},
		{"the file first", new(form).file("file", "a.txt", "1").text("csrf", "x").text("role", "a"), []string{"csrf", "role"}},
		{"the file between", new(form).text("csrf", "x").file("file", "a.txt", "1").text("role", "a"), []string{"role"}},
		{"text that is missing", new(form).text("role", "x").file("file", "a.txt", "1"), []string{"csrf"}},
		{"another case", new(form).text("CSRF", "x").text("role", "a").file("file", "a.txt", "1"), []string{"csrf"}},
		{"the text as a file", new(form).text("role", "a").file("csrf", "a.txt", "x").file("file", "a.txt", "1"), []string{"csrf"}},
		{"the file first, in a wrong field", new(form).file("x", "a.txt", "1"), []string{"csrf", "role"}},
		{"one value more after a file", first().file("file", "a.txt", "1").text("role", "admin"), []string{"role"}},
		{"one value more between files", first().file("file", "a.txt", "1").text("csrf", "y").file("file", "b.txt", "2"), []string{"csrf"}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			policy := upload.Form{"file": {Accept: plain, MaxFiles: 2, Optional: true}}
			f := newFixture(t, policy, upload.Options{TextFirst: []string{"csrf", "role"}})
			_, refused := received(t, f.Handler, post(tc.body.String()))
			if tc.lacks == nil {
				require.Nil(t, refused)
				return
			}
			require.Equal(t, upload.CodeFileBeforeText, refused.Code, refused)
			require.Equal(t, http.StatusBadRequest, refused.Code.Status())
			require.Equal(t, map[string]any{"fields": tc.lacks}, refused.Params)
			require.Empty(t, refused.Field)
			require.ErrorContains(t, refused.Err, strconv.Quote(tc.lacks[0]))
			f.empty(t)
		})
	}
}

// TestJudgedTextIsWhatFormHas: no query adds a value to text that was judged, since
// r.FormValue would return the value of the query first.
func TestJudgedTextIsWhatFormHas(t *testing.T) {
	for _, tc := range []struct {
		about, query string
		body         *form
		form         url.Values
	}{
		{"no query", "", new(form).text("album", "mine"), url.Values{"album": {"mine"}}},
		{"another value", "album=theirs", new(form).text("album", "mine"), url.Values{"album": {"mine"}}},
		{"a value of a field that is missing", "album=theirs", new(form), url.Values{}},
		{"an empty field", "album=theirs", new(form).text("album", ""), url.Values{"album": {""}}},
		{"escaped", "%61lbum=theirs&album=theirs", new(form).text("album", "mine"), url.Values{"album": {"mine"}}},
		{"other names", "n=query&Album=theirs", new(form).text("album", "mine").text("n", "1"), url.Values{"album": {"mine"}, "n": {"query", "1"}, "Album": {"theirs"}}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, upload.Form{"file": {Accept: plain, Optional: true}}, upload.Options{TextFirst: []string{"album"}})
			r := post(tc.body.String())
			r.URL.RawQuery = tc.query
			_, refused := received(t, f.Handler, r)
			require.Nil(t, refused)
			require.Equal(t, tc.form, r.Form)
			require.Equal(t, tc.form.Get("album"), r.FormValue("album"))
		})
	}
}

// TestCheckForm: CheckForm is called once, before the first file is read or at the end of
// a form without one. It gets the values of the fields of TextFirst and no others.
func TestCheckForm(t *testing.T) {
	no := upload.Reject("of_the_host", "this is why")
	about := &upload.Error{Code: "of_the_host", Field: "role", Name: "x", Reason: "this is why"}
	all := url.Values{"csrf": {"x"}, "role": {"a", "b"}}
	text := func() *form {
		return new(form).text("role", "a").text("other", "1").text("csrf", "x").text("role", "b")
	}
	for _, tc := range []struct {
		about string
		body  *form
		err   error
		sees  url.Values
		code  upload.Code
	}{
		{"accepted", text().file("file", "a.txt", "1"), nil, all, ""},
		{"two files", text().file("file", "a.txt", "1").file("file", "b.txt", "2"), nil, all, ""},
		{"no file", text(), nil, all, ""},
		{"no file, some text", new(form).text("csrf", "x").text("other", "1"), nil, url.Values{"csrf": {"x"}}, ""},
		{"no file, no text", new(form), nil, url.Values{}, ""},
		{"refused", text().file("file", "a.txt", "1"), no, all, "of_the_host"},
		{"refused without a file", text(), no, all, "of_the_host"},
		{"refused before a bad file", text().file("file", "a.png", "<html>"), no, all, "of_the_host"},
		{"refused before a wrong field", text().file("x", "a.txt", "1"), no, all, "of_the_host"},
		{"refused with a field", text().file("file", "a.txt", "1"), about, all, "of_the_host"},
		{"failed", text().file("file", "a.txt", "1"), errors.New("secret"), all, upload.CodeCheckFailed},
		{"a nil pointer", text().file("file", "a.txt", "1"), (*upload.Error)(nil), all, upload.CodeCheckFailed},
	} {
		t.Run(tc.about, func(t *testing.T) {
			calls := 0
			o := upload.Options{TextFirst: []string{"csrf", "role"}, CheckForm: func(_ context.Context, text url.Values) error {
				calls++
				require.Equal(t, tc.sees, text)
				return tc.err
			}}
			f := newFixture(t, upload.Form{"file": {Accept: plain, MaxFiles: 2, Optional: true}}, o)
			r := post(tc.body.String())
			_, refused := received(t, f.Handler, r)
			require.Equal(t, 1, calls)
			if tc.code == "" {
				require.Nil(t, refused)
				return
			}
			require.Equal(t, tc.code, refused.Code, refused)
			require.Empty(t, refused.Field+refused.Name)
			require.Empty(t, refused.Others)
			require.NotContains(t, refused.Text(), "secret")
			f.empty(t)
		})
	}
}

// TestCheckFormCannotChangeTheForm: CheckForm gets a copy.
func TestCheckFormCannotChangeTheForm(t *testing.T) {
	f := newFixture(t, nil, upload.Options{TextFirst: []string{"role"}, CheckForm: func(_ context.Context, text url.Values) error {
		text["role"][0] = "admin"
		text.Set("other", "x")
		return nil
	}})
	r := post(new(form).text("role", "a").file("file", "a.txt", "1").String())
	_, refused := received(t, f.Handler, r)
	require.Nil(t, refused)
	require.Equal(t, url.Values{"role": {"a"}}, r.PostForm)
}

// TestValidatorsCannotChangeTheForm: validators get a copy of the text.
func TestValidatorsCannotChangeTheForm(t *testing.T) {
	f := newFixture(t, upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error {
		in.Form["role"][0] = "admin"
		return nil
	}), upload.Options{})
	r := post(new(form).text("role", "a").file("file", "a.txt", "1").String())
	_, refused := received(t, f.Handler, r)
	require.Nil(t, refused)
	require.Equal(t, url.Values{"role": {"a"}}, r.Form)
}

// TestRefusedText checks that Respond finds the text that was read before a form was refused, so
// that a page can show it again.
func TestRefusedText(t *testing.T) {
	refuse := func(context.Context, url.Values) error { return upload.Reject("of_the_host", "this is why") }
	for _, tc := range []struct {
		about string
		body  *form
		check func(context.Context, url.Values) error
		want  url.Values
	}{
		{"a refused file", new(form).text("role", "a").text("x", "1").file("file", "a.png", "<html>").text("x", "2"), nil, url.Values{"role": {"a"}, "x": {"1"}}},
		{"no file", new(form).text("role", "a").text("role", "b"), nil, url.Values{"role": {"a", "b"}}},
		{"refused text", new(form).text("role", "a").file("file", "a.txt", "1"), refuse, url.Values{"role": {"a"}}},
		{"a file first", new(form).file("file", "a.txt", "1").text("role", "a"), nil, url.Values{}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			var shown, all url.Values
			f := newFixture(t, nil, upload.Options{
				TextFirst: []string{"role"}, CheckForm: tc.check,
				Respond: func(w http.ResponseWriter, r *http.Request, _ []upload.File, err error) {
					shown, all = r.PostForm, r.Form
					require.Equal(t, tc.want.Get("role"), r.PostFormValue("role"))
					upload.JSON(w, r, nil, err)
				},
			})
			r := post(tc.body.String())
			r.URL.RawQuery = "q=1"
			f.ServeHTTP(httptest.NewRecorder(), r)
			require.Equal(t, tc.want, shown)
			require.Equal(t, "1", all.Get("q"))
			require.Equal(t, tc.want["role"], all["role"])
			f.empty(t)
		})
	}
}

// TestCheckFormComesFirst: no byte of the file is read before CheckForm has returned nil.
func TestCheckFormComesFirst(t *testing.T) {
	read := false
	f := newFixture(t, nil, upload.Options{TextFirst: []string{"a"}, CheckForm: func(context.Context, url.Values) error {
		return upload.Reject("no", "no")
	}})
	head := strings.TrimSuffix(new(form).text("a", "1").file("file", "a.txt", "").b.String(), "\r\n")
	r := post("")
	r.ContentLength = -1
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(head), readerFunc(func([]byte) (int, error) {
		read = true
		return 0, io.ErrUnexpectedEOF
	})))
	_, refused := received(t, f.Handler, r)
	require.Equal(t, upload.Code("no"), refused.Code)
	require.False(t, read)
	f.empty(t)
}

// TestCheckFormIsContained: a CheckForm that misbehaves costs one refusal.
func TestCheckFormIsContained(t *testing.T) {
	body := new(form).text("a", "1").file("file", "a.txt", "1").String()
	for about, do := range map[string]func(){
		"panics": func() { panic("secret") },
		"exits":  runtime.Goexit,
	} {
		f := newFixture(t, nil, upload.Options{TextFirst: []string{"a"}, CheckForm: func(context.Context, url.Values) error { do(); return nil }})
		p := f.refuses(t, upload.CodeCheckFailed, post(body))
		require.NotContains(t, p.Detail, "secret", about)
		do = func() {}
		f.accepts(t, post(body))
	}
}

// TestCheckFormHangs: a CheckForm that hangs refuses the request after CheckTimeout, and keeps
// its slot while it hangs.
func TestCheckFormHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, hung := make(chan struct{}), 0
		f := newFixture(t, nil, upload.Options{
			TextFirst: []string{"a"}, CheckForm: func(context.Context, url.Values) error { <-release; return nil },
			CheckTimeout: time.Minute, MaxConcurrent: 1, MaxWait: time.Second, Hooks: counting(upload.KindHung, &hung),
		})
		body := new(form).text("a", "1").file("file", "a.txt", "1").String()
		start := time.Now()
		f.refuses(t, upload.CodeCheckFailed, post(body))
		require.Equal(t, time.Minute, time.Since(start))
		require.Equal(t, 1, hung)
		f.refuses(t, upload.CodeBusy, post(body))
		close(release)
		synctest.Wait()
		f.accepts(t, post(body))
	})
}

// TestDirectUploadsHaveNoText: neither TextFirst nor CheckForm applies to direct uploads.
func TestDirectUploadsHaveNoText(t *testing.T) {
	called := false
	d := newDirect(t, nil, upload.Options{TextFirst: []string{"a"}, CheckForm: func(context.Context, url.Values) error {
		called = true
		return upload.Reject("no", "no")
	}}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	d.confirm(t, ticket.Token)
	require.False(t, called)
}

// TestValidatorsSeeTheText: validators see the text that came before the file, and none after it.
func TestValidatorsSeeTheText(t *testing.T) {
	var seen url.Values
	see := upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error { seen = in.Form; return nil })
	f := newFixture(t, see, upload.Options{TextFirst: []string{"a"}})
	_, refused := received(t, f.Handler, post(new(form).text("a", "1").text("a", "2").text("x", "1").file("file", "a.txt", "1").text("b", "1").String()))
	require.Nil(t, refused)
	require.Equal(t, url.Values{"a": {"1", "2"}, "x": {"1"}}, seen)
}

// TestTextOptions: New refuses invalid options for text.
func TestTextOptions(t *testing.T) {
	check := func(context.Context, url.Values) error { return nil }
	for about, tc := range map[string]struct {
		o    upload.Options
		says string
	}{
		"CheckForm of nothing": {upload.Options{CheckForm: check}, "CheckForm sees the fields of TextFirst"},
		"an empty name":        {upload.Options{TextFirst: []string{"a", ""}}, `TextFirst names ""`},
		"a file's field":       {upload.Options{TextFirst: []string{"file"}}, `TextFirst names "file"`},
		"too many":             {upload.Options{TextFirst: strings.Split(strings.Repeat("a,", 100)+"a", ",")}, "more than 100 fields"},
	} {
		_, err := upload.New(&memstore.Store{}, plain, upload.AllowAnonymous, &tc.o)
		require.ErrorContains(t, err, tc.says, about)
	}
	names := []string{"a"}
	f, err := upload.New(&memstore.Store{}, plain, upload.AllowAnonymous, &upload.Options{TextFirst: names})
	require.NoError(t, err)
	names[0] = "b"
	_, refused := received(t, f, post(new(form).text("a", "1").file("file", "a.txt", "1").String()))
	require.Nil(t, refused, "New copies the names")
}
