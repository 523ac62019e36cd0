package rights_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// TestSigners checks requests for clients from a signer that may read nothing, and links from a
// signer that may write nothing.
func TestSigners(t *testing.T) {
	w := newWorld(t, false, left{}, s3bucket.RoleDirect)
	user := s3test.User(t)
	signer, closeIdle := user.Client(user.Endpoint)
	t.Cleanup(closeIdle)
	opts := options()
	opts.Signer = signer
	store, err := s3store.New(w.bucket.Client, w.bucket.Name, opts)
	require.NoError(t, err)
	w.store = store
	may := func(role s3bucket.Role, sids ...string) {
		p, err := w.care.Policy(role)
		require.NoError(t, err)
		kept := slices.DeleteFunc(p.Statement, func(s s3bucket.Statement) bool { return !slices.Contains(sids, s.Sid) })
		require.Len(t, kept, len(sids))
		w.bucket.Allow(t, withForms(kept, w.bucket.Name))
	}
	read := func(key string) int {
		link, err := store.SignGet(t.Context(), key, storage.SignedGet{Expires: time.Minute})
		require.NoError(t, err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		require.NoError(t, err)
		status, _, err := exchange(r)
		require.NoError(t, err)
		return status
	}
	w.bucket.Put(t.Context(), t, "files/a", text(10))
	w.bucket.Put(t.Context(), t, "files/upload-staging/a", text(10))

	may(s3bucket.RoleDirect, "Sign", "SignTags")
	for _, name := range []string{"PUT", "form that is sent twice", "parts"} {
		require.NoError(t, direct[name](w), name)
	}
	require.Equal(t, http.StatusForbidden, read("files/a"))

	may(s3bucket.RoleDelivery, "Read", "WithholdStaged")
	require.Equal(t, http.StatusOK, read("files/a"))
	require.Equal(t, http.StatusForbidden, read("files/upload-staging/a"))
	require.NoError(t, delivery["link"](w))
	// The connection of a large part may be closed before the answer.
	for _, name := range []string{"PUT", "form that is sent twice"} {
		require.ErrorContains(t, direct[name](w), "the signed request is answered with 403", name)
	}
}
