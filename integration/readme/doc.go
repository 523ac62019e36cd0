// Package readme tests what the README shows: the transcript of its first program and two pictures
// of the example server's page. With UPLOAD_WRITE_DOCS=1 its tests write them again:
//
//	UPLOAD_WRITE_DOCS=1 go test -C integration ./readme
package readme
