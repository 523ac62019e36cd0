// Package clients sends files with the HTTP libraries that programs use, and looks
// at the names that are stored. Those of npm need node and npm in PATH, and of npm's
// registry the packages that testdata pins; without the programs they are skipped,
// unless UPLOAD_TEST_REQUIRED is 1.
package clients
