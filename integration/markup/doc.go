// Package markup tests SVG and XML against the programs that open them: an accepted document runs
// nothing and loads nothing in Chromium, and libxml2 calls it well-formed.
package markup
