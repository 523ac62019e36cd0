// Package integration holds tests with real clients, servers and programs. In many of them a client
// sends a file over a real connection, through a handler, into an S3 server that runs beside the
// test process. In some a proxy makes chosen calls to that server fail.
//
//	go test ./...
//
// runs them; building the S3 server takes a minute or two the first time. Some use further
// programs, such as curl, chromium and npm, and are skipped without them. The folder is a
// separate module, so that no importer of the library depends on a server.
//
//   - the root folder: what is stored, what is not, and what clients get
//   - refusal: what clients get when nothing is stored, and when
//   - clients: the names that HTTP libraries send
//   - tickets: attacks on direct uploads
//   - events: files that an event of the bucket confirms
//   - resume: resumable uploads over instances that are killed
//   - metadata, markup, pdfreaders: files in the programs that open them
//   - browser: what users of pages see
//   - nginx: files through nginx, with the settings of docs/production.md
//   - rights: what policies are enough for, and what Check finds
//   - memory: what the memory limit promises, measured in a process of its own
//   - readme, compose, openapi: whether these files are true
//   - corpus: a program that judges real files
//   - soak: a program that runs good and bad clients for long
//   - release, vuln: programs of make release-check and make vuln
//   - faultproxy: the proxy
//
// # Another S3 server
//
// Package s3test reads the server's address from the environment. With UPLOAD_TEST_MINIO, the path
// of a MinIO program, each package starts one for its tests, with its profile:
//
//	make test-minio
//
// builds it into .tools and runs the tests in which servers differ. It omits most tests of the
// rights and settings of buckets: MinIO lacks them or names them differently. MinIO lists open
// multipart uploads for a whole key or the whole bucket, so tests of sweeps of a prefix open none
// there. Any other server, or an account, is named by its URL; docs/servers.md has the rest:
//
//	UPLOAD_TEST_S3_ENDPOINT=http://127.0.0.1:9000 UPLOAD_TEST_S3_PROFILE=aws make test-s3
//
// UPLOAD_TEST_S3_ACCESS_KEY is "access" and UPLOAD_TEST_S3_SECRET_KEY "secretsecret" when they are
// not set. In package browser, Uppy's pause and cancel are tested in memory, and on S3 servers
// other than versitygw: versitygw fills an incomplete part with zeros, and lists it as if it were
// whole.
package integration
