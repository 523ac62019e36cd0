package s3store_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const scanTag = "GuardDutyMalwareScanStatus"

func (f *fixture) publish(t *testing.T, key string, body []byte) {
	t.Helper()
	require.NoError(t, f.stage(t, key, body).Commit(t.Context()))
}

// TestScanVerdict checks that only one value of the tag is clean.
func TestScanVerdict(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{Tags: map[string]string{"team": "files"}}})
	for value, want := range map[string]storage.ScanResult{
		"NO_THREATS_FOUND": storage.ScanClean,
		"THREATS_FOUND":    storage.ScanInfected,
		"UNSUPPORTED":      storage.ScanUnsupported,
		"ACCESS_DENIED":    storage.ScanFailed,
		"FAILED":           storage.ScanFailed,
		"no_threats_found": storage.ScanFailed,
		"SOMETHING_NEW":    storage.ScanFailed,
		"":                 storage.ScanFailed,
	} {
		key := "a" + value
		f.publish(t, key, randomBytes(small))
		got, err := f.ScanVerdict(t.Context(), key, "")
		require.NoError(t, err)
		require.Equal(t, storage.ScanPending, got, "no tag yet")
		f.fake.Tag(key, scanTag, value)
		got, err = f.ScanVerdict(t.Context(), key, "")
		require.NoError(t, err)
		require.Equal(t, want, got, value)
	}
	f.publish(t, "b", randomBytes(small))
	f.fake.Tag("b", strings.ToLower(scanTag), "NO_THREATS_FOUND")
	got, err := f.ScanVerdict(t.Context(), "b", "")
	require.NoError(t, err)
	require.Equal(t, storage.ScanPending, got, "a tag of another name")
	_, err = f.ScanVerdict(t.Context(), "absent", "")
	require.Error(t, err)
	f.fake.Inject("GetObjectTagging", forEver, denied)
	_, err = f.ScanVerdict(t.Context(), "b", "")
	require.Error(t, err, "a verdict that may not be read")

	_, err = s3store.New(client("http://127.0.0.1:1"), "bucket", &s3store.Options{Tags: map[string]string{scanTag: "NO_THREATS_FOUND"}})
	require.ErrorContains(t, err, "for the scanner")
}

// TestLinkToWhatWasScanned replaces a clean version by one that nobody has scanned. An earlier link
// still leads to the clean one, and the other gets no link.
func TestLinkToWhatWasScanned(t *testing.T) {
	f := newFixture(t, setup{versioned: true})
	links, err := upload.NewLinks(f.Store, &upload.LinksOptions{RequireScan: true})
	require.NoError(t, err)
	link := func() (string, error) { return links.URL(t.Context(), upload.Link{Key: "a.png"}) }

	f.publish(t, "a.png", []byte("clean"))
	_, err = link()
	require.ErrorIs(t, err, upload.CodeScanPending)
	f.fake.Tag("a.png", scanTag, "NO_THREATS_FOUND")
	clean, err := link()
	require.NoError(t, err)

	f.fake.Put("a.png", []byte("replaced"))
	_, err = link()
	require.ErrorIs(t, err, upload.CodeScanPending)
	require.Equal(t, "clean", fetchAt(t, f.fake, clean))
	for i, want := range []storage.ScanResult{storage.ScanClean, storage.ScanPending} {
		got, err := f.ScanVerdict(t.Context(), "a.png", f.fake.Versions("a.png")[i].Version)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	u, err := url.Parse(clean)
	require.NoError(t, err)
	require.Equal(t, f.fake.Versions("a.png")[0].Version, u.Query().Get("versionId"))
}

// TestTagsAreNeverReplaced checks that over the whole life of an object, however it was created,
// the store sends tags only with requests that create one.
func TestTagsAreNeverReplaced(t *testing.T) {
	f := newFixture(t, setup{versioned: true, Options: s3store.Options{Tags: map[string]string{"team": "files"}}})
	tagged := 0
	f.fake.Inject("", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		q := r.URL.Query()
		assert.False(t, q.Has("tagging") && r.Method != http.MethodGet, "%s %s", r.Method, r.URL)
		assert.Empty(t, r.Header.Get("X-Amz-Tagging-Directive"))
		if r.Header.Get("X-Amz-Tagging") != "" {
			tagged++
			opens := r.Method == http.MethodPost && q.Has("uploads") // Complete has the condition
			creates := r.Method == http.MethodPut && len(q) <= 1 && r.Header.Get("If-None-Match") == "*"
			assert.True(t, opens || creates, "%s %s", r.Method, r.URL)
		}
		serve(w, r)
	})
	f.publish(t, "small", randomBytes(small))
	f.publish(t, "large", randomBytes(part+small))
	f.fake.Put(staging, randomBytes(small))
	f.fake.Tag(staging, scanTag, "NO_THREATS_FOUND") // on the staged object, by the client that sent it
	stat, err := f.Stat(t.Context(), staging)
	require.NoError(t, err)
	promotion := storage.Promotion{Sources: []storage.Source{{Key: staging, ETag: stat.ETag, Size: small}}, Key: "promoted", Type: "image/png", Name: "a.png", Size: small, Nonce: "nonce"}
	for range 2 { // the second confirmation finds it published
		require.NoError(t, f.Promote(t.Context(), promotion))
	}
	for _, key := range []string{"small", "large", "promoted"} {
		f.fake.Tag(key, "kept", "yes")
		again, err := f.Stage(t.Context(), object(key, huge), bytes.NewReader(randomBytes(small)))
		require.NoError(t, err)
		require.ErrorIs(t, again.Commit(t.Context()), storage.ErrExists)
		require.NoError(t, again.Discard(t.Context()))
		_, err = f.Stat(t.Context(), key)
		require.NoError(t, err)
		_, err = f.SignGet(t.Context(), key, storage.SignedGet{Type: "image/png", Expires: time.Minute})
		require.NoError(t, err)
		require.Equal(t, "kept=yes&team=files", f.fake.Get(key).Header.Get("X-Amz-Tagging"), key)
	}
	require.NoError(t, f.Delete(t.Context(), "small"))
	require.GreaterOrEqual(t, tagged, 6)
}

// fetchAt sends what a browser would send for a link.
func fetchAt(t *testing.T, fake http.Handler, link string) string {
	t.Helper()
	w := httptest.NewRecorder()
	fake.ServeHTTP(w, httptest.NewRequest(http.MethodGet, link, nil))
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}
