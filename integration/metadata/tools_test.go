package metadata_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/corpus"
)

// sentinel marks the texts that tests write into metadata.
const sentinel = "SENTINEL"

// sample returns a picture, sound or a film that the corpus has.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	for _, f := range slices.Concat(corpus.Images(), corpus.Media()) {
		if f.Name == name && f.Code == "" {
			return f.Content
		}
	}
	t.Fatal(name + " is not in the corpus")
	return nil
}

// run returns the output of a program that must succeed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, _ := outputs(t, name, args...)
	return out
}

// silent is run of a program that must also report nothing on its standard error.
func silent(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, warnings := outputs(t, name, args...)
	require.Empty(t, warnings, "%s warns", name)
	return out
}

func outputs(t *testing.T, name string, args ...string) (out, warnings string) {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program.Find(t, name), args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s %s\n%s", name, strings.Join(args, " "), stderr.String())
	return stdout.String(), stderr.String()
}

// tagged writes a file into a new folder, and has exiftool write these tags into it.
func tagged(t *testing.T, name string, content []byte, tags ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	run(t, "exiftool", append(append([]string{"-q", "-overwrite_original"}, tags...), path)...)
	return path
}

// cleaned cleans a file, and returns the path of the result and the facts that cleaning found.
func cleaned(t *testing.T, mediaType, path string) (string, clean.Facts) {
	t.Helper()
	in, err := os.ReadFile(path)
	require.NoError(t, err)
	r := clean.NewReader(bytes.NewReader(in), mediaType, clean.Options{})
	defer r.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(r)
	require.NoError(t, err)
	require.Len(t, out.Bytes(), len(in))
	path = filepath.Join(filepath.Dir(path), "cleaned"+filepath.Ext(path))
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path, r.Facts()
}

// tagsOf returns all tags that exiftool finds in a file, by group and name, without those of the
// file system and of ICC profiles.
func tagsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	return tagsOfAll(t, []string{path})[0]
}

// tagsOfAll is tagsOf for several files, in one run of exiftool.
func tagsOfAll(t *testing.T, paths []string) (all []map[string]string) {
	t.Helper()
	args := []string{"-j", "-a", "-G1", "-u", "-U", "-ee3", "--System:all", "--ICC_Profile:all", "--ICC-header:all"}
	var files []map[string]any
	require.NoError(t, json.Unmarshal([]byte(run(t, "exiftool", append(args, paths...)...)), &files))
	require.Len(t, files, len(paths))
	for i, file := range files {
		require.Equal(t, paths[i], file["SourceFile"])
		found := map[string]string{}
		for name, value := range file {
			text, err := json.Marshal(value)
			require.NoError(t, err)
			found[name] = strings.Trim(string(text), `"`)
		}
		all = append(all, found)
	}
	return all
}

// requireTags requires that exiftool finds in a file only tags of allowed and [shown], and in
// comments only zeros.
func requireTags(t *testing.T, found map[string]string, allowed []string) {
	t.Helper()
	for name, value := range found {
		if name == "File:Comment" {
			require.Empty(t, strings.ReplaceAll(value, `\u0000`, ""))
			continue
		}
		assert.Contains(t, slices.Concat(shown, allowed), name, "%s: %s", name, value)
	}
}
