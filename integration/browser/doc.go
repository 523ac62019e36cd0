// Package browser holds tests of pages: what users of a headless Chromium see
// and what is stored then. They need chromium and npm in PATH, and of npm's
// registry the front ends that testdata pins; without the programs they are
// skipped, unless UPLOAD_TEST_REQUIRED is 1.
package browser
