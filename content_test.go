package upload_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/uploadtest"
)

// uploadOf returns a request that sends one file.
func uploadOf(name string, content []byte) *http.Request {
	return uploadtest.NewRequest("/upload", uploadtest.File("file", name, content))
}

// findings are the codes with which samples of CodeContent may be refused.
var findings = []upload.Code{
	upload.CodeDamaged, upload.CodeTruncated, upload.CodeTrailing, upload.CodeEncrypted, upload.CodeActiveContent,
	upload.CodeUnsupported, upload.CodeTooManyPixels, upload.CodeTooManyFrames, upload.CodeBomb, upload.CodeTooComplex,
	upload.CodeEntry, upload.CodeTypeMismatch,
}

// refusesSample requires that a hostile sample is refused with its code, or with one of findings
// for CodeContent, and that nothing is stored.
func (f *fixture) refusesSample(t *testing.T, s uploadtest.Sample) problem {
	t.Helper()
	if s.Code != upload.CodeContent {
		return f.refuses(t, s.Code, uploadOf(s.FileName, s.Content))
	}
	p := problemOf(t, f.do(uploadOf(s.FileName, s.Content)).Result())
	require.Contains(t, findings, p.Code, p.Detail)
	f.empty(t)
	return p
}

// requireFewCases requires that the refusals are of few cases, at most this many. Each case is a
// code and a kind, for which a page needs a sentence. None has the code "content", which explains
// nothing.
func requireFewCases(t *testing.T, most int, refusals []problem) {
	t.Helper()
	cases, texts := map[string]int{}, map[string]bool{}
	for _, p := range refusals {
		require.NotEqual(t, upload.CodeContent, p.Code)
		cases[fmt.Sprintf("%s %v", p.Code, p.Params["kind"])]++
		texts[p.Detail] = true
	}
	t.Logf("%d refusals, %d cases, %d texts", len(refusals), len(cases), len(texts))
	require.LessOrEqual(t, len(cases), most, "%v", cases)
}

// TestCorpus: every hostile file is refused as its sample says, and leaves nothing. With KeepAll
// every legitimate one is stored unchanged, under its type.
func TestCorpus(t *testing.T) {
	var refusals []problem
	legitimate := 0
	for s := range uploadtest.Hostile() {
		t.Run(s.Name, func(t *testing.T) {
			f := newFixture(t, upload.Types(s.Type), upload.Options{MaxFileSize: 64 << 20, Metadata: upload.KeepAll})
			refusals = append(refusals, f.refusesSample(t, s))
		})
	}
	requireFewCases(t, 40, refusals)
	for s := range uploadtest.Legitimate() {
		legitimate++
		t.Run(s.Name, func(t *testing.T) {
			f := newFixture(t, upload.Types(s.Type), upload.Options{MaxFileSize: 64 << 20, Metadata: upload.KeepAll})
			stored := f.accepts(t, uploadOf(s.FileName, s.Content))
			content, info := f.stored(t, stored[0].Key)
			require.Equal(t, string(s.Content), content)
			require.Equal(t, s.Type, info.Type)
		})
	}
	t.Logf("%d hostile files, %d legitimate ones", len(refusals), legitimate)
}

// TestWhatActsIsRefused: Types, Images and Documents refuse active files of the types that they
// name. With AllowActivePDF and AllowFormulas Documents accepts these files.
func TestWhatActsIsRefused(t *testing.T) {
	var refusals []problem
	for s := range uploadtest.Active() {
		types := []string{s.Type}
		for about, policy := range map[string]upload.Validator{
			"Types": upload.Types(s.Type), "Images": upload.Images(&upload.ImageOptions{Types: types}),
			"Documents": upload.Documents(&upload.DocumentOptions{Types: types}),
		} {
			t.Run(s.Name+" by "+about, func(t *testing.T) {
				refusals = append(refusals, newFixture(t, policy, upload.Options{MaxFileSize: 64 << 20}).refusesSample(t, s))
			})
		}
		allowed := upload.Documents(&upload.DocumentOptions{Types: types, AllowActivePDF: true, AllowFormulas: true})
		t.Run(s.Name+", allowed", func(t *testing.T) {
			newFixture(t, allowed, upload.Options{MaxFileSize: 64 << 20}).accepts(t, uploadOf(s.FileName, s.Content))
		})
	}
	requireFewCases(t, 14, refusals)
}

// TestPresets: the presets accept and refuse these files, by default and with these options.
func TestPresets(t *testing.T) {
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>`
	activePDF := "%PDF-1.7\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
	zipped := firstOf(t, "application/zip")
	damaged := []byte(pngBytes())
	copy(damaged[bytes.Index(damaged, []byte("IDAT"))+4:], "damaged")
	fixPNG(damaged)
	for _, tc := range []struct {
		about  string
		policy upload.Validator
		name   string
		body   string
		code   upload.Code
	}{
		{"Images", upload.Images(nil), "a.png", pngBytes(), ""},
		{"Images take no PDF", upload.Images(nil), "a.pdf", pdfBytes, upload.CodeTypeNotAllowed},
		{"Images take no SVG", upload.Images(nil), "a.svg", svg, upload.CodeTypeNotAllowed},
		{"Images asked for SVG", upload.Images(&upload.ImageOptions{Types: []string{"image/svg+xml"}}), "a.svg", svg, ""},
		{"Images asked for SVG, with a script", upload.Images(&upload.ImageOptions{Types: []string{"image/svg+xml"}}), "a.svg", svg[:len(svg)-6] + "<script>1</script></svg>", upload.CodeActiveContent},
		{"Images, width", upload.Images(&upload.ImageOptions{MaxWidth: 39}), "a.png", pngBytes(), upload.CodeTooManyPixels},
		{"Images, height", upload.Images(&upload.ImageOptions{MaxHeight: 29}), "a.png", pngBytes(), upload.CodeTooManyPixels},
		{"Images, pixels", upload.Images(&upload.ImageOptions{MaxPixels: 1199}), "a.png", pngBytes(), upload.CodeTooManyPixels},
		{"Images, all at the limit", upload.Images(&upload.ImageOptions{MaxWidth: 40, MaxHeight: 30, MaxPixels: 1200}), "a.png", pngBytes(), ""},
		{"Images, damaged pixels are not seen", upload.Images(nil), "a.png", string(damaged), ""},
		{"Images decoded", upload.Images(&upload.ImageOptions{Decode: true}), "a.png", pngBytes(), ""},
		{"Images decoded, damaged", upload.Images(&upload.ImageOptions{Decode: true}), "a.png", string(damaged), upload.CodeDamaged},
		{"Documents", upload.Documents(nil), "a.pdf", pdfBytes, ""},
		{"Documents that act", upload.Documents(nil), "a.pdf", activePDF, upload.CodeActiveContent},
		{"Documents with active PDF allowed", upload.Documents(&upload.DocumentOptions{AllowActivePDF: true}), "a.pdf", activePDF, ""},
		{"Documents with another kind allowed", upload.Documents(&upload.DocumentOptions{AllowPDFAttachments: true, AllowPDFRemoteLinks: true, AllowPDFCalculations: true}), "a.pdf", activePDF, upload.CodeActiveContent},
		{"Documents with attachments", upload.Documents(&upload.DocumentOptions{AllowPDFAttachments: true}), "a.pdf", strings.Replace(activePDF, "/OpenAction<</S/JavaScript/JS(app.alert(1))>>", "/EF<</F 2 0 R>>", 1), ""},
		{"Types that act", upload.Types("application/pdf"), "a.pdf", activePDF, upload.CodeActiveContent},
		{"Documents, text", upload.Documents(nil), "a.txt", "hello", ""},
		{"Documents, a table", upload.Documents(nil), "a.csv", "a,b\n-1,+2\n", ""},
		{"Documents, a formula", upload.Documents(nil), "a.csv", "a,b\n1,=2+3\n", upload.CodeActiveContent},
		{"Documents, an allowed formula", upload.Documents(&upload.DocumentOptions{AllowFormulas: true}), "a.csv", "a,b\n1,=2+3\n", ""},
		{"Documents, HTML in Markdown", upload.Documents(&upload.DocumentOptions{Types: []string{"text/markdown"}}), "a.md", "# a\n<p>b</p>\n", upload.CodeActiveContent},
		{"Documents, allowed HTML in Markdown", upload.Documents(&upload.DocumentOptions{Types: []string{"text/markdown"}, AllowMarkdownHTML: true}), "a.md", "# a\n<p>b</p>\n", ""},
		{"Images, a motion photo", upload.Images(nil), "a.jpg", motionPhoto(), upload.CodeTrailing},
		{"Images, as wide and high as required", upload.Images(&upload.ImageOptions{MinWidth: 40, MinHeight: 30}), "a.png", pngBytes(), ""},
		{"Images, narrower than required", upload.Images(&upload.ImageOptions{MinWidth: 41}), "a.png", pngBytes(), upload.CodeTooFewPixels},
		{"Images, lower than required", upload.Images(&upload.ImageOptions{MinHeight: 31}), "a.png", pngBytes(), upload.CodeTooFewPixels},
		{"Images, of no known size", upload.Images(&upload.ImageOptions{MinWidth: 1, Types: []string{"image/svg+xml"}}), "a.svg", svg, upload.CodeTooFewPixels},
		{"Images, an allowed motion photo", upload.Images(&upload.ImageOptions{AllowMotionPhotos: true}), "a.jpg", motionPhoto(), ""},
		{"Archives", upload.Archives(nil), "a.zip", zipped, ""},
		{"Archives, entries", upload.Archives(&upload.ArchiveOptions{Extensions: []string{".none"}}), "a.zip", zipped, upload.CodeEntry},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, tc.policy, upload.Options{})
			r := uploadOf(tc.name, []byte(tc.body))
			if tc.code == "" {
				f.accepts(t, r)
			} else {
				f.refuses(t, tc.code, r)
			}
		})
	}
}

// TestTooFewPixels: the sentence names the sides that are asked for, unless the size is unknown.
func TestTooFewPixels(t *testing.T) {
	svg := firstOf(t, "image/svg+xml")
	for _, tc := range []struct {
		about, name, body string
		options           upload.ImageOptions
		sentence          string
		params            map[string]any
	}{
		{
			about: "both sides", name: "a.png", body: pngBytes(), options: upload.ImageOptions{MinWidth: 41, MinHeight: 30},
			sentence: "The picture has 40 x 30 pixels. At least 41 x 30 are needed.",
			params:   map[string]any{"width": 40.0, "height": 30.0, "min_width": 41.0, "min_height": 30.0},
		},
		{
			about: "the width", name: "a.png", body: pngBytes(), options: upload.ImageOptions{MinWidth: 41},
			sentence: "The picture is 40 pixels wide. At least 41 are needed.",
			params:   map[string]any{"width": 40.0, "height": 30.0, "min_width": 41.0},
		},
		{
			about: "the height", name: "a.png", body: pngBytes(), options: upload.ImageOptions{MinHeight: 31},
			sentence: "The picture is 30 pixels high. At least 31 are needed.",
			params:   map[string]any{"width": 40.0, "height": 30.0, "min_height": 31.0},
		},
		{
			about: "no size", name: "a.svg", body: svg, options: upload.ImageOptions{MinWidth: 41, MinHeight: 1, Types: []string{"image/svg+xml"}},
			sentence: "The picture is too small, or its size is not known. Choose another one.",
			params:   map[string]any{"min_width": 41.0, "min_height": 1.0},
		},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, upload.Images(&tc.options), upload.Options{})
			p := f.refuses(t, upload.CodeTooFewPixels, uploadOf(tc.name, []byte(tc.body)))
			require.Equal(t, tc.sentence, p.Detail)
			require.Equal(t, tc.params, p.Params)
		})
	}
}

// motionPhoto returns a picture with a film after it.
func motionPhoto() string { return string(corpus.MotionPhotos()[0].Content) }

func firstOf(t *testing.T, mediaType string) string {
	t.Helper()
	for s := range uploadtest.Legitimate() {
		if s.Type == mediaType && len(s.Content) > 100 {
			return string(s.Content)
		}
	}
	t.Fatal("the corpus has no", mediaType)
	return ""
}

// fixPNG makes the checksum of the IDAT chunk right.
func fixPNG(b []byte) {
	at := bytes.Index(b, []byte("IDAT"))
	n := int(binary.BigEndian.Uint32(b[at-4:]))
	binary.BigEndian.PutUint32(b[at+4+n:], crc32.ChecksumIEEE(b[at:at+4+n]))
}
