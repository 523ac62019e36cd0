// Package examples_test holds the README to the programs beside it.
package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestReadme: the programs of the README are those that are compiled and tested
// here, to the letter, but for the comment before the package clause.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	text := strings.ReplaceAll(string(readme), "\r\n", "\n") // as git may check it out
	blocks := goBlock.FindAllStringSubmatch(text, -1)
	programs := []string{"quickstart", "chi", "gin"}
	require.Greater(t, len(blocks), len(programs))
	for i, name := range programs {
		t.Run(name, func(t *testing.T) {
			program, err := os.ReadFile(name + "/main.go")
			require.NoError(t, err)
			_, code, _ := strings.Cut(strings.ReplaceAll(string(program), "\r\n", "\n"), "\npackage main\n")
			require.Equal(t, "package main\n"+code, blocks[i][1])
		})
	}
	t.Run("tests of uploads", func(t *testing.T) {
		at := slices.IndexFunc(blocks, func(b []string) bool { return strings.HasPrefix(b[1], "a := uploadtest.") })
		require.Positive(t, at)
		test, err := os.ReadFile("chi/main_test.go")
		require.NoError(t, err)
		snippet := regexp.MustCompile("(?m)^(.)").ReplaceAllString(strings.TrimSuffix(blocks[at][1], "\n"), "\t$1")
		require.Contains(t, strings.ReplaceAll(string(test), "\r\n", "\n"), snippet)
	})
}

var listens = regexp.MustCompile(`"(?:127\.0\.0\.1|localhost):(\d+)"`)

// TestPorts: the examples can run side by side.
func TestPorts(t *testing.T) {
	mains, err := filepath.Glob("*/*.go")
	require.NoError(t, err)
	of := map[string]string{}
	for _, path := range mains {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range listens.FindAllStringSubmatch(string(source), -1) {
			name := filepath.Dir(path)
			require.Contains(t, []string{"", name}, of[m[1]], "%s listens on port %s, too", name, m[1])
			of[m[1]] = name
		}
	}
	require.Len(t, of, 8, "%v", of)
}
