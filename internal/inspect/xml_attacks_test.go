package inspect_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
)

const doubleByte = "\xc3\x83" // in Shift_JIS and similar encodings the second byte and "]" are one character

// TestEncodingsThatHideScripts: a document is refused if it declares an encoding in which readers
// see another document, in any spelling.
func TestEncodingsThatHideScripts(t *testing.T) {
	for _, declaration := range []string{
		`<?xml version="1.0" encoding = "Shift_JIS"?>`,
		`<?xml version="1.0" encoding= "Shift_JIS"?>`,
		`<?xml version="1.0" encoding ='Shift_JIS'?>`,
		"<?xml version=\"1.0\" encoding\t=\"GB18030\"?>",
		"<?xml version=\"1.0\" encoding\n=\"Big5\"?>",
		"<?xml version=\"1.0\"\r\nencoding\r\n=\r\n'EUC-JP'\r\n?>",
		`<?xml version='1.0' encoding = 'EUC-KR' standalone='yes'?>`,
		`<?xml version = '1.0' encoding = "GBK"?>`,
		`<?xml version="1.0" encoding = "ISO-2022-JP"?>`,
		`<?xml version="1.0" encoding = "UTF-7"?>`,
		`<?xml version="1.0" encoding = "UTF-16"?>`,
		`<?xml version="1.0" encoding="UTF-8" encoding = "Shift_JIS"?>`,
		`<?xml version="1.0" encoding="UTF-8"?><?xml version="1.0" encoding = "Shift_JIS"?>`,
		`<?xml version="1.0" standalone="yes" encoding = "Shift_JIS"?>`,
		`<?xml version="1.1" encoding = "Shift_JIS"?>`,
		`<?xml encoding = "Shift_JIS" version="1.0"?>`,
	} {
		require.Error(t, xmlVerdict(t, newSVG, declaration+picture(
			`<desc><![CDATA[ `+doubleByte+`]]><?xpacket ]]></desc><script>alert(1)</script><desc><!-- ?> --></desc>`)), declaration)
		require.Error(t, xmlVerdict(t, newSVG, declaration+picture(`<desc/>`)), declaration)
		require.Error(t, xmlVerdict(t, newXML, declaration+
			`<a><![CDATA[ `+doubleByte+`]]><?xpacket ]]><x xmlns="http://www.w3.org/1999/XSL/Transform"/><!-- ?> --></a>`), declaration)
		require.Error(t, xmlVerdict(t, newXML, declaration+`<a/>`), declaration)
	}
}

// TestDocumentTypesInUTF16: UTF-16 is decoded before anything is judged, so document types are
// found in it.
func TestDocumentTypesInUTF16(t *testing.T) {
	const entity = `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`
	for _, in := range []string{
		le("<?xpacket \u3f3e\u3c72?>" + entity),
		be("<?xpacket \u3e3f\u723c?>" + entity),
		le("<!-- \u2d2d\u3e3c -->" + entity),
		be("<!-- \u2d2d\u3e3c -->" + entity),
		le(`<?xml version="1.0" encoding="UTF-16"?>` + entity),
		be(`<?xml version="1.0"?>` + "\n" + entity),
		le(entity),
	} {
		require.Equal(t, "active_content document_type", found(xmlVerdict(t, newXML, in)).code, "%.60q", in)
		require.Equal(t, "active_content document_type", found(xmlVerdict(t, newSVG, in)).code, "%.60q", in)
	}
	for _, in := range []string{le(entity)[2:], be(entity)[2:]} {
		require.Equal(t, "unsupported_variant", found(xmlVerdict(t, newXML, in)).code, "%.60q", in)
	}
}

// TestDocumentTypesOfOthers: a document type is refused unless svgDoctypes lists it, and its
// declarations are those of Illustrator or Sodipodi.
func TestDocumentTypesOfOthers(t *testing.T) {
	for _, declaration := range []string{
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG'x'http://www.w3.org/" "http://example.com/a.dtd">`,
		`<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN"x"http://www.w3.org/' 'http://example.com/a.dtd'>`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/">`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/../a.dtd">`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org@example.com/Graphics/SVG/1.1/DTD/svg11.dtd">`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd?a">`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 9//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">`,
		`<!DOCTYPE svg SYSTEM "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">`,
		`<!DOCTYPE svg SYSTEM "http://www.w3.org/" [<!ENTITY % a SYSTEM "http://example.com/a.dtd">]>`,
		`<!DOCTYPE g PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ATTLIST svg onload CDATA "alert(1)">]>`,
		`<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/1999/xhtml">]>`,
		`<!DOCTYPE svg [<!ENTITY ns_x "&#60;script>">]>`,
		`<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg"><!ELEMENT svg ANY>]>`,
		`<!DOCTYPE svg [<!-- --><!ENTITY ns_svg "http://www.w3.org/2000/svg">]>`,
	} {
		require.Equal(t, "active_content document_type", found(xmlVerdict(t, newSVG, declaration+picture(``))).code, declaration)
	}
}

// stalling returns beginnings of documents that never end, each made to hold memory or to take
// work.
func stalling() map[string]string {
	size := rounds.Of(200_000, 300_000)
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	root := picture(``)[:len(picture(``))-len(`</svg>`)]
	return map[string]string{
		"one tag of equal attributes":    root + `<g` + fill(` a=""`),
		"one tag of values":              root + `<g style="` + strings.Repeat("x", 4000) + `"` + fill(` b="`+strings.Repeat("x", 4000)+`"`),
		"one tag of namespaces":          root + `<g` + fill(` xmlns:a="b"`),
		"many namespaces":                root + fill(`<g xmlns:abcdefgh="`+strings.Repeat("b", 100)+`">`),
		"many small elements":            root + fill(`<g/>`),
		"deep elements":                  root + strings.Repeat(`<g>`, 120) + fill(`<g></g>`),
		"one path":                       root + `<path d="` + fill("M0 0"),
		"one style attribute":            root + `<path style="` + fill(`fill:url(#a);`),
		"one style sheet of references":  root + `<style>` + fill(`url(#`),
		"one style sheet of escapes":     root + `<style>` + fill(`\75`),
		"one style sheet of strings":     root + `<style>` + fill(`"\"`),
		"one style sheet with one name":  root + `<style>` + fill(`a`),
		"one text":                       root + `<text>` + fill("x"),
		"one text of references":         root + `<text>` + fill("&lt;"),
		"one comment":                    root + `<!--` + fill("x-"),
		"one CDATA section":              root + `<text><![CDATA[` + fill("]"),
		"one instruction":                root + `<?xpacket ` + fill("?"),
		"one picture":                    root + `<image href="data:image/png;base64,` + fill("AAAA"),
		"white space in a tag":           root + `<g` + fill(" "),
		"one document type":              `<!DOCTYPE svg [` + fill(`<!ENTITY ns_svg "http://www.w3.org/2000/svg">`),
		"one declaration":                `<?xml version="1.0"` + fill(" "),
		"one text in UTF-16":             le(root+`<text>`) + fill("\xac\x20"),
		"elements with 64 attributes":    root + fill(`<g`+attributesOf(64)+`/>`),
		"attributes of the first prefix": root + `<g` + prefixes(200) + `>` + fill(`<g q:a="" q:b=""/>`),
	}
}

func attributesOf(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" data-" + string(rune('a'+i/26)) + string(rune('a'+i%26)) + `=""`)
	}
	return b.String()
}

func prefixes(n int) string {
	var b strings.Builder
	b.WriteString(` xmlns:q="u"`)
	for i := range n {
		b.WriteString(" xmlns:" + string(rune('a'+i/26)) + string(rune('a'+i%26)) + `="u"`)
	}
	return b.String()
}

// TestStalledXMLHoldsLittle: after the worst known beginnings an inspector holds less than 64 KiB.
func TestStalledXMLHoldsLittle(t *testing.T) {
	const many = 2
	for about, in := range stalling() {
		for kind, fresh := range map[string]func() closer{"SVG": newSVG, "XML": newXML} {
			var all [many]closer
			before := memoryInUse()
			for i := range all {
				all[i] = fresh()
				_, _ = all[i].Write([]byte(in))
			}
			held := (memoryInUse() - before) / many
			for i := range all {
				require.NoError(t, all[i].Close())
			}
			require.Less(t, held, int64(64<<10), "%s: %s", kind, about)
		}
	}
}

// memoryInUse returns the heap and the stacks in use, since a walk waits in a coroutine.
func memoryInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
