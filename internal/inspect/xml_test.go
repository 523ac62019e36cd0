package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestXML(t *testing.T) {
	for _, in := range []string{
		`<a/>`,
		`<?xml version="1.0"?><note><to>x</to><![CDATA[<b>]]></note>`,
		`<?xml version="1.0" encoding="ISO-8859-1"?>` + "<a>caf\xe9</a>",
		`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>`,
		`<a onclick="x" href="javascript:x"/>`, // without a namespace, nothing acts on it
		"<a>" + strings.Repeat("<b>0123456789</b>", 20_000) + "</a>",
	} {
		require.NoError(t, xmlVerdict(t, newXML, in), "%.300s", in)
	}
	for _, c := range []struct{ in, reason string }{
		{``, "ends too early in line 1"},
		{"<a/>\n<!-- b", "ends too early in line 2"},
		{`{}`, "is not well-formed XML in line 1"},
		{"<a>\n<b></a>", "is not well-formed XML in line 2"},
		{`<a/><b/>`, "goes on after its root element in line 1"},
		{`<!DOCTYPE a><a/>`, "declares a document type in line 1"},
		{`<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>`, "declares a document type in line 1"},
		{`<?xml-stylesheet type="text/xsl" href="a.xsl"?><a/>`, "contains a processing instruction in line 1"},
		{`<a><s xmlns="http://www.w3.org/1999/xhtml"/></a>`, "contains elements that a browser or a server runs in line 1"},
		{`<a><x:svg xmlns:x="http://www.w3.org/2000/svg"/></a>`, "contains elements that a browser or a server runs in line 1"},
		{`<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform"/>`, "contains elements that a browser or a server runs in line 1"},
	} {
		err := xmlVerdict(t, newXML, c.in)
		require.Error(t, err, c.in)
		require.Equal(t, c.reason, err.Error(), c.in)
	}
}

func TestXMLStaysFailed(t *testing.T) {
	x := newXML()
	_, err := x.Write([]byte("<a></b>"))
	require.Error(t, err)
	n, again := x.Write([]byte("<a/>"))
	require.Zero(t, n)
	require.Equal(t, err, again)
	require.Equal(t, err, x.Verdict())
}
