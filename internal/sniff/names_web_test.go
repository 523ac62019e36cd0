package sniff

import (
	"bytes"
	encoding "encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/web"
)

// TestCalledInTheBrowser: the browser module names the same types, each by a short name, a plural
// and a singular. Its English short names and plurals are those of this package.
func TestCalledInTheBrowser(t *testing.T) {
	for _, name := range []string{"en.js", "de.js"} {
		file, err := fs.ReadFile(web.Files(), name)
		require.NoError(t, err)
		_, text, found := bytes.Cut(file, []byte("\nexport default "))
		require.True(t, found)
		var words struct{ Types map[string][3]string }
		require.NoError(t, encoding.Unmarshal(bytes.TrimSuffix(text, []byte(";\n")), &words))
		require.Len(t, words.Types, len(names))
		for mediaType, called := range words.Types {
			short, plural := Called(mediaType)
			require.NotEmpty(t, short, mediaType)
			require.NotEmpty(t, called[2], mediaType)
			if name == "en.js" {
				require.Equal(t, []string{short, plural}, called[:2])
			}
		}
	}
}
