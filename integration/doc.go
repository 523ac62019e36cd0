// Package integration holds tests of the whole way of a file: from clients over
// real connections, through a handler, into an S3 server that runs inside the
// test process, and through a proxy that makes chosen calls to it fail.
//
//	go test ./...
//
// runs them; building the S3 server takes a minute or two the first time. They
// need curl in PATH. Package s3test tells how to run them against another S3
// server. The package is a module of its own, so that nobody who imports the
// library depends on a server.
//
//   - the root folder: what is stored, what is not, and what clients are told
//   - refusal: what clients are told when nothing is to be stored, and when
//   - memory: what the memory limit promises, measured in a process of its own
//   - faultproxy: the proxy
package integration
