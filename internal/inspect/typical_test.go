package inspect_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
)

// TestTypicalFiles: inspectors accept typical files, small ones and large ones.
func TestTypicalFiles(t *testing.T) {
	for _, c := range corpus.TypicalFiles() {
		for _, size := range []int{16 << 10, rounds.Of(160, 1024)<<10 + 1} {
			w := strictInspector(c.Type)
			content := c.Make(size)
			require.InDelta(t, size, len(content), float64(size/2+256<<10), c.About) // a WebM has 256 KiB at least
			n, err := w.Write(content[:size/3])
			require.NoError(t, err, c.About)
			require.Equal(t, size/3, n)
			show(w, content[size/3:])
			require.NoError(t, w.Verdict(), "%s of %d bytes", c.About, size)
		}
	}
}

func TestKindsHaveUniqueNames(t *testing.T) {
	kinds := map[string]bool{}
	for _, c := range corpus.Kinds() {
		require.False(t, kinds[c.About], c.About)
		kinds[c.About] = true
	}
}
