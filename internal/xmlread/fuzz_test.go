package xmlread_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzReader checks that cuts make no difference, and that encoding/xml reads an accepted document
// as the same tokens, except for what differences explains.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;" p:b='c' xmlns:p="u">d &amp; e</svg>`,
		`<a><![CDATA[x]]]]><![CDATA[>]]><!-- b --><?c d?></a>`, "<?xml version = '1.0' encoding = 'iso-8859-1' ?><a>\xe9\r\n</a>",
		utf16(`<a b="&#65;"/>`, true), `<a xmlns="u"><b xmlns=""/></a>`, `<a b="` + strings.Repeat("x&lt;", 1000) + `"/>`,
		fixed + `<svg xmlns:xlink="http://www.w3.org/1999/xlink" xlink:a="b"/>`, asXHTML + `<html a="&nbsp;&ni;">b&nbsp;&ni;&lt;</html>`,
	} {
		f.Add([]byte(s), byte(1), byte(5))
	}
	f.Fuzz(func(t *testing.T, in []byte, first, second byte) {
		lines, err := read(strings.NewReader(string(in)), options)
		again, errAgain := read(cuts(in, 1+int(first), 1+int(second)), options)
		require.Equal(t, err, errAgain)
		require.Equal(t, lines, again)
		accepted, _ := compare(t, "", in, options)
		require.Equal(t, err == nil, accepted)
	})
}
