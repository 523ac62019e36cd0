package storetest

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
)

// TestBrokenLinksFail proves the suite of links, as TestBrokenDirectStoresFail proves that of
// direct uploads.
func TestBrokenLinksFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		sign  func(*storage.SignedGet)
		pass  func(*http.Request)
		looks bool
		open  func(etag string, of span) (string, span)
		fails []string
	}{
		{name: "signs no type", sign: func(g *storage.SignedGet) { g.Type = "text/plain" }, fails: []string{"the signed terms are answered", "a range"}},
		{name: "signs no disposition", sign: func(g *storage.SignedGet) { g.Disposition = "" }, fails: []string{"the signed terms are answered"}},
		{name: "signs a thousand times the time", sign: func(g *storage.SignedGet) { g.Expires *= 1000 }, fails: []string{"an expired link"}},
		{name: "reads to the end", open: toTheEnd, fails: []string{"reading a range"}},
		{name: "ignores ranges", pass: func(r *http.Request) { r.Header.Del("Range") }, fails: []string{"a range"}},
		{name: "accepts any method", pass: func(r *http.Request) { r.Method = http.MethodGet }, fails: []string{"a changed link"}},
		{name: "accepts any key", pass: anyKey, fails: []string{"a changed link"}},
		{name: "accepts more parameters", pass: ownParameters, fails: []string{"a changed link"}},
		{name: "signs only existing objects", looks: true, fails: []string{"a link to nothing"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			around := asIs
			if tc.pass != nil {
				around = passing(tc.pass)
			}
			for _, name := range tc.fails {
				i := slices.IndexFunc(linkCases, func(c testCase[links]) bool { return c.name == name })
				require.GreaterOrEqual(t, i, 0, "no case has the name %q", name)
				store := brokenLinks{brokenDirect{Store: served(t, around), open: tc.open}, tc.sign, tc.looks}
				require.Error(t, checkLinks(t.Context(), linkCases[i], store), "the case %q passed", name)
			}
		})
	}
}

type brokenLinks struct {
	brokenDirect
	sign  func(*storage.SignedGet)
	looks bool
}

func (s brokenLinks) SignGet(ctx context.Context, key string, g storage.SignedGet) (string, error) {
	if s.sign != nil {
		s.sign(&g)
	}
	if s.looks {
		if _, err := s.Stat(ctx, key); err != nil {
			return "", err
		}
	}
	return s.Store.SignGet(ctx, key, g)
}
