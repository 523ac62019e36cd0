// Package readme holds the README to what it shows: the transcript of its first program and the
// picture of the example server's page. With UPLOAD_WRITE_DOCS=1 its tests write both anew:
//
//	UPLOAD_WRITE_DOCS=1 go test -C integration ./readme
package readme
