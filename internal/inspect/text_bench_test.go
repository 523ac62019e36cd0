package inspect_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
)

// streamed is the beginning of a text, and a unit that may follow any number of times.
type streamed struct{ name, mediaType, head, unit string }

// streamedTexts returns usual contents of types that are text.
func streamedTexts() []streamed {
	svg := `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">`
	path := `<path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2z" fill="#fff"/>` + "\n"
	return []streamed{
		{"text/english", "text/plain", "", "The quick brown fox jumps over the lazy dog, 0123456789.\n"},
		{"text/code", "text/plain", "", "\tfor (i = 0; i < n; i++) { List<String> x = f(a, b); }\r\n"},
		{"text/comparisons", "text/plain", "", "i<n, j = k[1] + 2;\n"},
		{"text/czech", "text/plain", "", "Příliš žluťoučký kůň úpěl ďábelské ódy.\n"},
		{"text/chinese", "text/plain", "", "敏捷的棕色狐狸跳过了懒狗。\n"},
		{"csv/words", "text/csv", "id,name,city\n", "1042,Jane Doe,Paris,2024-05-01,19.99,jane@example.com,open\n"},
		{"csv/quoted", "text/csv", "", "\"1042\",\"Jane Doe\",\"Paris, France\",\"2024-05-01\",\"19.99\"\r\n"},
		{"csv/numbers", "text/csv", "", "-73.98,40.75,12,-0.5,1e-3,1013.25\n"},
		{"csv/mixed", "text/csv", "", "2024-05-01,\"Jane, Doe\",-12.50,jane@example.com,+49 30 1234\n"},
		{"csv/chinese", "text/csv", "", "编号,姓名,城市,敏捷的棕色狐狸\n"},
		{"csv/sentences", "text/csv", "", "one long line of words in a cell without end and without any sign "},
		{"json/records", "application/json", "[", `{"id": 1042, "name": "Jane Doe", "tags": ["a", "b"], "price": 19.99, "open": true, "note": null},` + "\n"},
		{"json/numbers", "application/json", "[", "-73.98,40.75,12,0.5,1e-3,1013.25,\n"},
		{"json/sentences", "application/json", "[", `"The quick brown fox jumps over the lazy dog, 0123456789.",` + "\n"},
		{"xml/records", "text/xml", `<list xmlns="urn:x" xmlns:w="urn:w">` + "\n", `  <item id="1042" w:kind="open"><name>Jane &amp; Joe</name><w:t>Lorem ipsum</w:t></item>` + "\n"},
		{"xml/sentences", "text/xml", "<list>", "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor</p>\n"},
		{"svg/icons", "image/svg+xml", svg, path},
		{"svg/drawing", "image/svg+xml", svg, `  <g id="g12" transform="translate(1,2)"><use xlink:href="#a" x="1" y="2" style="fill:#fff;stroke:none"/><rect class="b" width="10" height="5"/></g>` + "\n"},
		{"svg/texts", "image/svg+xml", svg, `<text x="1.5" y="2.5" font-size="12"><tspan>Label</tspan></text>` + "\n"},
		{"svg/paths", "image/svg+xml", svg, `<path class="a" d="M0 0` + strings.Repeat(" c1.25-3.5 4 2 6.75 8", 80) + `z"/>` + "\n"},
	}
}

// TestTextsAllocateNothing checks that a piece in the middle of a long file takes no new memory.
func TestTextsAllocateNothing(t *testing.T) {
	for _, c := range streamedTexts() {
		w := strictInspector(c.mediaType)
		_, err := w.Write([]byte(c.head))
		require.NoError(t, err, c.name)
		piece := []byte(strings.Repeat(c.unit, 32<<10/len(c.unit)))
		require.Zero(t, testing.AllocsPerRun(20, func() { _, err = w.Write(piece) }), c.name)
		require.NoError(t, err, c.name)
		if closer, ok := w.(io.Closer); ok {
			require.NoError(t, closer.Close())
		}
	}
}

// BenchmarkTexts measures inspectors of text: with usual contents in the middle of a long file, and
// with the worst known files up to their refusal.
func BenchmarkTexts(b *testing.B) {
	for _, c := range streamedTexts() {
		b.Run(c.name, func(b *testing.B) { benchmarkStream(b, c.mediaType, c.head, c.unit) })
	}
	for _, c := range corpus.CostlyFiles() {
		if isTextType(c.Type) {
			b.Run(strings.ReplaceAll(c.About, " ", "_"), func(b *testing.B) {
				content := c.Make(1 << 20)
				b.SetBytes(int64(seen(strictInspector(c.Type), content)))
				b.ReportAllocs()
				for b.Loop() {
					seen(strictInspector(c.Type), content)
				}
			})
		}
	}
}

func isTextType(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "xml") || strings.HasSuffix(mediaType, "json")
}

// benchmarkStream writes pieces of 32 KiB to one inspector.
func benchmarkStream(b *testing.B, mediaType, head, unit string) {
	b.Helper()
	w := strictInspector(mediaType)
	if _, err := w.Write([]byte(head)); err != nil {
		b.Fatal(err)
	}
	piece := []byte(strings.Repeat(unit, 32<<10/len(unit)))
	b.SetBytes(int64(len(piece)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Write(piece); err != nil {
			b.Fatal(fmt.Errorf("%s: %w", mediaType, err))
		}
	}
}
