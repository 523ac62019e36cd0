package xmlread_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/xmlread"
)

// readEachWay reads a document whole and cut, and returns the common result.
func readEachWay(t *testing.T, document string) (string, error) {
	t.Helper()
	lines, err := read(strings.NewReader(document), options)
	for _, lengths := range [][]int{{1}, {3, 1, 7}, {509, 2}} {
		again, errAgain := read(cuts([]byte(document), lengths...), options)
		require.Equal(t, err, errAgain, "%.300q", document)
		require.Equal(t, lines, again, "%.300q", document)
	}
	return strings.Join(lines, "\n"), err
}

func TestReads(t *testing.T) {
	for _, c := range []struct{ about, document, want string }{
		{"an empty element", `<a/>`, "start a\nend a"},
		{"an element", `<a></a >`, "start a\nend a"},
		{"white space around", " \n<a/>\r\n", "start a\nend a"},
		{"attributes", `<a b="1" c = '2"' d=""/>`, `start a b="1" c="2\"" d=""` + "\nend a"},
		{"references in values", `<a b="&lt;&#65;&#x42;&quot;&apos;&gt;&amp;&#x1F600;"/>`, `start a b="<AB\"'>&😀"` + "\nend a"},
		{"white space in values", "<a b='1\n2\t3\r\n4&#10;5'/>", `start a b="1 2 3 4\n5"` + "\nend a"},
		{"text", `<a>b &amp; c&#9;]] ]&gt;]]&gt;é</a>`, "start a\ntext \"b & c\\t]] ]>]]>é\"\nend a"},
		{"line ends", "<a>b\r\nc\rd\n\r</a>", "start a\ntext \"b\\nc\\nd\\n\\n\"\nend a"},
		{"CDATA", `<a>x<![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>`, "start a\ntext \"x<b>&amp;]]>\"\nend a"},
		{"comments", `<!-- - > --><a>x<!----><!-- <b> -->y</a><!-- end -->`, "start a\ntext \"xy\"\nend a"},
		{"instructions", `<?b?><a><?c d?e??></a><?f ?>`, "instruction b \"\"\nstart a\ninstruction c \"d?e?\"\nend a\ninstruction f \"\""},
		{"a long instruction", `<?b ` + strings.Repeat("c?", 20000) + `?><a/>`, `instruction b "` + strings.Repeat("c?", xmlread.MaxData/2) + "\"\nstart a\nend a"},
		{"a default namespace", `<a xmlns="u"><b c="1"/><d xmlns=""/></a>`, "start {u}a\nstart {u}b c=\"1\"\nend {u}b\nstart d\nend d\nend {u}a"},
		{
			"prefixes", `<p:a xmlns:p="u" p:b="1" b="2" xml:lang="en"><p:a xmlns:p="v"/><p:c/></p:a>`,
			"start {u}a {u}b=\"1\" b=\"2\" {http://www.w3.org/XML/1998/namespace}lang=\"en\"\nstart {v}a\nend {v}a\nstart {u}c\nend {u}c\nend {u}a",
		},
		{"a declaration after its use", `<p:a p:b="1" xmlns:p="u"/>`, "start {u}a {u}b=\"1\"\nend {u}a"},
		{"names of other scripts", `<né ã="1" 名="2"><x-1.y_z·/></né>`, "start né ã=\"1\" 名=\"2\"\nstart x-1.y_z·\nend x-1.y_z·\nend né"},
		{"a known document type", `<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'` + "\n" + `"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" ><svg/>`, "start svg\nend svg"},
		{"a short document type", `<!DOCTYPE svg><svg/>`, "start svg\nend svg"},
		{"characters of the document type", asXHTML + `<html a="1&nbsp;&ni;&lt;">2&nbsp;&ni;&lt;</html>`, "start html a=\"1\\u00a0∋<\"\ntext \"2\\u00a0∋<\"\nend html"},
		{"characters in a long value", asXHTML + `<html a="` + strings.Repeat("&ni;", 1500) + `"/>`, `start html a="` + strings.Repeat("∋", 1500) + "\"\nend html"},
		{
			"a namespace that is fixed", "<!DOCTYPE svg [\n <!ATTLIST svg\n  xmlns:xlink CDATA #FIXED \"http://www.w3.org/1999/xlink\">\n] ><svg xmlns:xlink='http://www.w3.org/1999/xlink' xlink:b='c'/>",
			`start svg {http://www.w3.org/1999/xlink}b="c"` + "\nend svg",
		},
		{"a namespace that is fixed and not used", fixed + `<svg/>`, "start svg\nend svg"},
		{
			"known entities", `<!DOCTYPE svg [` + "\n\t" + `<!ENTITY ns_svg "http://www.w3.org/2000/svg"> <!ENTITY ns_ai 'http://ns.adobe.com/AdobeIllustrator/10.0/' >` + "\n" + `] >` +
				`<svg xmlns="&ns_svg;" b="&lt;&ns_ai;&#10;"/>`,
			"start {http://www.w3.org/2000/svg}svg b=\"<http://ns.adobe.com/AdobeIllustrator/10.0/\\n\"\nend {http://www.w3.org/2000/svg}svg",
		},
		{"a byte order mark", "\xef\xbb\xbf<a>é</a>", "start a\ntext \"é\"\nend a"},
		{"a long value", `<a b="1" c="` + strings.Repeat("x&amp;\t", 3000) + `" d="2"/>`, `start a b="1" c="` + strings.Repeat("x& ", 3000) + `" d="2"` + "\nend a"},
		{"a value of the greatest held length", `<a b="` + strings.Repeat("x", 4096) + `"/>`, `start a b="` + strings.Repeat("x", 4096) + `"` + "\nend a"},
		{"long values in one tag", `<a b="` + strings.Repeat("x", 9000) + `" c="` + strings.Repeat("y", 4097) + `"/>`, `start a b="` + strings.Repeat("x", 9000) + `" c="` + strings.Repeat("y", 4097) + `"` + "\nend a"},
		{"a long text", `<a>` + strings.Repeat("é&lt;]", 5000) + `</a>`, "start a\ntext \"" + strings.Repeat("é<]", 5000) + "\"\nend a"},
		{"as many attributes as there may be", `<a` + attributes(256) + `/>`, `start a` + attributes(256) + "\nend a"},
		{"as deep as there may be", strings.Repeat("<a>", 128) + strings.Repeat("</a>", 128), strings.Repeat("start a\n", 128) + strings.Repeat("end a\n", 127) + "end a"},
	} {
		got, err := readEachWay(t, c.document)
		require.NoError(t, err, c.about)
		require.Equal(t, c.want, got, c.about)
	}
}

// attributes returns n attributes with different names.
func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a" + strings.Repeat("b", i/100) + string(rune('a'+i%100/10)) + string(rune('a'+i%10)) + `="1"`)
	}
	return b.String()
}

func TestRefuses(t *testing.T) {
	const (
		damaged, truncated, trailing = xmlread.Damaged, xmlread.Truncated, xmlread.Trailing
		tooMuch, doctype             = xmlread.Complex, xmlread.Doctype
	)
	for _, c := range []struct {
		document string
		kind     xmlread.Kind
		line     int
	}{
		{``, truncated, 1},
		{" \n", truncated, 2},
		{`hello`, damaged, 1},
		{`<`, truncated, 1},
		{`<a`, truncated, 1},
		{"<a>\n", truncated, 2},
		{`<a b="1`, truncated, 1},
		{`<a><!-- `, truncated, 1},
		{`<a><![CDATA[`, truncated, 1},
		{`<a>&am`, truncated, 1},
		{"<a>\xc3", truncated, 1},
		{`<a/>x`, trailing, 1},
		{"<a/>\n<b/>", trailing, 2},
		{"<a/>\x00", damaged, 1},
		{"<a>\n\n</b>", damaged, 3},
		{`</a>`, damaged, 1},
		{`<a></a></a>`, damaged, 1},
		{`< a/>`, damaged, 1},
		{`<a/ >`, damaged, 1},
		{`<a b/>`, damaged, 1},
		{`<a b=1/>`, damaged, 1},
		{`<a b="1"c="2"/>`, damaged, 1},
		{`<a b="1" b="2"/>`, damaged, 1},
		{`<a xmlns="u" xmlns="v"/>`, damaged, 1},
		{`<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`, damaged, 1},
		{`<a b="<"/>`, damaged, 1},
		{`<a b="&"/>`, damaged, 1},
		{`<a b="&nbsp;"/>`, damaged, 1},
		{`<a b="&#0;"/>`, damaged, 1},
		{`<a b="&#X41;"/>`, damaged, 1},
		{`<a b="&#xD800;"/>`, damaged, 1},
		{`<a b="&#x110000;"/>`, damaged, 1},
		{`<a b="&#99999999999;"/>`, damaged, 1},
		{`<a b="&#` + strings.Repeat("0", 60) + `65;"/>`, damaged, 1},
		{`<a>&;</a>`, damaged, 1},
		{`<a>& b</a>` + strings.Repeat(" ", 60), damaged, 1},
		{`<a>&ns_svg;</a>`, damaged, 1},
		{`<html>&nbsp;</html>`, damaged, 1},
		{`<!DOCTYPE html><html>&nbsp;</html>`, damaged, 1},
		{`<!DOCTYPE svg><svg a="&nbsp;"/>`, damaged, 1},
		{asXHTML + `<html>&nbs;</html>`, damaged, 1},
		{asXHTML + `<html a="&nbs;"/>`, damaged, 1},
		{strings.Replace(asXHTML, ">", `[<!ENTITY nbsp "x">]>`, 1) + `<html/>`, doctype, 1},
		{`<a>]]></a>`, damaged, 1},
		{"<a>\x01</a>", damaged, 1},
		{"<a>\uffff</a>", damaged, 1},
		{"<a>\xed\xa0\x80</a>", damaged, 1},
		{"<a>caf\xe9 x</a>", damaged, 1},
		{"<a>\xc0\xbc</a>", damaged, 1},
		{`<!-- -- --><a/>`, damaged, 1},
		{`<![CDATA[]]><a/>`, damaged, 1},
		{`<a><![cdata[]]></a>`, damaged, 1},
		{`<a><!DOCTYPE a></a>`, damaged, 1},
		{`<!doctype svg><svg/>`, damaged, 1},
		{`<!DOCTYPE svg><!DOCTYPE svg><svg/>`, damaged, 1},
		{`<:a/>`, damaged, 1},
		{`<a:/>`, damaged, 1},
		{`<a:b:c xmlns:a="u"/>`, damaged, 1},
		{`<-a/>`, damaged, 1},
		{`<a><1/></a>`, damaged, 1},
		{`<×/>`, damaged, 1},
		{`<p:a/>`, damaged, 1},
		{`<a p:b="1"/>`, damaged, 1},
		{`<a xmlns:p=""/>`, damaged, 1},
		{`<a xmlns:xml="u"/>`, damaged, 1},
		{`<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`, damaged, 1},
		{`<a xmlns:xmlns="u"/>`, damaged, 1},
		{`<xmlns:a/>`, damaged, 1},
		{`<?xml?><a/>`, damaged, 1},
		{`<a/><?XML version="1.0"?>`, damaged, 1},
		{`<?a:b?><a/>`, damaged, 1},
		{`<?a"b"?><a/>`, damaged, 1},

		{`<!DOCTYPE a><a/>`, doctype, 1},
		{`<!DOCTYPE svg SYSTEM "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>`, doctype, 1},
		{`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.com/svg11.dtd"><svg/>`, doctype, 1},
		{`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG'x'http://www.w3.org/" "http://example.com/a.dtd"><svg/>`, doctype, 1},
		{`<!DOCTYPE svg [<!ENTITY a "b">]><svg/>`, doctype, 1},
		{`<!DOCTYPE svg [<!ENTITY ns_svg "b">]><svg/>`, doctype, 1},
		{`<!DOCTYPE svg [<!ENTITY % ns_svg "http://www.w3.org/2000/svg">]><svg/>`, doctype, 1},
		{`<!DOCTYPE svg [<!ENTITY ns_svg SYSTEM "http://www.w3.org/2000/svg">]><svg/>`, doctype, 1},
		{`<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]><svg/>`, doctype, 1},
		{`<!DOCTYPE svg [%a;]><svg/>`, doctype, 1},
		{fixed + `<svg xmlns:xlink="u"/>`, doctype, 1},
		{fixed + `<svg><a xmlns:xlink="u"><svg xlink:href="b"/></a></svg>`, doctype, 1},
		{fixed + `<svg xlink:href="b"/>`, damaged, 1},
		{strings.Replace(fixed, "1999", "2000", 1) + `<svg/>`, doctype, 1},
		{strings.Replace(fixed, "xmlns:xlink", "xmlns:svg", 1) + `<svg/>`, doctype, 1},
		{strings.Replace(fixed, "xmlns:xlink", "xlink", 1) + `<svg/>`, doctype, 1},
		{strings.Replace(fixed, "#FIXED ", "", 1) + `<svg/>`, doctype, 1},
		{strings.Replace(fixed, "CDATA", "ID", 1) + `<svg/>`, doctype, 1},
		{strings.Replace(fixed, ">]", ` onload CDATA "alert(1)">]`, 1) + `<svg/>`, doctype, 1},

		{strings.Repeat("<a>", 129), tooMuch, 1},
		{`<a` + attributes(257) + `/>`, tooMuch, 1},
		{`<` + strings.Repeat("a", 257) + `/>`, tooMuch, 1},
		{`<a ` + strings.Repeat("b", 257) + `="1"/>`, tooMuch, 1},
		{`<a xmlns="` + strings.Repeat("b", 5000) + `"/>`, tooMuch, 1},
		{`<a` + strings.Repeat(" ", 20_000) + `/>`, tooMuch, 1},
		{`<a` + strings.Repeat("\n", 20_000) + `/>`, tooMuch, 18<<10 - 1},
		{strings.Repeat(`<`+strings.Repeat("a", 200)+`>`, 50), tooMuch, 1},
		{strings.Repeat(`<a xmlns:b="`+strings.Repeat("b", 4000)+`">`, 3), tooMuch, 1},
		{strings.Repeat(`<a xmlns:b="u">`, 120) + `<a` + strings.Repeat(` xmlns:b="u"`, 137) + `/>`, tooMuch, 1},
	} {
		_, err := readEachWay(t, c.document)
		var f *xmlread.Fault
		require.ErrorAs(t, err, &f, "%.300q", c.document)
		require.Equal(t, c.kind, f.Kind, "%.300q: %v", c.document, err)
		require.Equal(t, c.line, f.Line, "%.300q", c.document)
	}
}

// TestLineAfterDeclaration checks that line ends within the declaration count, even if the root
// element directly follows it.
func TestLineAfterDeclaration(t *testing.T) {
	r := xmlread.New(strings.NewReader("<?xml\nversion=\"1.0\"?><a>\n<b/></a>"), xmlread.Options{})
	var lines []int
	for {
		token, err := r.Next()
		if err != nil {
			require.Equal(t, io.EOF, err)
			break
		}
		if token == xmlread.Start {
			lines = append(lines, r.Line())
		}
	}
	require.Equal(t, []int{2, 3}, lines)
}
