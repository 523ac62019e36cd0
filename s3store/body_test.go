package s3store_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
)

// TestBodyIsCopiedWhole checks that io.Copy, by which the SDK makes digests, takes all bytes from
// where the body stands, and fails after the body was closed.
func TestBodyIsCopiedWhole(t *testing.T) {
	for _, size := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3*chunk + 5} {
		content := randomBytes(size)
		body, end := s3store.BodyOf(content)
		for _, from := range []int{0, size / 2, size} {
			_, err := body.Seek(int64(from), io.SeekStart)
			require.NoError(t, err)
			var got bytes.Buffer
			n, err := io.Copy(&got, body)
			require.NoError(t, err)
			require.EqualValues(t, size-from, n)
			require.True(t, bytes.Equal(content[from:], got.Bytes()), "%d from %d", size, from)

			_, err = body.Seek(int64(from), io.SeekStart)
			require.NoError(t, err)
			digest := sha256.New()
			n, err = io.Copy(digest, body)
			require.NoError(t, err)
			require.EqualValues(t, size-from, n)
			require.Equal(t, sha256.Sum256(content[from:]), [sha256.Size]byte(digest.Sum(nil)), "%d from %d", size, from)
		}
		end()
		for _, w := range []io.Writer{io.Discard, sha256.New()} {
			_, err := io.Copy(w, body)
			require.Error(t, err)
		}
	}
}

// TestBodyEndsWhileItsReaderHangs checks that a transport that hangs with bytes of a body keeps
// nobody from closing the body, and reads no more of it.
func TestBodyEndsWhileItsReaderHangs(t *testing.T) {
	body, end := s3store.BodyOf(randomBytes(3 * chunk))
	r, w := io.Pipe()
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(w, body)
		copied <- w.CloseWithError(err)
		copied <- err
	}()
	_, err := io.ReadFull(r, make([]byte, 1)) // the rest of a piece hangs
	require.NoError(t, err)
	end()
	rest, err := io.ReadAll(r)
	require.Error(t, err)
	require.Less(t, len(rest), chunk)
	require.NoError(t, <-copied)
	require.Error(t, <-copied)
}

// TestCopiesOfBodiesShareABuffer checks that most passes over a body take no new buffer.
func TestCopiesOfBodiesShareABuffer(t *testing.T) {
	// A buffer has 32 KiB, and most bounds the average of a pass. With the race detector a pool
	// loses a quarter of its buffers.
	const passes, most = 400, 12 << 10
	body, end := s3store.BodyOf(randomBytes(100_000))
	defer end()
	digest := sha256.New()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range passes {
		_, err := body.Seek(0, io.SeekStart)
		require.NoError(t, err)
		_, err = io.Copy(struct{ io.Writer }{digest}, body)
		require.NoError(t, err)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(passes*most))
}
