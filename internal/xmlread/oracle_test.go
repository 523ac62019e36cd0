package xmlread_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/airlock-go/upload/internal/xmlread"
)

// differences explains, by name, where encoding/xml reads an accepted document differently from the
// Reader, or needs help. The tests also give it the entities, and replace the line ends that it
// leaves in instructions. They allow no other differences.
var differences = map[string]string{
	"white space in values": "encoding/xml keeps line ends and tabs in values, where XML 1.0, 3.3.3, turns them into spaces.",
	"names":                 "encoding/xml accepts the characters of names of XML 1.0, fourth edition. The Reader accepts those of the fifth.",
	"UTF-16":                "encoding/xml reads only UTF-8, so the test decodes documents for it.",
	"bytes":                 "For the same reason the test decodes windows-1252, ISO-8859-1 and US-ASCII.",
	"UTF8":                  "encoding/xml accepts only the registered name of UTF-8.",
	"spaces":                "encoding/xml finds no encoding in a declaration with white space around its equals signs.",
}

// compare requires that encoding/xml reads a document as the same tokens, if a Reader accepts it.
// It returns the names of the differences that it found.
func compare(t *testing.T, about string, document []byte, o xmlread.Options) (accepted bool, found []string) {
	t.Helper()
	lines, err := read(bytes.NewReader(document), o)
	if err != nil {
		return false, nil
	}
	want, found, err := oracle(document, o)
	if err != nil && strings.Contains(err.Error(), "invalid XML name") && !isASCII(document) {
		lines, found, err = lines[:min(len(lines), len(want))], append(found, "names"), nil
	}
	require.NoError(t, err, about)
	if !slices.Equal(want, lines) {
		found = append(found, "white space in values")
		require.Equal(t, normalised(want), normalised(lines), about)
	}
	return true, found
}

func isASCII(p []byte) bool {
	return !slices.ContainsFunc(p, func(c byte) bool { return c >= utf8.RuneSelf })
}

// normalised turns white space in all lines except those of texts into spaces: values, and so
// namespaces, may differ in it.
func normalised(lines []string) []string {
	for i, line := range lines {
		if !strings.HasPrefix(line, "text ") {
			lines[i] = strings.NewReplacer(`\n`, " ", `\t`, " ", `\r`, " ", "\n", " ", "\t", " ", "\r", " ").Replace(line)
		}
	}
	return lines
}

var (
	declarations = regexp.MustCompile(`^(\x{feff})?<\?xml\s[^>]*\?>`)
	equalsSigns  = regexp.MustCompile(`\s*=\s*`)
)

// oracle returns the result of encoding/xml, in the form of read, and the help that it needed.
func oracle(document []byte, o xmlread.Options) (lines, help []string, err error) {
	isUTF16 := bytes.HasPrefix(document, []byte("\xff\xfe")) || bytes.HasPrefix(document, []byte("\xfe\xff"))
	if isUTF16 {
		document, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(document)
		help = append(help, "UTF-16")
	}
	if err != nil {
		return nil, help, err
	}
	document = declarations.ReplaceAllFunc(document, func(d []byte) []byte {
		plain := equalsSigns.ReplaceAll(d, []byte("="))
		if len(plain) < len(d) {
			help = append(help, "spaces")
		}
		return plain
	})
	d := xml.NewDecoder(bytes.NewReader(document))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		switch label = strings.ToLower(label); {
		case isUTF16 && label == "utf-16":
			return r, nil
		case label == "utf8":
			help = append(help, "UTF8")
			return r, nil
		case label == "iso-8859-1", label == "us-ascii", label == "windows-1252":
			help = append(help, "bytes")
			return charmap.Windows1252.NewDecoder().Reader(r), nil
		}
		return nil, fmt.Errorf("the encoding %q", label)
	}
	d.Entity = maps.Clone(o.Entities)
	for name, char := range characters {
		d.Entity[name] = string(char)
	}
	lines, err = events(d)
	return lines, help, err
}

// events returns the tokens of encoding/xml in the form of read.
func events(d *xml.Decoder) (lines []string, err error) {
	text, depth := "", 0
	for {
		token, err := d.Token()
		_, isText := token.(xml.CharData)
		_, isComment := token.(xml.Comment)
		if !isText && !isComment && text != "" {
			lines, text = append(lines, "text "+fmt.Sprintf("%q", text)), ""
		}
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return lines, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			lines = append(lines, "start "+oracleName(t.Name)+oracleAttrs(t.Attr))
		case xml.EndElement:
			depth--
			lines = append(lines, "end "+oracleName(t.Name))
		case xml.CharData:
			if depth > 0 {
				text += string(t)
			}
		case xml.ProcInst:
			if t.Target != "xml" {
				data := lineEnds.Replace(string(t.Inst)) // which encoding/xml leaves there
				lines = append(lines, fmt.Sprintf("instruction %s %q", t.Target, data[:min(len(data), xmlread.MaxData)]))
			}
		}
	}
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func oracleAttrs(attrs []xml.Attr) (all string) {
	for _, a := range attrs {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		all += fmt.Sprintf(" %s=%q", oracleName(a.Name), a.Value)
	}
	return all
}

func oracleName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return "{" + n.Space + "}" + n.Local
}
