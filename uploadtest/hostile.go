package uploadtest

import (
	"net/http"
	"slices"
	"testing"

	"github.com/airlock-go/upload"
)

// RunHostile sends every file of [Hostile] to h, and fails the test for each file that is not
// refused. A refusal has one of the codes that judge a file, or a code of the host's own. An answer
// without a code is a refusal if its status is 400, 413, 415 or 422. Another refusal, for example
// for a missing field or session, also fails the test, because the file was not judged. So does an
// answer of 5xx. RunHostile stops at the first 429: give h limits for this test that allow hundreds
// of files.
//
// request makes the request for a sample, with everything else that h requires:
//
//	uploadtest.RunHostile(t, mux, store.Keys, func(s uploadtest.Sample) *http.Request {
//		r := uploadtest.NewRequest("/profile", s.File("picture"), uploadtest.Text("name", "ada"))
//		r.Header.Set("Authorization", "Bearer 5ca1ab1e")
//		return r
//	})
//
// keys, for example memstore.Store.Keys, returns the keys of all stored files, which must not
// change. If it is nil, only answers are checked. RunHostile does not test what a policy must
// accept: also send it [Legitimate] files.
func RunHostile(t testing.TB, h http.Handler, keys func() []string, request func(Sample) *http.Request) {
	t.Helper()
	if keys == nil {
		keys = func() []string { return nil }
	}
	client, before := Client(h), keys()
	for s := range Hostile() {
		a := Send(t, client, request(s))
		if a.Status == http.StatusTooManyRequests {
			t.Errorf("%s: the limiter refused the test, as one caller that sends too much (429); raise its limits, or leave it out, for RunHostile", s.Name)
			return
		}
		if !a.judged() {
			t.Errorf("%s: %q of type %s was not refused as hostile; the answer was %.300s", s.Name, s.FileName, s.Type, a)
		}
		if after := keys(); !slices.Equal(before, after) {
			t.Errorf("%s: %q of type %s changed the stored keys from %q to %q", s.Name, s.FileName, s.Type, before, after)
			before = after
		}
	}
}

// judged reports whether a refusal is one of the file.
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
