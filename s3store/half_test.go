package s3store_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/storage"
)

// half keeps the first half of a PUT whose connection breaks, as versitygw does without a checksum
// (https://github.com/versity/versitygw/issues/2414).
func half(_ http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
	r.ContentLength /= 2
	r.Body = io.NopCloser(io.LimitReader(r.Body, r.ContentLength))
	for _, name := range []string{"X-Amz-Checksum-Crc32", "X-Amz-Sdk-Checksum-Algorithm"} {
		r.Header.Del(name)
	}
	r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	serve(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// TestHalfPut checks that a half object is not taken for the file, though it has the nonce.
func TestHalfPut(t *testing.T) {
	for name, with := range map[string]setup{
		"plain": {}, "versioned": {versioned: true}, "plain, warm": {warm: true}, "versioned, warm": {versioned: true, warm: true},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, with)
			f.fake.Inject("PutObject", 1, s3fake.Fault(half))
			staged := f.stage(t, "k", randomBytes(small))
			require.ErrorIs(t, staged.Commit(t.Context()), storage.ErrUnknownOutcome)
			require.NoError(t, staged.Discard(t.Context()))
			f.requireNothing(t)
		})
	}
}
