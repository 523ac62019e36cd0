package clients

import (
	"bytes"
	"embed"
	"encoding/json"
	"io/fs"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/npm"
	"github.com/airlock-go/upload/integration/internal/program"
)

//go:embed testdata
var testdata embed.FS

// TestNamesOfNode sends with each client of testdata/send.js.
func TestNamesOfNode(t *testing.T) {
	node, path := program.Find(t, "nodejs", "node"), program.Find(t, "npm")
	folder, err := fs.Sub(testdata, "testdata")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, npm.Install(path, dir, folder))
	for client, s := range map[string]style{
		"undici":                 asBrowsers,
		"node-fetch":             asBrowsers,
		"axios, FormData":        asBrowsers,
		"axios, form-data":       asBrowsers,
		"axios, form-data 4.0.5": raw,
		"got, formdata-node":     asBrowsers,
		"got, form-data":         asBrowsers,
		"node, form-data":        asBrowsers,
		"node, form-data 4.0.5":  raw,
		"superagent":             asBrowsers,
		"needle":                 encoded,
	} {
		t.Run(client, func(t *testing.T) {
			testNames(t, s, func(t *testing.T, url string, names []string) []answer {
				return run(t, exec.CommandContext(t.Context(), node, "send.js", client), dir, url, names)
			})
		})
	}
}

// run runs the program in the folder of its packages.
func run(t *testing.T, cmd *exec.Cmd, dir, url string, names []string) (answers []answer) {
	t.Helper()
	in, err := json.Marshal(map[string]any{"url": url, "names": names, "file": picture.Bytes()})
	require.NoError(t, err)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", stderr.String())
	require.NoError(t, json.Unmarshal(out, &answers))
	return answers
}
