// Package markup tests SVG, XML and the pages of EPUB books against the programs that open them: an
// accepted document runs no script and loads nothing from elsewhere in Chromium. It is well-formed
// for libxml2, which is not asked about documents with a DTD of XHTML.
package markup
