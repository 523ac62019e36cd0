package upload_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestVerdicts: only one verdict lets a file pass, and an unknown one does not.
func TestVerdicts(t *testing.T) {
	cause := errors.New("Win.Test.EICAR_HDB-1")
	for verdict, want := range map[storage.ScanResult]struct {
		code   upload.Code
		status int
		level  string
	}{
		storage.ScanPending:     {upload.CodeScanPending, 503, "WARN"}, // until the scan ends
		storage.ScanInfected:    {upload.CodeInfected, 422, "INFO"},
		storage.ScanSuspicious:  {upload.CodeSuspicious, 422, "INFO"},
		storage.ScanTooLarge:    {upload.CodeNotScanned, 422, "INFO"},
		storage.ScanEncrypted:   {upload.CodeNotScanned, 422, "INFO"},
		storage.ScanUnsupported: {upload.CodeNotScanned, 422, "INFO"},
		storage.ScanFailed:      {upload.CodeCheckFailed, 503, "ERROR"},
		"CLEAN":                 {upload.CodeCheckFailed, 503, "ERROR"},
	} {
		err := upload.ScanError(verdict, cause)
		require.ErrorIs(t, err, want.code, verdict)
		require.ErrorIs(t, err, cause)
		require.Equal(t, want.status, want.code.Status())

		f := newFixture(t, upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return err }), upload.Options{})
		w := f.do(post(file("file", "a.png", pngBytes())))
		require.Equal(t, want.status, w.Code, verdict)
		require.Equal(t, want.status == 503, w.Header().Get("Retry-After") != "")
		require.NotContains(t, w.Body.String(), "EICAR")
		require.Contains(t, f.log.String(), "EICAR")
		require.Contains(t, f.log.String(), "level="+want.level+` msg="upload: refused"`)
		f.empty(t)
	}
	require.NoError(t, upload.ScanError(storage.ScanClean, cause))
}

// TestLinksRequireScan: a file that was not found clean is not served, by redirect or by proxy. One
// with a final verdict is answered as absent.
func TestLinksRequireScan(t *testing.T) {
	for _, proxied := range []bool{false, true} {
		l := newLinked(t, upload.LinksOptions{Proxy: proxied, RequireScan: true})
		l.put(t, "a.png", "image/png", "a.png", "content")
		_, absent := l.get(t, http.MethodGet, l.URL+"/files/b.png")
		for verdict, status := range map[storage.ScanResult]int{
			storage.ScanPending:     503,
			storage.ScanClean:       200,
			storage.ScanInfected:    404,
			storage.ScanSuspicious:  404,
			storage.ScanTooLarge:    404,
			storage.ScanEncrypted:   404,
			storage.ScanUnsupported: 404,
			storage.ScanFailed:      503,
			"something else":        503,
		} {
			require.True(t, l.store.SetVerdict("a.png", verdict))
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				resp, body := l.get(t, method, l.URL+"/files/a.png")
				require.Equal(t, status, resp.StatusCode, "%s %s", method, verdict)
				require.Equal(t, status == 503, resp.Header.Get("Retry-After") != "")
				if method == http.MethodGet && status == 404 {
					require.Equal(t, absent, body)
				}
			}
			ranged, _ := l.get(t, http.MethodGet, l.URL+"/files/a.png", "Range", "bytes=1-2")
			require.Equal(t, status == 200, ranged.StatusCode == 206, verdict)
			_, err := l.links.URL(t.Context(), upload.Link{Key: "a.png"})
			require.Equal(t, status == 200, err == nil, verdict)
		}
		require.Contains(t, l.log.String(), "infected")
	}
}

// versioned is a store whose objects are replaced right after each Stat.
type versioned struct {
	*memstore.Store
	signed storage.SignedGet
}

func (v *versioned) Stat(ctx context.Context, key string) (storage.Stored, error) {
	stored, err := v.Store.Stat(ctx, key)
	stored.Version = "first"
	return stored, err
}

func (v *versioned) ScanVerdict(_ context.Context, _, version string) (storage.ScanResult, error) {
	if version == "first" {
		return storage.ScanClean, nil
	}
	return storage.ScanInfected, nil
}

func (v *versioned) SignGet(ctx context.Context, key string, g storage.SignedGet) (string, error) {
	v.signed = g
	return v.Store.SignGet(ctx, key, g)
}

// TestLinkVersion: with RequireScan, verdict and link are those of the version that Stat found.
// Without it the link names no version.
func TestLinkVersion(t *testing.T) {
	l := newLinked(t, upload.LinksOptions{})
	l.put(t, "a.png", "image/png", "a.png", "content")
	store := &versioned{Store: l.store}
	for scan, version := range map[bool]string{true: "first", false: ""} {
		links, err := upload.NewLinks(store, &upload.LinksOptions{RequireScan: scan})
		require.NoError(t, err)
		_, err = links.URL(t.Context(), upload.Link{Key: "a.png"})
		require.NoError(t, err)
		require.Equal(t, version, store.signed.Version)
	}
}

// noVerdicts is a store whose verdicts cannot be read.
type noVerdicts struct{ *memstore.Store }

func (noVerdicts) ScanVerdict(context.Context, string, string) (storage.ScanResult, error) {
	return storage.ScanClean, errors.New("the bucket's policy forbids it")
}

func TestVerdictThatCannotBeRead(t *testing.T) {
	l := newLinked(t, upload.LinksOptions{})
	l.put(t, "a.png", "image/png", "a.png", "content")
	links, err := upload.NewLinks(noVerdicts{l.store}, &upload.LinksOptions{RequireScan: true})
	require.NoError(t, err)
	_, err = links.URL(t.Context(), upload.Link{Key: "a.png"})
	require.ErrorIs(t, err, upload.CodeStorage)

	_, err = upload.NewLinks(struct {
		storage.Storage
		storage.LinkStorage
	}{}, &upload.LinksOptions{RequireScan: true})
	require.ErrorContains(t, err, "storage.ScanReader")
}
