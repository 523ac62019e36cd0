package inspect_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// eachRealFile calls visit with the path and the extension, in lower case, of each file in the Go
// source tree and in the folders of UPLOAD_REAL_FILES (a list as in PATH), such as /usr/share.
func eachRealFile(t *testing.T, visit func(path, ext string)) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	folders := append(filepath.SplitList(os.Getenv("UPLOAD_REAL_FILES")), filepath.Join(strings.TrimSpace(string(goroot)), "src"))
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				visit(path, strings.ToLower(filepath.Ext(path)))
			}
			return nil
		})
	}
}

// isJudged reports whether the end of path is in a list of refused files that were checked.
func isJudged(path string, list []struct{ pattern, verdict string }) bool {
	elements := strings.Split(filepath.ToSlash(path), "/")
	for _, j := range list {
		end := elements[max(0, len(elements)-1-strings.Count(j.pattern, "/")):]
		if ok, _ := filepath.Match(j.pattern, strings.Join(end, "/")); ok {
			return true
		}
	}
	return false
}

// TestRealFiles fails for a refused file that judged does not list.
func TestRealFiles(t *testing.T) {
	seen, refused := map[string]int{}, map[string]int{}
	eachRealFile(t, func(path, ext string) {
		mediaType := realTypes[ext]
		if mediaType == "" || isEmpty(path) {
			return
		}
		seen[mediaType]++
		if err := judgeReal(t, mediaType, path); err != nil {
			refused[mediaType]++
			assert.True(t, isJudged(path, judged), "%s %v", path, err)
		}
	})
	require.NotEmpty(t, seen["image/png"])
	t.Logf("files: %v, refused: %v", seen, refused)
}

var realTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
	".avif": "image/avif", ".heic": "image/heic", ".hif": "image/heic",
	".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".m4a": "audio/mp4", ".webm": "video/webm",
	".mkv": "video/matroska", ".mp3": "audio/mpeg", ".wav": "audio/wav",
	".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".ogv": "video/ogg", ".flac": "audio/flac",
}

// judgeReal returns the verdict on a file. It requires that the standard library reads the header
// of an accepted PNG, JPEG or GIF picture.
func judgeReal(t *testing.T, mediaType, path string) error {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	if err := judge(newWalker(mediaType, inspect.Limits{}), f); err != nil {
		return err
	}
	if decode := configDecoders[mediaType]; decode != nil {
		_, err = f.Seek(0, 0)
		require.NoError(t, err)
		_, err = decode(f)
		require.NoError(t, err, path)
	}
	return nil
}

func isEmpty(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() == 0
}
