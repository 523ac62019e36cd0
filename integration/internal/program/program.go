// Package program finds the programs that tests run.
package program

import (
	"cmp"
	"os"
	"os/exec"
	"testing"
)

// packages are the packages of Debian whose name differs from their program's.
var packages = map[string]string{
	"mutool": "mupdf-tools", "xmllint": "libxml2-utils", "exiftool": "libimage-exiftool-perl", "webpinfo": "webp", "webpmux": "webp", "convert": "imagemagick",
	"nginx": "nginx-light", "node": "nodejs", "heif-enc": "libheif-examples", "heif-convert": "libheif-examples", "ffprobe": "ffmpeg",
}

// Find finds a program by the first of its names that is in PATH. Otherwise it skips the test, or
// fails it with UPLOAD_TEST_REQUIRED=1.
func Find(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing := "needs " + names[0] + ": apt-get install " + cmp.Or(packages[names[0]], names[0])
	if os.Getenv("UPLOAD_TEST_REQUIRED") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}
