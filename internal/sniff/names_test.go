package sniff

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCalled: each type with extensions has a unique short name, and an extension in the name
// agrees with the type.
func TestCalled(t *testing.T) {
	shorts := map[string]string{}
	for mediaType, exts := range extensions {
		short, plural := Called(mediaType)
		require.NotEmpty(t, short, mediaType)
		require.NotEqual(t, short, plural, mediaType)
		require.Empty(t, shorts[short], "%s is also called %s", mediaType, short)
		shorts[short] = mediaType
		if ext := names[mediaType].ext; ext != "" {
			require.True(t, slices.Contains(exts, ext), mediaType)
		}
	}
	short, plural := Called(docx)
	require.Equal(t, "Word (.docx)", short)
	require.Equal(t, "Word documents (.docx)", plural)
	short, plural = Called("image/nonsense")
	require.Empty(t, short+plural)
}
