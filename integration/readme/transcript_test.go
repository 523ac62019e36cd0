package readme

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/uploadtest"
)

const (
	page    = "../../README.md"
	address = "localhost:8086" // of the program in the README
)

var (
	transcript = regexp.MustCompile("(?s)```console\n(.*?)```")
	key        = regexp.MustCompile(`[0-9a-f]{32}\.png`)
)

// TestTranscript runs the commands of the README's transcript against its program. The output is
// the same, except for the random key.
func TestTranscript(t *testing.T) {
	program.Find(t, "curl")
	program.Find(t, "jq")
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	found := transcript.FindAllStringSubmatch(string(text), -1)
	require.Len(t, found, 1)
	shown := found[0][1]

	folder := t.TempDir()
	picture, err := io.ReadAll(uploadtest.PNG(0).Open())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "cat.png"), picture, 0o600))
	at := quickstart(t, address)
	seen := ""
	for line := range strings.Lines(shown) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			seen += line + run(t, folder, strings.Replace(command, address, at, 1))
		}
	}
	require.Len(t, key.FindAllString(seen, -1), 1, seen)
	seen = key.ReplaceAllLiteralString(seen, key.FindString(shown))
	if writes {
		require.NoError(t, os.WriteFile(page, []byte(strings.Replace(string(text), shown, seen, 1)), 0o600))
		return
	}
	require.Equal(t, shown, seen, "write it with UPLOAD_WRITE_DOCS=1")
}

// run runs a command of the shell in a folder and returns what it prints.
func run(t *testing.T, folder, command string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = folder
	out, err := cmd.Output()
	require.NoError(t, err, command)
	return string(out)
}
