// Package clients sends files with the HTTP libraries that programs use, and checks the names that
// are stored. Those of npm need node and npm in PATH, and the packages that testdata pins from
// npm's registry. Without the programs their test is skipped, or fails if UPLOAD_TEST_REQUIRED is
// 1.
package clients
