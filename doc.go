// Package upload receives files over HTTP, checks them while they arrive, and puts them into
// storage. Only files that passed every check are published.
//
// A [Handler] works in any net/http router:
//
//	h, err := upload.New(store, upload.Images(nil), authorize, nil)
//	raw, err := h.Raw("file", nameOf) // nameOf returns r.PathValue("name")
//	…
//	mux.Handle("POST /upload", h)                      // stores, answers JSON
//	mux.Handle("PUT /files/{name}", raw)               // the body is the file; no text fields
//	mux.Handle("POST /profile", h.Middleware(profile)) // profile reads upload.Files(r.Context())
//
// The host is the application that mounts the Handler. [New]'s first three arguments have no
// default: where files go ([Storage]), what is accepted ([Validator]), who may send ([Authorizer]).
// Everything else is in [Options], whose zero value is strict. Everything except [Tx] and
// [Observer] is safe for concurrent use. Package s3store stores files in a private bucket (s3open
// opens one), diskstore in a directory, memstore in memory.
//
// # Tasks
//
//   - accept pictures or documents: [Images], [Documents], [Archives], [Types]; or several: [Any]
//   - accept a form with several fields: [Form], [Options.TextFirst], [Options.CheckForm]
//   - accept a file as the whole body: [Handler.Raw]
//   - store or check your program's files: [Handler.Store], [Check]
//   - keep cameras' metadata: [Options.Metadata]
//   - write your own check: [ValidatorFunc] of a file's beginning, [Observer] of every byte;
//     refuse: [Reject]
//   - save a row with the file: [Handler.Middleware] and [Keep], or [Handler.Handle]
//   - refuse for your own reason: [Handler.Handle], [Refuse], [Tx.Refuse]
//   - give each role rules of its own: [Grant], docs/recipes.md
//   - use gin or echo: [Handler.Handle]
//   - answer in your own JSON: [Options.Respond], [Responder], [Error]
//   - answer in another language: [Options.Text]
//   - answer a plain HTML form: [SeeOther]
//   - show progress: [Progress]
//   - let users download: [Links]
//   - receive large files: [Presigner], package uppy
//   - resume files after a lost connection: [Resumer]
//   - run behind a proxy, accept another origin's pages: docs/production.md, [Options.CrossOrigin]
//   - replace a picture, log request ids, use CSRF tokens: docs/recipes.md
//   - limit callers: [Options.Limiter], packages limit and redislimit
//   - find malware: package clamav, [LinksOptions.RequireScan]
//   - export metrics and spans: [Hooks], package otelupload
//   - deploy while uploads finish: [Handler.Shutdown]
//   - remove orphaned files: package sweep
//   - test your uploads and storage: packages uploadtest and storetest
//
// # Promises
//
// Nothing unchecked is visible. A key is published only after the validators have accepted the
// whole file. Until then a file can be read, if at all, only under [storage.StagingSegment]: give
// download servers no rights there. A cut body is never taken for a shorter file.
//
// All or nothing. After one bad file, a cut body or a failing handler, none of the request's files
// stays. Exceptions: a failing handler's files may stay after [Keep], after [Tx.Commit] outside
// [Handler.Handle], or after an answer below 400. If your code fails after publication by a
// [Presigner] or [Resumer], the file stays, except a Resumer's empty one. While a request commits,
// bucket lists may show only some files. Abandoned uploads of a Presigner or Resumer stay until a
// lifecycle rule or sweep removes them. A killed process may leave files until a sweep.
//
// Bad files are removed, with retries, even after the client left. Failed removals become
// [KindCleanupFailed] events. This package writes no temporary files.
//
// Memory is bounded. s3store.Options.MaxMemory (64 MiB) limits the buffers of all uploads. Each
// request adds about 100 KiB, at most 192 KiB. This package's validators share 64 MiB per Handler.
// Text fields ([Options.MaxTextSize]), headers and [ImageOptions.Decode] come on top. One
// [Grant.Subject] holds at most half of the buffers, validators' memory and slots
// ([Options.MaxConcurrent]), or one request that needs more. Anonymous callers may take all.
// Uploads wait up to [Options.MaxWait] for buffers and slots, then fail with [CodeBusy], on HTTP/2
// at once.
//
// Refusals are early and arrive whole. Headers and caller are judged before the body is read, types
// after the first 4 KiB of a file. On HTTP/1.1 the body is drained for a while, since browsers send
// all before they read the answer.
//
// Clients' claims are not trusted. Keys are random by default. The stored type is detected; where
// contents are alike, the name decides. The file name is text, never a path.
//
// It fails closed. No handler lacks an authorizer. A validator that fails, panics or exceeds
// [Options.CheckTimeout] accepts nothing. No limit can be switched off.
//
// The same validators judge every way in: raw bodies, the program's own files, and those of a
// [Presigner] or [Resumer].
//
// One decision per request. Each request or step, except a [Resumer]'s OPTIONS and a
// [Presigner.ConfirmStored] without a ticket, ends with one record of [Options.Logger] and one
// [Event] of [Options.Hooks]. Clean-ups and failures add more. Records and events have no content,
// signed URLs or tickets.
//
// # Where it runs
//
// The handler moves the connection's deadlines, so the server's ReadTimeout and WriteTimeout
// neither end an upload that makes progress nor prevent its answer. Set ReadHeaderTimeout. No
// middleware in front may read the form, as FormValue does, or set a deadline on the context, as
// [http.TimeoutHandler] does. If middleware hides the ResponseWriter without Unwrap, the server's
// timeouts cut every slow upload.
//
// # What it does not protect against
//
// It finds no malware. [Types], [Images], [Documents] and [Archives] read the structure of files as
// far as docs/accepted.md says. A well-formed file can still attack a program with a bug, so serve
// users' files as attachments from a separate domain. Only an [Options.Limiter] limits how often
// somebody uploads; nothing limits how much they keep. The package cannot guard a bucket
// that others write or list.
//
// docs/security.md lists tested attacks.
package upload
