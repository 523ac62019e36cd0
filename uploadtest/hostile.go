package uploadtest

import (
	"net/http"
	"slices"
	"testing"

	"github.com/airlock-go/upload"
)

// RunHostile sends every file of [Hostile] to h and fails the test for each that
// is not refused: with one of the codes that judge a file, or a code of the
// host's own, or, of answers that name no code, with 400, 413, 415 or 422.
// Another refusal, as for a missing field or session, fails the test as well:
// the file was not judged then. So does an answer of 5xx. It stops at the first 429:
// give h limits for this test that let hundreds of files in.
//
// request makes the request for a sample, with whatever else h wants:
//
//	uploadtest.RunHostile(t, mux, store.Keys, func(s uploadtest.Sample) *http.Request {
//		r := uploadtest.NewRequest("/profile", s.File("picture"), uploadtest.Text("name", "ada"))
//		r.Header.Set("Authorization", "Bearer 5ca1ab1e")
//		return r
//	})
//
// keys, as memstore.Store.Keys, returns the keys of what is stored, which must
// not change; with nil nothing is looked at. It says nothing of what a policy
// should accept: send it [Legitimate] files, too.
func RunHostile(t testing.TB, h http.Handler, keys func() []string, request func(Sample) *http.Request) {
	t.Helper()
	if keys == nil {
		keys = func() []string { return nil }
	}
	client, before := Client(h), keys()
	for s := range Hostile() {
		a := Send(t, client, request(s))
		if a.Status == http.StatusTooManyRequests {
			t.Errorf("%s: the limiter refuses the test, as one caller who sends too much (429); raise its limits, or leave it out, for RunHostile", s.Name)
			return
		}
		if !a.judged() {
			t.Errorf("%s: %q of type %s was not refused for what it is, but answered with %.300s", s.Name, s.FileName, s.Type, a)
		}
		if after := keys(); !slices.Equal(before, after) {
			t.Errorf("%s: %q of type %s changed what is stored, from %q to %q", s.Name, s.FileName, s.Type, before, after)
			before = after
		}
	}
}

// judged tells whether a refusal is one of the file.
func (a *Answer) judged() bool {
	switch a.Code {
	case upload.CodeContent, upload.CodeTypeNotAllowed, upload.CodeTypeMismatch, upload.CodeEmpty, upload.CodeTooLarge:
		return true
	case "":
		switch a.Status {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
			return true
		}
		return false
	}
	return a.Code.Status() == http.StatusUnprocessableEntity
}
