package inspect_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamespacesOfData(t *testing.T) {
	for _, space := range []string{
		"", "urn:x", "http://example.com/", "http://www.portalfiscal.inf.br/nfe", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
		"http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2009/xmldsig11#", "http://www.w3.org/2001/04/xmlenc#",
		"http://www.w3.org/2005/08/addressing", "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/",
		"http://www.w3.org/2002/07/owl#", "http://www.w3.org/ns/ttml", "http://www.w3.org/ns/ttml#styling", "http://www.w3.org/2001/XMLSchema",
		"http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/2005/Atom", "http://www.xbrl.org/2003/instance",
	} {
		require.NoError(t, xmlVerdict(t, newXML, `<a xmlns="`+space+`" b="c"><d e="f"/></a>`), space)
	}
	for _, in := range []string{
		`<a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://example.com/" xml:lang="en" xml:base="b"/>`,
		`<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u https://example.com/u.xsd"/>`,
		`<a><math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow><mi mathvariant="bold">x</mi><mo stretchy="false">+</mo></mrow></math></a>`,
		`<?xml version="1.0"?><?OFX OFXHEADER="200"?><a/>`,
		`<?xml-model href="https://example.com/tei.rng"?><a/>`,
		`<a onclick="x"><script>x</script><iframe src="x"/></a>`,
	} {
		require.NoError(t, xmlVerdict(t, newXML, in), in)
	}
}

func TestNamespacesThatAct(t *testing.T) {
	for _, space := range []string{
		"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/XSL/Transform", "http://www.w3.org/1999/XSL/Format",
		"http://www.w3.org/2001/XInclude", "http://www.w3.org/2003/XInclude", "http://www.w3.org/2002/xforms", "http://www.w3.org/2001/xml-events",
		"http://www.w3.org/ns/xbl", "http://www.w3.org/ns/xproc", "http://www.w3.org/2001/vxml", "http://www.w3.org/TR/WD-xsl", "http://www.w3.org/1999/html",
		"http://www.w3.org/", "http://www.mozilla.org/xbl", "http://www.mozilla.org/keymaster/gatekeeper/there.is.only.xul",
		"http://schemas.microsoft.com/office/word/2003/wordml", "urn:schemas-microsoft-com:office:spreadsheet", "http://schemas.microsoft.com/office/2006/xmlPackage",
		"http://schemas.microsoft.com/winfx/2006/xaml/presentation", "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
	} {
		const code = "active_content markup"
		require.Equal(t, code, found(xmlVerdict(t, newXML, `<a xmlns="`+space+`"/>`)).code, space)
		require.Equal(t, code, found(xmlVerdict(t, newXML, `<a><b><p:c xmlns:p="`+space+`"/></b></a>`)).code, space)
		require.Equal(t, code, found(xmlVerdict(t, newXML, `<a xmlns:p="`+space+`"><b p:c="d"/></a>`)).code, space)
		require.Equal(t, code, found(xmlVerdict(t, newXML, `<a xmlns:p="`+space[:1]+`&#x`+hex(space[1])+`;`+space[2:]+`"><p:b/></a>`)).code, space)
	}
	const math = `<math xmlns="http://www.w3.org/1998/Math/MathML"`
	for _, in := range []string{
		math + ` onclick="alert(1)"/>`,
		math + ` href="javascript:alert(1)"/>`,
		math + ` style="a"/>`,
		math + ` xmlns:l="http://www.w3.org/1999/xlink" l:href="javascript:alert(1)"/>`,
		math + ` xmlns:l="http://www.w3.org/1999/xlink"><mi l:type="simple" l:href="https://example.com/" l:show="embed" l:actuate="onLoad">x</mi></math>`,
		math + `><maction actiontype="statusline"/></math>`,
		math + `><mglyph src="https://example.com/"/></math>`,
		math + `><annotation-xml/></math>`,
		math + `><mtext><x:img xmlns:x="http://www.w3.org/1999/xhtml"/></mtext></math>`,
	} {
		require.Equal(t, "active_content markup", found(xmlVerdict(t, newXML, in)).code, in)
	}
	for _, in := range []string{
		`<?xml-stylesheet href="#a"?><a/>`, `<a/><?xml-stylesheet href="a"?>`, `<?php x?><a/>`, `<a><?mso-application progid="Word.Document"?></a>`,
		`<?cocoon-process type="xslt"?><a/>`, `<?import x?><a/>`,
	} {
		require.Equal(t, "active_content processing_instruction", found(xmlVerdict(t, newXML, in)).code, in)
	}
}

func hex(c byte) string { return string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]) }
