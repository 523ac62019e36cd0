package inspect_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/rounds"
)

// strictInspector returns an inspector of files of that type, with the options that refuse active
// content.
func strictInspector(mediaType string) inspector {
	switch {
	case mediaType == "application/zip", mediaType == "application/epub+zip",
		strings.HasPrefix(mediaType, "application/vnd."):
		return newArchiveWalker(mediaType)
	case strings.HasPrefix(mediaType, "text/"), mediaType == "application/pdf", mediaType == "application/json", mediaType == "image/svg+xml":
		return documentInspector(mediaType, true)
	}
	return newWalker(mediaType, inspect.Limits{})
}

func within(w inspector, b *inspect.Budget) {
	w.(interface{ Within(*inspect.Budget) }).Within(b)
}

// show writes content in pieces of 32 KiB, up to its refusal.
func show(w io.Writer, content []byte) {
	for piece := range slices.Chunk(content, 32<<10) {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}

// taken counts the shared memory that an inspector has taken.
type taken struct{ bytes int64 }

func (m *taken) Take(n int64) bool { m.bytes += n; return true }
func (m *taken) Give(n int64)      { m.bytes -= n }

// TestHeldMemory: while a client stalls, an inspector holds less than a small constant in addition
// to shared memory, even in costly files.
func TestHeldMemory(t *testing.T) {
	const constant = 96 << 10 // of the 192 KiB that a request may hold
	for _, c := range corpus.CostlyFiles() {
		content := c.Make(heldSize(c))
		memory := &taken{}
		before := heap()
		w := strictInspector(c.Type)
		within(w, &inspect.Budget{Memory: memory})
		show(w, content)
		grown := heap() - before
		assert.Less(t, grown, constant+memory.bytes, "%s: %d KiB", c.About, grown>>10)
		runtime.KeepAlive(content)
		if closer, ok := w.(io.Closer); ok {
			require.NoError(t, closer.Close())
		}
	}
}

// heldSize returns the size of a file that is larger than the constant of TestHeldMemory, or
// unfolds to more.
func heldSize(c corpus.Kind) int {
	if slices.ContainsFunc(corpus.CostlyUnfolding(), func(u corpus.Kind) bool { return u.About == c.About }) {
		return rounds.Of(0, 256<<10)
	}
	return rounds.Of(160<<10, 256<<10)
}

// heap returns the memory in use after garbage collection.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// endingContext ends when Err is called the second time, and records the steps that are left then.
type endingContext struct {
	context.Context
	budget *inspect.Budget
	asked  int
	left   int64
}

var errLeft = errors.New("the client has left")

func (c *endingContext) Err() error {
	if c.asked++; c.asked < 2 {
		return nil
	}
	if c.asked == 2 {
		c.left = c.budget.Left()
	}
	return errLeft
}

// TestInspectionEndsSoon: an inspector that works long on one call checks the context during the
// call, and takes no step after the context has ended.
func TestInspectionEndsSoon(t *testing.T) {
	ended := map[string]bool{}
	for _, c := range corpus.CostlyFiles() {
		budget := &inspect.Budget{}
		ctx := &endingContext{Context: t.Context(), budget: budget}
		budget.Context = ctx
		w := strictInspector(c.Type)
		within(w, budget)
		_, err := w.Write(c.Make(256 << 10))
		if closer, ok := w.(io.Closer); ok {
			require.NoError(t, closer.Close())
		}
		if ctx.asked > 1 {
			assert.ErrorIs(t, err, errLeft, c.About)
			assert.Equal(t, ctx.left, budget.Left(), "%s continues", c.About)
			ended[c.Type] = true
		}
	}
	for _, c := range corpus.CostlyFiles() {
		require.True(t, ended[c.Type], c.Type)
	}
}
