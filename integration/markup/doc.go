// Package markup tests SVG, XML and the pages of EPUB books against the programs that open them: an
// accepted document runs nothing and loads nothing from elsewhere in Chromium, and libxml2 calls it
// well-formed.
package markup
