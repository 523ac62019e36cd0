// Package browser holds tests of pages: what users of a headless Chromium see
// and what is stored then, in memory and on an S3 server. The pages are that of
// examples/server and one with Uppy. They need chromium and npm in PATH, and of
// npm's registry the front ends that testdata pins; without the programs they are
// skipped, unless UPLOAD_TEST_REQUIRED is 1. With UPLOAD_TEST_SCREENSHOTS pictures
// of the pages are left in that folder.
package browser
