// Package browser holds tests of pages: what users of a headless Chromium see and what is stored
// then, in memory and on an S3 server. Some pages are those of examples/server; others use the
// module of package web, or Uppy, tus-js-client and fetch. Nearly all tests need Chromium or
// Chrome in PATH, and some need npm and the packages that testdata pins from npm's registry.
// Without the programs they are skipped, or fail if UPLOAD_TEST_REQUIRED is 1.
// UPLOAD_TEST_SCREENSHOTS names a folder, in which the tests save pictures of the pages.
package browser
