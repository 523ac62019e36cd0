package s3store_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// TestRemoveListed removes the object "listed" under the key "k", after or while something happens
// to it. The field want has all remaining versions, oldest first, "-" for a delete marker.
func TestRemoveListed(t *testing.T) {
	type act func(t *testing.T, f *fixture)
	put := func(body string) act {
		return func(_ *testing.T, f *fixture) { f.fake.Put("k", []byte(body)) }
	}
	deleteIt := func(t *testing.T, f *fixture) {
		r := httptest.NewRequest(http.MethodDelete, "/bucket/k", nil)
		w := httptest.NewRecorder()
		f.fake.ServeHTTP(w, r)
		require.Equal(t, 204, w.Code)
	}
	inject := func(op string, fault s3fake.Fault) act {
		return func(_ *testing.T, f *fixture) { f.fake.Inject(op, forEver, fault) }
	}
	// between runs do after the call was carried out, and before the next.
	between := func(op string, do act) act {
		return func(t *testing.T, f *fixture) {
			f.fake.Inject(op, 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
				serve(w, r)
				do(t, f)
			})
		}
	}
	suspend := func(_ *testing.T, f *fixture) { f.fake.Suspended = true }
	resume := func(_ *testing.T, f *fixture) { f.fake.Suspended = false }
	inTurn := func(acts ...act) act {
		return func(t *testing.T, f *fixture) {
			for _, do := range acts {
				do(t, f)
			}
		}
	}
	unconditional := s3store.Profile{InsecureUnconditionalPut: true}
	notImplemented := s3fake.Answer(501, "NotImplemented")
	noCondition := func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		if r.Header.Get("If-Match") != "" {
			notImplemented(w, r, serve)
			return
		}
		serve(w, r)
	}
	for _, row := range []struct {
		name      string
		versioned bool
		profile   s3store.Profile
		before    []act // a week lies between it and "listed"
		atOnce    bool  // without that week
		after     []act
		is        error // of RemoveListed
		fails     bool  // with an error that is not storage.ErrChanged
		want      []string
	}{
		{name: "plain"},
		{name: "versioned", versioned: true},
		{name: "older versions", versioned: true, before: []act{put("1"), put("2"), deleteIt, put("3")}},
		{name: "an older version of the same second", versioned: true, before: []act{put("1")}, atOnce: true},
		{name: "gone", after: []act{deleteIt}},
		{name: "hidden by a delete marker", versioned: true, after: []act{deleteIt}, want: []string{"listed", "-"}},
		{name: "replaced", after: []act{put("new")}, is: storage.ErrChanged, want: []string{"new"}},
		{name: "a newer version", versioned: true, before: []act{put("1")}, after: []act{put("new")}, is: storage.ErrChanged, want: []string{"1", "listed", "new"}},
		{name: "the same bytes at another time", after: []act{func(_ *testing.T, f *fixture) { f.fake.Age(-time.Minute) }}, is: storage.ErrChanged, want: []string{"listed"}},
		{name: "replaced after the look", after: []act{between("HeadObject", put("new"))}, is: storage.ErrChanged, want: []string{"new"}},
		{name: "a newer version after the look", versioned: true, before: []act{put("1")}, after: []act{between("HeadObject", put("new"))}, want: []string{"new"}},
		{name: "a newer version after the list", versioned: true, after: []act{between("ListObjectVersions", put("new"))}, want: []string{"new"}},
		{name: "suspended", before: []act{suspend}, want: []string{"-"}},
		{name: "suspended, older versions", versioned: true, before: []act{put("1"), put("2"), suspend, put("3")}, want: []string{"-"}},
		{name: "suspended, replaced", before: []act{suspend}, after: []act{put("new")}, is: storage.ErrChanged, want: []string{"new"}},
		{name: "suspended, replaced after the look", before: []act{suspend}, after: []act{between("HeadObject", put("new"))}, is: storage.ErrChanged, want: []string{"new"}},
		{name: "suspended, replaced after the list", before: []act{suspend}, after: []act{between("ListObjectVersions", put("new"))}, is: storage.ErrChanged, want: []string{"new"}},
		{name: "an older null version", versioned: true, before: []act{suspend, put("1"), resume}},
		{name: "an older null marker", versioned: true, before: []act{suspend, put("1"), deleteIt, resume}},
		{name: "an older null version, replaced after the list", versioned: true, before: []act{suspend, put("1"), resume}, after: []act{between("ListObjectVersions", inTurn(suspend, put("new")))}, want: []string{"new"}},
		{name: "an older null marker, replaced after the list", versioned: true, before: []act{suspend, put("1"), deleteIt, resume}, after: []act{between("ListObjectVersions", inTurn(suspend, put("new")))}, want: []string{"new"}},
		{name: "an older null version, deleted after the list", versioned: true, before: []act{suspend, put("1"), resume}, after: []act{between("ListObjectVersions", inTurn(suspend, deleteIt))}, want: []string{"-"}},
		{name: "an older null version, the second list of versions fails", versioned: true, before: []act{suspend, put("1"), resume}, after: []act{func(_ *testing.T, f *fixture) {
			f.fake.Inject("ListObjectVersions", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) { serve(w, r) })
			f.fake.Inject("ListObjectVersions", forEver, fail500)
		}}, fails: true, want: []string{"1", "listed"}},
		{name: "gone after the look", after: []act{between("HeadObject", deleteIt)}},
		{name: "a service without conditions", after: []act{inject("DeleteObject", noCondition)}},
		{name: "a profile without conditions", profile: unconditional, after: []act{inject("DeleteObject", func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			require.Empty(t, r.Header.Values("If-Match"))
			serve(w, r)
		})}},
		{name: "versions that may not be listed", versioned: true, before: []act{put("1")}, after: []act{inject("ListObjectVersions", denied)}, want: []string{"1"}},
		{name: "versions that cannot be listed", versioned: true, before: []act{put("1")}, after: []act{inject("ListObjectVersions", notImplemented)}, want: []string{"1"}},
		{name: "a list of versions that fails", versioned: true, before: []act{put("1")}, after: []act{inject("ListObjectVersions", fail500)}, fails: true, want: []string{"1", "listed"}},
		{name: "a list of versions that is throttled", versioned: true, before: []act{put("1")}, after: []act{inject("ListObjectVersions", s3fake.Answer(429, "TooManyRequests"))}, fails: true, want: []string{"1", "listed"}},
		{name: "an object that may not be seen", after: []act{inject("HeadObject", denied)}, fails: true, want: []string{"listed"}},
		{name: "an object that may not be removed", after: []act{inject("DeleteObject", denied)}, fails: true, want: []string{"listed"}},
		{name: "an older version that may not be removed", versioned: true, before: []act{put("1")}, after: []act{inject("DeleteObject", denied)}, fails: true, want: []string{"1", "listed"}},
		{name: "interrupted after one version", versioned: true, before: []act{put("1")}, after: []act{func(_ *testing.T, f *fixture) {
			f.fake.Inject("DeleteObject", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) { serve(w, r) })
			f.fake.Inject("DeleteObject", forEver, denied)
		}}, fails: true, want: []string{"listed"}},
		{name: "an answer that is lost", after: []act{func(_ *testing.T, f *fixture) { f.fake.Inject("DeleteObject", 1, s3fake.Drop) }}},
		{name: "an answer that is lost, of a version", versioned: true, after: []act{func(_ *testing.T, f *fixture) { f.fake.Inject("DeleteObject", 1, s3fake.Drop) }}},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{versioned: row.versioned, Options: s3store.Options{Profile: row.profile}})
			for _, do := range row.before {
				do(t, f)
			}
			if !row.atOnce {
				f.fake.Age(7 * 24 * time.Hour)
			}
			f.fake.Put("k", []byte("listed"))
			f.fake.Put("kk", []byte("another"))
			f.fake.Age(9 * 24 * time.Hour)
			page, err := f.ListObjects(t.Context(), "k", "")
			require.NoError(t, err)
			require.Equal(t, "k", page.Items[0].Key)
			for _, do := range row.after {
				do(t, f)
			}
			err = f.RemoveListed(t.Context(), page.Items[0])
			switch {
			case row.is != nil:
				require.ErrorIs(t, err, row.is)
			case row.fails:
				require.Error(t, err)
				require.NotErrorIs(t, err, storage.ErrChanged)
			default:
				require.NoError(t, err)
			}
			require.Equal(t, row.want, f.bodies("k"))
			require.Equal(t, []string{"another"}, f.bodies("kk"))
		})
	}
}

// bodies returns the bodies of all versions, "-" for a delete marker.
func (f *fixture) bodies(key string) (all []string) {
	for _, o := range f.fake.Versions(key) {
		if o.Marker {
			all = append(all, "-")
			continue
		}
		all = append(all, string(o.Body))
	}
	return all
}
