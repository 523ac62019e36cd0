package upload_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/stalled"
)

// requestMemory is the most that one request costs by the package documentation, without its text
// fields.
const requestMemory = 192 << 10

// sizeOf is how much of a file is sent: more than the memory of a request, so that no request can
// hold all of it.
func sizeOf(c corpus.Kind) int {
	if slices.ContainsFunc(corpus.CostlyUnfolding(), func(u corpus.Kind) bool { return u.About == c.About }) {
		return 0 // the smallest file, which unfolds to more
	}
	return requestMemory + 16<<10
}

// held is the memory that a handler holds for uploads that stall.
type held struct {
	own     int64 // all except what is shared
	seen    int64 // bytes that the inspectors have accepted so far
	waiting int   // uploads that have not ended
}

// holds has n clients send the same file and then nothing. The handler also has a check of the
// host's. That check sees what the inspector has accepted, and needs a relay and a goroutine, which
// add to the memory of a request.
func holds(t *testing.T, n int, c corpus.Kind, content []byte) held {
	t.Helper()
	var seen atomic.Int64
	check := &testObserver{write: func(p []byte) (int, error) { seen.Add(int64(len(p))); return len(p), nil }}
	h, err := stalled.NewHandler(upload.All(stalled.Policy(c.Type), check), upload.AllowAnonymous, n)
	require.NoError(t, err)
	var shared int64
	all := stalled.Hold(h, n, stalled.File(c.Name, content), func() { shared = upload.LookingHeld(h) })
	return held{own: all.Memory - shared, seen: seen.Load(), waiting: all.Waiting}
}

// TestStalledMemory checks that a request whose client stalls holds less than requestMemory in
// addition to its inspector's part of the shared memory. That is so for the worst known files of
// each type. Many requests of one type hold no more each.
func TestStalledMemory(t *testing.T) {
	type beginning struct {
		corpus.Kind
		content []byte
		own     int64
	}
	worst, takesTurn := map[string]beginning{}, rounds.Turns(3)
	for _, c := range corpus.CostlyFiles() {
		// internal/inspect.TestHeldMemory measures each file.
		if _, seen := worst[c.Type]; seen && !takesTurn() {
			continue
		}
		content := c.Make(sizeOf(c))
		one := holds(t, 1, c, content)
		if one.waiting == 0 { // it was refused
			var err error
			content, err = stalled.Beginning(c, sizeOf(c))
			require.NoError(t, err)
			one = holds(t, 1, c, content)
		}
		require.Equal(t, 1, one.waiting, c.About)
		if len(content) > sniff.HeadLen { // an inspector sees the file only after its head
			require.Greater(t, one.seen, int64(len(content)-1024), c.About)
		}
		assert.Less(t, one.own, int64(requestMemory), c.About)
		if w, ok := worst[c.Type]; !ok || one.own > w.own {
			worst[c.Type] = beginning{c, content, one.own}
		}
	}
	uploads := rounds.Of(2, 128)
	for _, w := range worst {
		many := holds(t, uploads, w.Kind, w.content)
		assert.Equal(t, uploads, many.waiting, w.About)
		assert.Greater(t, many.seen, int64(uploads*(len(w.content)-1024)), w.About)
		assert.Less(t, many.own, int64(uploads*requestMemory), w.About)
	}
}

// TestStalledText checks that text fields add to the memory of a request, up to the bytes that they
// may have.
func TestStalledText(t *testing.T) {
	const uploads, fields, size = 16, 100, 256 << 10
	var sent []byte
	for i := range fields {
		name := fmt.Sprintf(`%02d"; padding="%s`, i, strings.Repeat("x", 7<<10))
		sent = append(sent, stalled.Text(name, strings.Repeat("y", size/fields-2))...)
	}
	sent = append(sent, stalled.File("a.png", []byte(pngBytes()))...)
	h, err := stalled.NewHandler(upload.Types("image/png"), upload.AllowAnonymous, uploads)
	require.NoError(t, err)
	all := stalled.Hold(h, uploads, sent, func() {})
	require.Equal(t, uploads, all.Waiting)
	assert.Less(t, all.Memory, int64(uploads*(requestMemory+size)))
}
