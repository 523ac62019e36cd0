package diskstore_test

import (
	"io"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
)

// TestLittleMemory checks that the heap does not grow with the file.
func TestLittleMemory(t *testing.T) {
	size := int64(rounds.Of(64, 1024)) << 20
	f := newFixture(t)
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	content := &watched{left: size}
	staged, err := f.Stage(t.Context(), object("k"), content)
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
	r, err := f.OpenAt(t.Context(), "k", "", 0, -1)
	require.NoError(t, err)
	sink := &watched{}
	n, err := io.Copy(sink, r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, size, n)
	most := max(content.most, sink.most)
	require.NotZero(t, most)
	t.Logf("%d MiB: the heap was %d KiB at most, %d KiB before", size>>20, most>>10, before.HeapInuse>>10)
	require.Less(t, int64(most)-int64(before.HeapInuse), int64(32<<20))
}

// watched is a reader of left letters a, and a writer that drops all bytes. Every 256th call of
// either measures the heap; most is the largest size.
type watched struct {
	left, calls int64
	most        uint64
}

func (w *watched) measure() {
	if w.calls++; w.calls%256 != 0 {
		return
	}
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	w.most = max(w.most, now.HeapInuse)
}

func (w *watched) Read(p []byte) (int, error) {
	w.measure()
	if w.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), w.left)]
	for i := range p {
		p[i] = 'a'
	}
	w.left -= int64(len(p))
	return len(p), nil
}

func (w *watched) Write(p []byte) (int, error) {
	w.measure()
	return len(p), nil
}
