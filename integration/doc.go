// Package integration holds tests of the whole way of a file: from clients over real connections,
// through a handler, into an S3 server that runs inside the test process, and through a proxy that
// makes chosen calls to it fail.
//
//	go test ./...
//
// runs them; building the S3 server takes a minute or two the first time. They need curl in PATH,
// and those in a browser chromium and npm. The package is a module of its own, so that no importer
// of the library depends on a server.
//
//   - the root folder: what is stored, what is not, and what clients get
//   - refusal: what clients get when nothing is stored, and when
//   - clients: the names that HTTP libraries send
//   - tickets: attacks on direct uploads
//   - events: files that nobody but the bucket confirms
//   - markup: SVG and XML in the programs that open them
//   - browser: what users of pages see
//   - rights: what policies are enough for, and what Check finds
//   - memory: what the memory limit promises, measured in a process of its own
//   - readme: the transcript and the pictures of the README
//   - faultproxy: the proxy
//
// # Another S3 server
//
// Package s3test reads the server's address from the environment. With UPLOAD_TEST_MINIO, the path
// of a MinIO program, each package starts one for its tests, with its profile:
//
//	make test-minio
//
// builds it into .tools and runs the tests of what servers differ in. It omits the rights and
// settings of buckets: MinIO lacks them or names them differently. MinIO lists only the open
// multipart uploads of whole keys, so tests of sweeps open none there. Any other server, or an
// account, is named by its URL; docs/servers.md has the rest:
//
//	UPLOAD_TEST_S3_ENDPOINT=http://127.0.0.1:9000 UPLOAD_TEST_S3_PROFILE=aws make test-s3
//
// UPLOAD_TEST_S3_ACCESS_KEY is "access" and UPLOAD_TEST_S3_SECRET_KEY "secretsecret" when they are
// not set. In package browser, Uppy's pause and cancel are tested only with servers other than
// versitygw: that one fills an incomplete part with zeros, and lists it as if it were whole.
package integration
