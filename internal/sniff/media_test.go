package sniff_test

import (
	"path"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/sniff"
)

// TestMedia checks that acceptable pictures, sound and films are detected as what they are, and
// that their names agree with it. Samples for a refusal must reach the code that refuses them.
func TestMedia(t *testing.T) {
	for _, f := range append(corpus.Images(), corpus.Media()...) {
		detected := sniff.Resolve(f.Content, path.Ext(f.Name))
		agrees := slices.Contains(sniff.Extensions(detected), path.Ext(f.Name))
		switch f.Code {
		case "":
			require.Equal(t, f.Type, detected, f.About)
			require.True(t, agrees, f.About)
		case "type_not_allowed":
			require.NotEqual(t, f.Type, detected, f.About)
		case "type_mismatch":
			require.Equal(t, f.Type, detected, f.About)
			require.False(t, agrees, f.About)
		case "empty":
			require.Equal(t, sniff.Empty, detected, f.About)
		default:
			require.Equal(t, f.Type, detected, f.About)
			require.True(t, agrees, "%s reaches no inspector", f.About)
		}
	}
}
