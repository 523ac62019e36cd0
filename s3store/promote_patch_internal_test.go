package s3store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
)

// TestCut checks how many pieces of a file are sent, and how many are copied.
func TestCut(t *testing.T) {
	const window, most, mebi = minPartSize, copySize, 1 << 20
	at := func(offsets ...int64) (list []storage.Patch) {
		for _, offset := range offsets {
			list = append(list, storage.Patch{Offset: offset, Length: 2})
		}
		return list
	}
	for _, row := range []struct {
		name           string
		size           int64
		patches        []storage.Patch
		copied, patchy int
	}{
		{"a film with two patched places", 1 << 30, at(100*mebi+1, 1<<30-5), 18, 2},
		{"two places in one window", 1 << 30, at(100*mebi+1, 100*mebi+50), 18, 1},
		{"a patch across two windows", 1 << 30, at(100*mebi - 1), 18, 2},
		{"the first window", 1 << 30, at(0), 17, 1},
		{"a rest of one byte", 10*window + 1, at(0), 1, 1},
		{"a patched rest of a byte", 10*window + 1, []storage.Patch{{Offset: 10 * window, Length: 1}}, 1, 1},
		{"the whole file", 10*window + 1, []storage.Patch{{Offset: 0, Length: 10*window + 1}}, 0, 11},
		{"less than a window", 10, at(3), 0, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			copied, patchy, end := 0, 0, int64(0)
			for _, p := range cut(row.size, window, most, row.patches) {
				require.Equal(t, end, p.from)
				end = p.to
				if end < row.size {
					require.GreaterOrEqual(t, p.to-p.from, int64(window))
				}
				if p.patched {
					patchy++
					require.LessOrEqual(t, p.to-p.from, int64(window))
					continue
				}
				copied++
				require.LessOrEqual(t, p.to-p.from, int64(most))
			}
			require.Equal(t, row.size, end)
			require.Equal(t, row.copied, copied)
			require.Equal(t, row.patchy, patchy)
		})
	}
}
