package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/uploadtest"
)

func TestSurvey(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string][]byte{
		"a.png":     uploadtest.PNG(2000).Bytes(),
		"sub/b.png": []byte("<!doctype html><p>x"),
		"c.csv":     []byte("a,=1+2\n"),
		"d.txt":     []byte("hello"),
		"e.exe":     []byte("MZ"),
		"f.txt":     nil,
	} {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, content, 0o600))
	}
	s := newSurvey()
	require.NoError(t, s.folders([]string{folder}))
	var out strings.Builder
	s.report(&out, true)
	require.Equal(t, `extension  accepted  refused  reasons
.csv       0         1        active_content formula 1
.png       1         1        type_not_allowed 1
.txt       1         0        
1 empty files and 1 of other extensions were skipped
`+folder+`/c.csv: active_content formula: has a cell that a spreadsheet may compute at byte 2
`+folder+`/sub/b.png: type_not_allowed: HTML files are not accepted. Send PNG, JPEG, GIF, WebP, AVIF, SVG, HEIC, HEIF, HEIC (.heics) or HEIF (.heifs).
`, out.String())
	require.Error(t, s.folders([]string{filepath.Join(folder, "none")}))
}
