package integration_test

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/s3store"
)

// TestChainWriters has writers with different bytes race for one upload on a real server. The
// upload keeps the acknowledged bytes of each writer. Each byte is acknowledged to one writer.
func TestChainWriters(t *testing.T) {
	t.Parallel()
	const size, writers = 1 << 20, 3
	for name, versioned := range map[string]bool{"plain bucket": false, "versioned bucket": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newStage(t, versioned, s3store.Options{})
			var mu sync.Mutex
			owner := make([]byte, size)
			var clients sync.WaitGroup
			for w := range writers {
				clients.Go(func() {
					client, closeIdle := s3test.Get().Client(s3test.Get().Endpoint)
					defer closeIdle()
					store, err := s3store.New(client, st.bucket.Name, &s3store.Options{Profile: s3test.Get().Profile()})
					require.NoError(t, err)
					c := chain.New(store, chainPrefix, size, part)
					race(t, c, byte('a'+w), size, func(start, n int64) {
						mu.Lock()
						defer mu.Unlock()
						written := owner[start:][:n]
						require.Empty(t, bytes.Trim(written, "\x00"), "two writers were acknowledged the same bytes")
						copy(written, bytes.Repeat([]byte{byte('a' + w)}, int(n)))
					})
				})
			}
			clients.Wait()
			c := chain.New(st.store, chainPrefix, size, part)
			requireChain(t, c, owner)
			publishChain(t, st, c, owner)
		})
	}
}

// race appends one letter until the upload is complete. It reports each acknowledged range.
func race(t *testing.T, c *chain.Chain, letter byte, size int64, acknowledged func(start, n int64)) {
	for {
		s, err := c.State(t.Context())
		require.NoError(t, err)
		if s.Offset == size {
			return
		}
		length := min(1+rand.Int64N(100<<10), size-s.Offset)
		r := bytes.NewReader(bytes.Repeat([]byte{letter}, int(length)))
		n, err := c.Append(t.Context(), s, chain.Template{Length: length}, r)
		if err != nil {
			require.ErrorIs(t, err, chain.ErrTaken)
		}
		acknowledged(s.Offset, n)
	}
}
