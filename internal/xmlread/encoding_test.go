package xmlread_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/xmlread"
)

// TestDeclarations checks each spelling of a declaration with each encoding, in a document that is
// not UTF-16. The declaration is accepted if it follows the grammar, is of version 1.0 and not too
// long, and names a supported encoding with units of 8 bits.
func TestDeclarations(t *testing.T) {
	encodings := []struct {
		name   string
		accept bool
	}{
		{"UTF-8", true},
		{"utf-8", true},
		{"US-ASCII", true},
		{"ISO-8859-1", true},
		{"Windows-1252", true},
		{"UTF-16", false},
		{"UTF-16LE", false},
		{"UTF-7", false},
		{"UTF-32", false},
		{"Shift_JIS", false},
		{"GB18030", false},
		{"GBK", false},
		{"Big5", false},
		{"EUC-JP", false},
		{"ISO-2022-JP", false},
		{"ISO-8859-15", false},
		{"x-user-defined", false},
		{"IBM037", false},
	}
	for _, c := range []struct {
		declaration string
		fine        bool
	}{
		{`<?xml version="1.0" encoding="%"?>`, true},
		{`<?xml version='1.0' encoding='%'?>`, true},
		{`<?xml version = "1.0" encoding = "%" ?>`, true},
		{"<?xml\tversion\n=\r\n'1.0'\r\nencoding\t=\n\"%\"\n?>", true},
		{`<?xml version="1.0" encoding="%" standalone="yes"?>`, true},
		{`<?xml version="1.0" encoding="%" standalone = 'no' ?>`, true},
		{"<?xml version=\"1.0\"" + strings.Repeat(" ", 400) + "encoding=\"%\"?>", true},

		{`<?xml encoding="%" version="1.0"?>`, false},
		{`<?xml version="1.0" standalone="yes" encoding="%"?>`, false},
		{`<?xml version="1.0"encoding="%"?>`, false},
		{`<?xml version="1.0" encoding="%'?>`, false},
		{`<?xml version="1.0" encoding=%?>`, false},
		{`<?xml version="1.0" Encoding="%"?>`, false},
		{`<?xml version="1.0" encoding="%" encoding="UTF-8"?>`, false},
		{`<?xml version="1.0" encoding="UTF-8" encoding="%"?>`, false},
		{`<?xml version="1.0" encoding=" %"?>`, false},
		{`<?xml version="1.0" encoding="%" ??>`, false},
		{`<?xml version="1.0" encoding="%" x="y"?>`, false},
		{`<?xml version="1.0" encoding="%" standalone="maybe"?>`, false},
		{"<?xml version=\"1.0\"\u00a0encoding=\"%\"?>", false},
		{"<?xml version=\"1.0\"\x00encoding=\"%\"?>", false},
		{`<?xml version="1.0" encoding="%"?><?xml version="1.0" encoding="UTF-8"?>`, false},
		{`<?xml version="1.0"?><?xml version="1.0" encoding="%"?>`, false},
		{` <?xml version="1.0" encoding="%"?>`, false},
		{`<!-- --><?xml version="1.0" encoding="%"?>`, false},
		{`<?XML version="1.0" encoding="%"?>`, false},
		{`<?xml version="1.0" encoding="%">`, false},
		{`<?xml encoding="%"?>`, false},
		{`<?xml version="" encoding="%"?>`, false},
		{`<?xml version="1.1" encoding="%"?>`, false},
		{`<?xml version="1.0 " encoding="%"?>`, false},
		{"<?xml version=\"1.0\"" + strings.Repeat(" ", 600) + "encoding=\"%\"?>", false},
	} {
		for _, e := range encodings {
			document := strings.Replace(c.declaration, "%", e.name, 1) + "<a>b</a>"
			got, err := readEachWay(t, document)
			if c.fine && e.accept {
				require.NoError(t, err, document)
				require.Equal(t, "start a\ntext \"b\"\nend a", got, document)
				continue
			}
			var f *xmlread.Fault
			require.ErrorAs(t, err, &f, document)
			if c.fine {
				require.Equal(t, xmlread.Unsupported, f.Kind, document)
			}
		}
	}
}

func TestEncodings(t *testing.T) {
	const declared = `<?xml version="1.0" encoding="UTF-16"?>`
	for _, c := range []struct{ about, document, want string }{
		{"ISO-8859-1", `<?xml version="1.0" encoding="iso-8859-1"?>` + "<n\xe9>\xa0\xff</n\xe9>", "start né\ntext \"\\u00a0ÿ\"\nend né"},
		{"windows-1252", `<?xml version="1.0" encoding="windows-1252"?>` + "<a>\x80\x93\xe9</a>", "start a\ntext \"€“é\"\nend a"},
		{"UTF-16, little-endian", utf16("<né>\r\n😀&amp;</né>", false), "start né\ntext \"\\n😀&\"\nend né"},
		{"UTF-16, big-endian", utf16("<né>\r\n😀&amp;</né>", true), "start né\ntext \"\\n😀&\"\nend né"},
		{"declared UTF-16", utf16(declared+"<a/>", false), "start a\nend a"},
		{"declared UTF-16, big-endian", utf16(declared+"<a/>", true), "start a\nend a"},
		{"UTF-16 with a declaration that names no encoding", utf16(`<?xml version="1.0"?><a/>`, true), "start a\nend a"},
		{"declared UTF-8 with a byte order mark", "\xef\xbb\xbf" + `<?xml version="1.0" encoding="UTF-8"?><a/>`, "start a\nend a"},
		{"a long document in UTF-16", utf16("<a>"+strings.Repeat("é€😀", 4000)+"</a>", false), "start a\ntext \"" + strings.Repeat("é€😀", 4000) + "\"\nend a"},
	} {
		got, err := readEachWay(t, c.document)
		require.NoError(t, err, c.about)
		require.Equal(t, c.want, got, c.about)
	}
}

func TestEncodingsRefused(t *testing.T) {
	const (
		damaged, truncated, unsupported = xmlread.Damaged, xmlread.Truncated, xmlread.Unsupported
		ascii                           = `<?xml version="1.0" encoding="us-ascii"?>`
		latin                           = `<?xml version="1.0" encoding="iso-8859-1"?>`
		western                         = `<?xml version="1.0" encoding="windows-1252"?>`
	)
	for _, c := range []struct {
		about, document string
		kind            xmlread.Kind
	}{
		{"a CDATA section that ends elsewhere in Shift_JIS", `<?xml version="1.0" encoding = "Shift_JIS"?><a><![CDATA[` + "\xc3\x83]]><?x ]]></a>", unsupported},
		{"US-ASCII with a byte outside of it", ascii + "<a>\xe9</a>", unsupported},
		{"ISO-8859-1 with a control character that browsers read as a quotation mark", latin + "<a>\x93</a>", unsupported},
		{"windows-1252 with a byte that has no character", western + "<a>\x81</a>", unsupported},
		{"UTF-16 without a byte order mark", utf16("<a/>", false)[2:], unsupported},
		{"UTF-16 without a byte order mark, big-endian", utf16("<a/>", true)[2:], unsupported},
		{"UTF-32", "\x00\x00\xfe\xff\x00\x00\x00<", unsupported},
		{"UTF-32, little-endian", "\xff\xfe\x00\x00<\x00\x00\x00", unsupported},
		{"EBCDIC", "Lo\xa7\x94\x93\x40\xa5\x85\x99", unsupported},
		{"UTF-16 declared as UTF-8", utf16(`<?xml version="1.0" encoding="UTF-8"?><a/>`, false), unsupported},
		{"UTF-16 declared as Shift_JIS", utf16(`<?xml version="1.0" encoding = "Shift_JIS"?><a/>`, true), unsupported},
		{"UTF-8 with a byte order mark, declared as another", "\xef\xbb\xbf" + latin + "<a/>", unsupported},
		{"UTF-16 with a lone high surrogate", "\xff\xfe<\x00a\x00>\x00\x00\xd8<\x00/\x00a\x00>\x00", damaged},
		{"UTF-16 with a lone low surrogate", "\xff\xfe<\x00a\x00>\x00\x00\xdc<\x00/\x00a\x00>\x00", damaged},
		{"UTF-16 with a zero", "\xff\xfe<\x00a\x00>\x00\x00\x00<\x00/\x00a\x00>\x00", damaged},
		{"UTF-16 of an odd length", utf16("<a/>", false) + " ", truncated},
		{"UTF-16 that ends within a pair", utf16("<a>", false) + "\x3d\xd8", truncated},
		{"two byte order marks", "\xef\xbb\xbf\xef\xbb\xbf<a/>", damaged},
		{"UTF-8 of surrogates", "<a>\xed\xa0\xbd\xed\xb8\x80</a>", damaged},
		{"overlong UTF-8", "<a>\xe0\x80\xbc</a>", damaged},
		{"a declaration that is cut off", `<?xml version="1.0"`, truncated},
		{"version 1.1", `<?xml version="1.1"?><a/>`, unsupported},
	} {
		_, err := readEachWay(t, c.document)
		var f *xmlread.Fault
		require.ErrorAs(t, err, &f, c.about)
		require.Equal(t, c.kind, f.Kind, "%s: %v", c.about, err)
	}
}

// TestSourceErrorsAreReturnedUnchanged checks that an error of the source is returned as it is, and
// again by later calls.
func TestSourceErrorsAreReturnedUnchanged(t *testing.T) {
	broken := errors.New("broken")
	for _, document := range []string{``, `<`, `<?xml version`, `<a>`, `<a b="`, `<a>&`, `<!--`, `<a><![CDATA[`, `<a/>`} {
		r := xmlread.New(&failing{strings.NewReader(document), broken}, xmlread.Options{})
		var err error
		for err == nil {
			_, err = r.Next()
		}
		require.Equal(t, broken, err, document)
		_, err = r.Next()
		require.Equal(t, broken, err, document)
	}
}

// failing reads r, and then fails.
type failing struct {
	r   *strings.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, _ := f.r.Read(p)
	if f.r.Len() > 0 {
		return n, nil
	}
	return n, f.err
}
