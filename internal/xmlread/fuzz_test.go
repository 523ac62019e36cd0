package xmlread_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzReader: cuts make no difference, and what is accepted encoding/xml accepts and reads as the same tokens.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;" p:b='c' xmlns:p="u">d &amp; e</svg>`,
		`<a><![CDATA[x]]]]><![CDATA[>]]><!-- b --><?c d?></a>`, "<?xml version = '1.0' encoding = 'iso-8859-1' ?><a>\xe9\r\n</a>",
		utf16(`<a b="&#65;"/>`, true), `<a xmlns="u"><b xmlns=""/></a>`, `<a b="` + strings.Repeat("x&lt;", 1000) + `"/>`,
		asXHTML + `<html a="&nbsp;&ni;">b&nbsp;&ni;&lt;</html>`,
	} {
		f.Add([]byte(s), byte(1), byte(5))
	}
	f.Fuzz(func(t *testing.T, in []byte, first, second byte) {
		lines, err := read(strings.NewReader(string(in)), options)
		again, errAgain := read(cuts(in, 1+int(first), 1+int(second)), options)
		require.Equal(t, err, errAgain)
		require.Equal(t, lines, again)
		if err != nil || !utf8.Valid(in) && string(in[:min(2, len(in))]) != "\xff\xfe" {
			return // encoding/xml decodes UTF-8 alone
		}
		want, err := oracle(in)
		if err != nil && (strings.Contains(err.Error(), errCharset.Error()) || strings.Contains(err.Error(), "invalid XML name") && !isASCII(in)) {
			return // it knows the names of the first edition
		}
		require.NoError(t, err)
		require.Equal(t, normalized(want), normalized(lines))
	})
}

func isASCII(p []byte) bool {
	for _, c := range p {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// normalized makes spaces of the white space in values, which encoding/xml leaves.
func normalized(lines []string) []string {
	for i, line := range lines {
		if strings.HasPrefix(line, "start ") {
			lines[i] = strings.NewReplacer(`\n`, " ", `\t`, " ", `\r`, " ").Replace(line)
		}
	}
	return lines
}
