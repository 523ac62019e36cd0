package inspect

import "bytes"

// Namespaces with a meaning in browsers.
const (
	nsSVG    = "http://www.w3.org/2000/svg"
	nsXHTML  = "http://www.w3.org/1999/xhtml"
	nsMathML = "http://www.w3.org/1998/Math/MathML"
	nsXLink  = "http://www.w3.org/1999/xlink"
	nsXML    = "http://www.w3.org/XML/1998/namespace"
)

// acts reports whether elements or attributes of a namespace may do something.
//
// The namespaces of data cannot be listed, since they have no end. Those on which browsers act can
// be listed: they are Mozilla's, and the W3C's except those of dataSpaces. acts also returns true
// for the namespaces of documents that Office programs open as one XML file, with their macros and
// formulas.
func acts(space []byte) bool {
	if len(space) == 0 {
		return false
	}
	for _, prefix := range officeSpaces {
		if bytes.HasPrefix(space, prefix) {
			return true
		}
	}
	return actsInBrowser(space)
}

// actsInBrowser is acts for browsers alone.
func actsInBrowser(space []byte) bool {
	if rest, ok := bytes.CutPrefix(space, []byte("http://www.w3.org/")); ok {
		return !dataSpaces[string(bytes.TrimRight(rest, "#/"))]
	}
	return bytes.HasPrefix(space, []byte("http://www.mozilla.org/"))
}

var officeSpaces = [][]byte{
	[]byte("urn:schemas-microsoft-com:office:"), []byte("http://schemas.microsoft.com/office/"), []byte("http://schemas.microsoft.com/winfx/"),
	[]byte("urn:oasis:names:tc:opendocument:"), []byte("http://openoffice.org/"),
}

// dataSpaces are the namespaces of the W3C, after http://www.w3.org/, that hold only data. No
// browser runs or loads something for an element or attribute in them, except for XLink in SVG and
// MathML. The last # and / are omitted.
var dataSpaces = nameSet(`
	XML/1998/namespace 1999/xlink 2000/xmlns
	2001/XMLSchema 2001/XMLSchema-instance 2001/XMLSchema-datatypes 2007/XMLSchema-versioning
	2000/09/xmldsig 2009/xmldsig11 2001/04/xmldsig-more 2007/05/xmldsig-more 2021/04/xmldsig-more 2002/06/xmldsig-filter2
	2001/10/xml-exc-c14n 2006/12/xml-c14n11 2010/xml-c14n2 TR/2001/REC-xml-c14n-20010315
	2001/04/xmlenc 2009/xmlenc11 2010/xmlsec-ghc 2002/03/xkms 2000/10/xmldsig-signedproperties
	2003/05/soap-envelope 2003/05/soap-rpc 2003/05/soap-encoding 2001/12/soap-envelope 2001/12/soap-encoding
	2005/08/addressing 2005/08/addressing/wsdl 2006/05/addressing/wsdl 2007/05/addressing/metadata
	ns/wsdl ns/wsdl-instance ns/wsdl/soap ns/wsdl/http ns/wsdl-extensions ns/ws-policy ns/sawsdl
	ns/ws-evd ns/ws-enu ns/ws-eve ns/ws-mex ns/ws-tra
	1999/02/22-rdf-syntax-ns 2000/01/rdf-schema 2002/07/owl 2003/11/swrl 2003/11/ruleml 2004/02/skos/core 2008/05/skos-xl 2008/05/skos 2001/sw/DataAccess/rf1/result
	2005/sparql-results 2003/01/geo/wgs84_pos 2006/vcard/ns 2001/vcard-rdf/3.0 2002/12/cal/ical 2002/12/cal 2006/time 2003/06/sw-vocab-status/ns
	ns/adms ns/auth/acl ns/csvw ns/dcat ns/dqv ns/ldp ns/locn ns/ma-ont ns/oa ns/odrl/2 ns/org ns/person ns/prov ns/radion ns/regorg
	ns/rdfa ns/sosa ns/ssn ns/ssn/systems ns/shacl ns/hydra/core ns/activitystreams
	ns/ttml ns/ttml#parameter ns/ttml#styling ns/ttml#metadata ns/ttml/feature ns/ttml/extension ns/ttml#isd ns/ttml#audio ns/ttml/profile/imsc1
	ns/ttml/profile/imsc1#parameter ns/ttml/profile/imsc1#styling ns/ttml/profile/imsc1#metadata ns/ttml/profile
	2006/10/ttaf1 2006/10/ttaf1#parameter 2006/10/ttaf1#style 2006/10/ttaf1#styling 2006/10/ttaf1#metadata 2006/04/ttaf1 2006/04/ttaf1#styling 2006/04/ttaf1#metadata
	ns/ttml/profile/dfxp ns/its 2005/11/its 2005/11/its/rules 2003/InkML 2005/Atom 2007/app 2009/10/emotionml 2003/03/emma
	2007/uwa/context/deliverycontext.owl 2005/07/css 2004/06/xmlspec ns/widgets ns/mnx 2008/points-of-interest`)

// dataInstructions are the targets of processing instructions that neither browsers nor servers
// follow: marks of XMP, headers of bank statements and bookkeeping, hints of editors.
var dataInstructions = nameSet(`xpacket adobe-xap-filters OFX qbxml qbposxml oxygen xml-model xml-multiple TEI validation-schema DATEV plantuml`)

// mathElements are those of MathML 3 that draw, except the columns of elementary math, such as
// mstack. It omits maction, which acts; mglyph and the annotations, which may hold other documents;
// and content markup, which names definitions elsewhere.
var mathElements = nameSet(`
	math maligngroup malignmark menclose merror mfenced mfrac mi mlabeledtr mmultiscripts mn mo mover mpadded mphantom mprescripts mroot
	mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics`)

// mathAttributes are those of mathElements that describe their look. It omits href, src, style and
// events.
var mathAttributes = nameSet(`
	accent accentunder align alignmentscope alttext bevelled charalign class close columnalign columnlines columnspacing columnspan
	columnwidth crossout decimalpoint denomalign depth dir display displaystyle edge equalcolumns equalrows fence fontfamily fontsize
	fontstyle fontweight form frame framespacing groupalign height id indentalign indentshift infixlinebreakstyle largeop
	length linebreak linebreakstyle lineleading linethickness location longdivstyle lquote lspace mathbackground mathcolor mathsize
	mathvariant maxsize maxwidth minlabelspacing minsize movablelimits mslinethickness notation numalign open overflow position
	rowalign rowlines rowspacing rowspan rquote rspace scriptlevel scriptminsize scriptsizemultiplier selection separator
	separators shift side stackalign stretchy subscriptshift superscriptshift symmetric valign voffset width background color`)
