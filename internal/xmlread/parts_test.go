package xmlread_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/xmlread"
)

// TestPartsAsOthersRead checks that encoding/xml reads accepted XML of the corpus as the same
// tokens, except for the listed differences. The XML is drawings, data, and the parts of documents
// and books, good and bad ones, and small changes of them.
func TestPartsAsOthersRead(t *testing.T) {
	used, parts, accepted, changed := map[string]bool{}, 0, 0, 0
	see := func(about string, document []byte, o xmlread.Options) {
		ok, found := compare(t, about, document, o)
		for _, d := range found {
			require.Contains(t, differences, d, about)
			used[d] = true
		}
		if ok {
			accepted++
		}
	}
	all := xmlParts(t)
	for _, about := range slices.Sorted(maps.Keys(all)) {
		part := all[about]
		o := optionsOf(part)
		see(about, part, o)
		if parts++; len(part) > 8<<10 {
			continue
		}
		r := rand.New(rand.NewPCG(1, uint64(parts)))
		for n := range rounds.Of(4, 400) {
			changed++
			see(fmt.Sprintf("%s, change %d", about, n), mutated(r, part), o)
		}
	}
	for _, document := range []string{
		"<a b='c\nd'/>", "<\u0370/>", utf16("<a/>", false), `<?xml version="1.0" encoding="us-ascii"?><a/>`,
		`<?xml version="1.0" encoding="UTF8"?><a/>`, `<?xml version = "1.0"?><a/>`,
	} {
		see(document, []byte(document), options)
	}
	for d := range differences {
		require.True(t, used[d], "%s: no document shows this difference", d)
	}
	require.Greater(t, parts, 300)
	require.Greater(t, accepted, changed/20)
	t.Log(parts, "parts,", changed, "changes,", accepted, "accepted")
}

// xmlParts returns the small XML of the corpus, each once.
func xmlParts(t *testing.T) map[string][]byte {
	t.Helper()
	parts, seen := map[string][]byte{}, map[string]bool{}
	add := func(about string, p []byte) {
		if text := bytes.TrimLeft(bytes.TrimPrefix(p, []byte("\xef\xbb\xbf")), " \t\r\n"); !seen[string(p)] && len(p) < 64<<10 &&
			(bytes.HasPrefix(text, []byte("<")) || bytes.HasPrefix(p, []byte("\xff\xfe")) || bytes.HasPrefix(p, []byte("\xfe\xff"))) {
			seen[string(p)], parts[about] = true, p
		}
	}
	for _, f := range append(corpus.Documents(), corpus.Texts()...) {
		add(f.About, f.Content)
	}
	for _, f := range corpus.Archives() {
		archive, err := zip.NewReader(bytes.NewReader(f.Content), int64(len(f.Content)))
		if err != nil {
			continue // a broken archive
		}
		for _, entry := range archive.File {
			if size := entry.UncompressedSize64; size == 0 || size > uint64(rounds.Of(32<<10, 1<<20)) {
				continue
			}
			if r, err := entry.Open(); err == nil {
				p, _ := io.ReadAll(io.LimitReader(r, 1<<20)) // as much of it as can be read
				add(f.About+": "+entry.Name, p)
			}
		}
	}
	return parts
}

var doctypes = regexp.MustCompile(`<!DOCTYPE\s+([^\s>\[]+)(?:\s+PUBLIC\s+(?:"([^"]*)"|'([^']*)')|\s+SYSTEM)?(?:\s+(?:"([^"]*)"|'([^']*)'))?`)

// optionsOf returns the options of the other tests, with the document type of a document added.
func optionsOf(document []byte) xmlread.Options {
	o := options
	if d := doctypes.FindSubmatch(document); d != nil {
		o.Doctypes = append([]xmlread.DocumentType{{Name: string(d[1]), Public: string(d[2]) + string(d[3]), System: string(d[4]) + string(d[5])}}, o.Doctypes...)
	}
	return o
}

// pieces are parts of documents that mutated inserts anywhere.
var pieces = strings.Split("<![CDATA[~]]>~<!--~-->~--~<?x~?>~<a>~</a>~<a/>~&amp;~&#10;~&#x41;~&#0;~&nbsp;~\"~'~=~/~>~<~&~:~ ~\n~\r\n~\t~\r~xmlns=\"\"~xmlns:a=\"u\"~a:b=\"c\"~ a=\"b\"~"+
	"é~\u00b7~\u037e~\u2028~\u0085~\ufffe~\x00~\xff~\xc0\x80~]]~;~%~standalone=\"yes\"~ encoding=\"UTF-8\"~encoding = 'iso-8859-1'~<?xml version=\"1.0\"?>~<!DOCTYPE a>", "~")

// mutated returns a document with up to three small changes.
func mutated(r *rand.Rand, document []byte) []byte {
	p := bytes.Clone(document)
	for range 1 + r.IntN(3) {
		i, j := r.IntN(len(p)+1), r.IntN(len(p)+1)
		i, j = min(i, j), max(i, j)
		switch j = min(j, i+40); r.IntN(5) {
		case 0:
			if i < len(p) {
				p[i] ^= 1 << r.IntN(8)
			}
		case 1, 2:
			p = append(p[:i:i], pieces[r.IntN(len(pieces))]+string(p[i:])...)
		case 3:
			p = append(p[:i:i], p[j:]...)
		case 4:
			p = append(p[:j:j], p[i:]...)
		}
	}
	return p
}
