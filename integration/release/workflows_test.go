package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWorkflows checks what actionlint does not. Workflows may only read the repository, keep no
// credentials, and name an action by the hash of a commit, with the version in a comment.
func TestWorkflows(t *testing.T) {
	uses := regexp.MustCompile(`(?m)^ +(?:- )?uses: (.+)$`)
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	permissions := regexp.MustCompile(`(?m)^ *permissions:.*(?:\n +.+)*$`)
	paths, err := filepath.Glob(filepath.Join(repository(), ".github", "workflows", "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, []string{"permissions:\n  contents: read"}, permissions.FindAllString(string(text), -1), path)
		checkouts, kept := 0, regexp.MustCompile(`(?m)^ +persist-credentials: false$`).FindAll(text, -1)
		for _, m := range uses.FindAllStringSubmatch(string(text), -1) {
			require.Regexp(t, pinned, m[1], path)
			if regexp.MustCompile(`^actions/checkout@`).MatchString(m[1]) {
				checkouts++
			}
		}
		require.Len(t, kept, checkouts, path)
	}
}
