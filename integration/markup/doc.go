// Package markup holds tests of SVG and XML against the programs that open them: what is accepted
// runs nothing and loads nothing in Chromium, and libxml2 calls it well-formed.
package markup
