package uploadtest

import (
	"bytes"
	"cmp"
	"net/http"
	"path"
	"slices"
	"strconv"
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// RunHostile sends every file of [Hostile] to h, and fails the test for each file that is not
// refused. A refusal has one of the codes that judge a file, or a code of the host's own. An answer
// without a code is a refusal if its status is 400, 413, 415 or 422. Another refusal, for example
// for a missing field or session, also fails the test, because the file was not judged. So does an
// answer that is neither a 4xx nor the redirect of [upload.SeeOther].
//
// After the first refusal that may concern the request and not the file, of each kind, RunHostile
// sends files of [Legitimate]. If h refuses them all, the test fails, and RunHostile stops. So each
// request must be one that h accepts, for example with a user's name that is not taken. RunHostile
// also stops at the first 429: give h limits for this test that allow thousands of files.
//
// A file may be accepted if it was stored without what is hostile, such as a JPEG without the
// archive after it: the stored bytes differ, and [upload.Check] accepts them by their type. So a
// handler that blanks metadata needs a store here.
//
// request makes the request for a sample, with everything else that h requires:
//
//	uploadtest.RunHostile(t, mux, store, func(s uploadtest.Sample) *http.Request {
//		r := uploadtest.NewRequest("/profile", s.File("picture"), uploadtest.Text("name", s.Name))
//		r.Header.Set("Authorization", "Bearer 5ca1ab1e")
//		return r
//	})
//
// store is the storage of h, for example a memstore.Store. No other files may be stored there
// meanwhile. If store is nil, only answers are checked. RunHostile does not test what a policy must
// accept: also send it [Legitimate] files.
func RunHostile(t testing.TB, h http.Handler, store Store, request func(Sample) *http.Request) {
	t.Helper()
	if store == nil {
		store = &memstore.Store{} // which stays empty
	}
	client, before, settled := Client(h), store.Keys(), map[string]bool{}
	for s := range Hostile() {
		a := Send(t, client, request(s))
		if a.Status == http.StatusTooManyRequests {
			t.Errorf("%s: the limiter refused the test, as one caller that sends too much (429); raise its limits, or leave it out, for RunHostile", s.Name)
			return
		}
		after := store.Keys()
		switch {
		case !a.judged() && storedHarmless(t, s, store, before, after):
			before = after
			continue
		case !a.judged():
			t.Errorf("%s: %q of type %s was not refused as hostile; the answer was %.300s", s.Name, s.FileName, s.Type, a)
		}
		if !slices.Equal(before, after) {
			t.Errorf("%s: %q of type %s changed the stored keys: added %q, removed %q",
				s.Name, s.FileName, s.Type, missing(after, before), missing(before, after))
			before = after
		}
		if kind := a.unclear(); kind != "" && !settled[kind] {
			if !acceptsSound(t, client, request) {
				t.Errorf("%s: the answer was %.300s, and no sound file is accepted either, so the file was not judged; make requests that are accepted with such a file", s.Name, a)
				return
			}
			settled[kind], before = true, store.Keys()
		}
	}
}

// acceptsSound reports whether a file of Legitimate is accepted.
func acceptsSound(t testing.TB, client *http.Client, request func(Sample) *http.Request) bool {
	for s := range Legitimate() {
		if a := Send(t, client, request(s)); a.Code == "" && (a.Status/100 == 2 || a.Status == http.StatusSeeOther) {
			return true
		}
	}
	return false
}

// Store is a storage that lists its keys, such as memstore.Store.
type Store interface {
	storage.ObjectReader
	Keys() []string // of all objects, sorted
}

// missing returns the keys that other lacks. Both lists are sorted.
func missing(keys, other []string) (lacks []string) {
	for _, key := range keys {
		if _, ok := slices.BinarySearch(other, key); !ok {
			lacks = append(lacks, key)
		}
	}
	return lacks
}

// storedHarmless reports whether files were added that all differ from s and are not hostile.
func storedHarmless(t testing.TB, s Sample, store Store, before, after []string) bool {
	added := missing(after, before)
	for _, key := range added {
		content, info := Stored(t, store, key)
		if bytes.Equal(content, s.Content) {
			return false
		}
		name := cmp.Or(info.Name, path.Base(key))
		_, err := upload.Check(t.Context(), upload.Types(info.Type), upload.File{Name: name}, max(1, info.Size), bytes.NewReader(content))
		if err != nil {
			return false
		}
	}
	return len(added) > 0
}

// unclear returns the kind of a refusal that may concern the request and not its file, "" for
// others.
func (a *Answer) unclear() string {
	switch {
	case !a.judged():
		return ""
	case a.Code == "":
		return strconv.Itoa(a.Status)
	case a.Code == upload.CodeTooLarge, !slices.Contains(fileCodes, a.Code):
		return string(a.Code)
	}
	return ""
}

// fileCodes are codes that judge a file. Others whose status is 422 may judge it, too.
var fileCodes = []upload.Code{
	upload.CodeContent, upload.CodeTypeNotAllowed, upload.CodeTypeMismatch, upload.CodeEmpty, upload.CodeTooLarge,
}

// judged reports whether the answer is a refusal of the file.
func (a *Answer) judged() bool {
	if a.Code != "" && a.Status != http.StatusSeeOther && a.Status/100 != 4 {
		return false
	}
	switch {
	case slices.Contains(fileCodes, a.Code):
		return true
	case a.Code == "":
		switch a.Status {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
			return true
		}
		return false
	}
	return a.Code.Status() == http.StatusUnprocessableEntity
}
