package clean

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// TestPanics checks that a panic in a cleaner becomes an error of Read, also with Options.Keep. The
// panic of a source reaches the caller of Read.
func TestPanics(t *testing.T) {
	const mediaType = "test/panics"
	cleaners[mediaType] = func(w *walk) {
		w.hold(5)
		clear(w.holdMore(3))
		panic("a mistake")
	}
	t.Cleanup(func() { delete(cleaners, mediaType) })
	for _, keep := range []bool{false, true} {
		r := NewReader(strings.NewReader("a file of a person"), mediaType, Options{Keep: keep})
		got, err := io.ReadAll(iotest.OneByteReader(r))
		var fault *Error
		require.ErrorAs(t, err, &fault)
		require.Equal(t, CodePanic, fault.Code)
		require.ErrorContains(t, err, "a mistake")
		require.ErrorContains(t, err, "panic_internal_test.go", "the place of the panic")
		require.Empty(t, got)
		_, again := r.Read(make([]byte, 9))
		require.Equal(t, err, again)
		r.Close()
	}
	sourcePanic := errors.New("of the source")
	r := NewReader(io.MultiReader(bytes.NewReader([]byte("\x89PNG")), panics{sourcePanic}), "image/png", Options{})
	require.PanicsWithValue(t, sourcePanic, func() { _, _ = io.ReadAll(r) })
	r.Close()
}

type panics struct{ value error }

func (p panics) Read([]byte) (int, error) { panic(p.value) }
