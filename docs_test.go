package upload_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	testDecl = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	testName = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
)

// TestSecurityTable: every test that docs/security.md calls as a witness exists.
func TestSecurityTable(t *testing.T) {
	exists := map[string]bool{}
	require.NoError(t, filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range testDecl.FindAllSubmatch(source, -1) {
			exists[string(m[1])] = true
		}
		return err
	}))
	page, err := os.ReadFile("docs/security.md")
	require.NoError(t, err)
	named := testName.FindAllSubmatch(page, -1)
	require.NotEmpty(t, named)
	for _, m := range named {
		require.True(t, exists[string(m[1])], "%s does not exist", m[1])
	}
}
