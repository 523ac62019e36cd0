package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// TestMismatchInsideArchive checks that a wrong type of an entry is a fault of the archive's
// content. Only the type of the file itself is a mismatch, which package upload answers with 415.
func TestMismatchInsideArchive(t *testing.T) {
	office := zipped(t, "a.txt", "text", "[Content_Types].xml", "<Types/>")
	for _, c := range []struct {
		name string
		in   string
		code inspect.Code
	}{
		{"the file itself", office, inspect.CodeMismatch},
		{"an entry", zipped(t, "a.zip", office), inspect.CodeEntry},
		{"an entry of an entry", zipped(t, "a.zip", zipped(t, "a.zip", office)), inspect.CodeEntry},
	} {
		err := judgeArchive(&inspect.Zip{Nesting: 2}, strings.NewReader(c.in))
		var found *inspect.Error
		require.ErrorAs(t, err, &found, c.name)
		require.Equal(t, c.code, found.Code, c.name)
	}
}
