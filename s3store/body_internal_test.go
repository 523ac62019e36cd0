package s3store

import (
	"bytes"
	"io"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func filled(t *testing.T, m *memory, content []byte, reserved int64) *buffer {
	t.Helper()
	require.True(t, m.budget.TryAcquire("", reserved))
	b := &buffer{memory: m, reserved: reserved}
	src := &source{r: bytes.NewReader(content), left: int64(len(content))}
	_, err := src.fill(t.Context(), b)
	require.NoError(t, err)
	return b
}

func TestBody(t *testing.T) {
	m := newMemory(1<<20, 1<<20)
	for _, size := range []int{0, 1, 1000, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 17} {
		content := bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, size/7+1)[:size]
		b := filled(t, m, content, footprint(int64(max(size, 1))))
		require.NoError(t, iotest.TestReader(b.body(), content))
		b.free()
	}
	require.Zero(t, m.budget.Used())
}

func TestBodySeek(t *testing.T) {
	m := newMemory(1<<20, 1<<20)
	b := filled(t, m, []byte("0123456789"), 10)
	for _, row := range []struct {
		offset int64
		whence int
		want   string
	}{
		{0, io.SeekStart, "0123456789"},
		{4, io.SeekStart, "456789"},
		{-3, io.SeekEnd, "789"},
		{0, io.SeekEnd, ""},
		{7, io.SeekEnd, ""},
	} {
		r := b.body()
		_, err := r.Seek(row.offset, row.whence)
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, row.want, string(got))
	}
	_, err := b.body().Seek(-1, io.SeekStart)
	require.Error(t, err)
}

// TestBodyAfterClose checks a transport that continues to read after its call failed, while the
// chunks already carry another upload. The race detector would report a read that reached them.
func TestBodyAfterClose(t *testing.T) {
	m := newMemory(4*chunkSize, 4*chunkSize)
	for range 50 {
		b := filled(t, m, bytes.Repeat([]byte{'a'}, 2*chunkSize), 2*chunkSize)
		r := b.body()
		var transport sync.WaitGroup
		started := make(chan struct{})
		transport.Go(func() {
			p := make([]byte, 4<<10)
			n, err := r.Read(p)
			close(started)
			for err == nil {
				if i := bytes.IndexByte(p[:n], 'b'); i >= 0 {
					t.Error("read another upload's bytes")
				}
				if n, err = r.Read(p); err == io.EOF {
					_, err = r.Seek(0, io.SeekStart)
				}
			}
			if err != errBodyClosed {
				t.Errorf("read ended with %v", err)
			}
		})
		<-started
		r.close()
		b.free()
		next := filled(t, m, bytes.Repeat([]byte{'b'}, 2*chunkSize), 2*chunkSize)
		transport.Wait()
		next.free()
		_, err := r.Seek(0, io.SeekStart)
		require.ErrorIs(t, err, errBodyClosed)
	}
}
