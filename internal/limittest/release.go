package limittest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
)

// named returns the claim of a signed upload that can be released.
func named(subject, id string) upload.Claim {
	d := signedUntil(subject, time.Hour)
	d.ID = id
	return d
}

func releases(t *testing.T, l upload.Limiter, subject, id string) {
	t.Helper()
	require.NoError(t, l.(upload.Releaser).Release(t.Context(), subject, id))
}

// release checks that a signed upload that is released frees its slot at once, and that its files
// and bytes count as used. Its reservation is not settled, since another instance may release it.
func release(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Signed: 2, AllSigned: 3, Files: 5, Bytes: 5})
	granted(t, l, named("ann", "1"))
	granted(t, l, named("ann", "2"))
	granted(t, l, named("", "3"))
	refused(t, l, named("ann", "4"))
	refused(t, l, named("bob", "4"))
	releases(t, l, "", "3")
	granted(t, l, named("bob", "4"))
	refused(t, l, named("cid", "5"))
	releases(t, l, "ann", "1")
	granted(t, l, named("ann", "5"))
	refused(t, l, named("ann", "6"))
	for _, id := range []string{"2", "5"} {
		releases(t, l, "ann", id)
	}
	two := one("ann")
	two.Files, two.Bytes = 2, 2
	granted(t, l, two)
	refused(t, l, one("ann"))
}

// releasesNothing checks that a release ends no other reservation, and that a second release or a
// later settlement frees no second slot.
func releasesNothing(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Signed: 2, AllSigned: 10, Concurrent: 1})
	settle := granted(t, l, named("ann", "1"))
	granted(t, l, signedUntil("ann", time.Hour))
	streamed := one("ann")
	streamed.ID = "2"
	granted(t, l, streamed)
	for _, id := range []string{"", "2", "3", "{1}", "1\x00"} {
		releases(t, l, "ann", id)
	}
	refused(t, l, named("ann", "4"))
	refused(t, l, streamed)
	for range 3 {
		releases(t, l, "ann", "1")
	}
	settle(upload.Usage{})
	granted(t, l, named("ann", "4"))
	refused(t, l, named("ann", "5"))
	releases(t, l, "ann", "1")
	refused(t, l, named("ann", "5"))
}
