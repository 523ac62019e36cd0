// Package upload receives files over HTTP and puts them into object storage,
// without letting anything through that was not checked. A host mounts one
// [Handler] in any net/http router, or wraps a handler of its own in
// [Handler.Middleware]; files go to a private S3 bucket (package s3store) or to
// memory (package memstore).
//
//	store, err := s3store.New(s3.NewFromConfig(cfg), "my-uploads", nil)
//	…
//	h, err := upload.New(store, upload.Images(nil), authorize, &upload.Options{
//		Keys:        upload.Prefix("avatars/", upload.RandomKeys()),
//		MaxFileSize: 2 << 20,
//	})
//	…
//	mux.Handle("POST /upload", h)                      // stores, answers JSON
//	mux.Handle("PUT /files/{name}", raw)               // likewise, see Handler.Raw
//	mux.Handle("POST /profile", h.Middleware(profile)) // profile reads upload.Files(r.Context())
//
// Three decisions are positional since they decide over security: where files
// go ([Storage]), what is accepted ([Validator]), and who may send it
// ([Authorizer]). All else is in [Options], whose zero value is strict. Such a policy is
// for one file in the field "file"; a [Form] says of several fields what each takes:
//
//	upload.New(store, upload.Form{
//		"cv":          {Accept: upload.Documents(nil)},
//		"certificate": {Accept: upload.Images(nil), MaxFiles: 3, Optional: true},
//	}, authorize, nil)
//
// # Nothing unchecked is visible
//
// An object becomes readable only after every validator has seen the whole
// stream and agreed. Publishing is an explicit step of its own, which neither
// the end of a stream nor closing anything can cause. A body that was cut,
// wherever, is a 400: it is never taken for a short file.
//
// # All or nothing
//
// One bad file, one cut body, one handler that fails, and none of the request's
// files stays. Two windows remain: between the commits of one request's files,
// where a reader that lists the bucket may see the first before the second; and
// a process that is killed, which may leave unfinished multipart uploads, or
// files of a request whose last commit was still to come. A lifecycle rule on
// the bucket removes the former, and a sweep.Sweeper both: it goes through the storage
// and asks the application which keys it refers to.
//
// # The host decides, too
//
// [Handler.Handle] calls a function of the host's between the last check and
// publication. An error of it is a refusal like any other: nothing stays, the code
// and the reason are the host's, and there is one decision and one answer.
// [Tx.Refuse], and [Refuse] in a handler after the middleware, do the same.
// docs/recipes.md has programs: tokens against CSRF, request ids in the log,
// replacing a file, roles.
//
// # Nothing is left behind
//
// Whatever a refused or broken upload has staged is removed, on a context that
// outlives the request, with retries; what cannot be removed is logged and
// told as [KindCleanupFailed]. A storage that did not answer is asked what it did
// before anything is assumed. There are no temporary files.
//
// # Memory is a number you choose
//
// s3store keeps the buffers of all uploads together under one limit, whatever
// their number and size. Beside that each request that is received or committed
// costs about 100 KiB, and at most 192 KiB whatever file it sends, unless
// [ImageOptions].Decode keeps pictures whole. Its text fields
// ([Options.MaxTextSize]) and its header (http.Server.MaxHeaderBytes) come on top.
// [Options.MaxConcurrent] requests are served at most. An upload that finds no
// room waits for [Options.MaxWait] and is then refused ([CodeBusy], Retry-After).
//
// What inspectors must remember and grows with a file, such as the entries of an
// archive, comes from 64 MiB that all uploads of a handler share, 8 MiB at most
// for one file. It is never waited for: without room the answer is [CodeBusy].
// Looking at a file costs at most 50 ms of work, and 200 ms for each MiB of it
// that has arrived. It ends with the request, and when one call lasts longer than
// [Options.CheckTimeout]. No subject takes more than half of any of these;
// anonymous callers count as one.
//
// # One policy, two doors
//
// Large files need not pass through the application. A [Presigner] signs
// requests by which clients send files to the storage themselves, and publishes
// what they sent once it has read it through the same validators:
//
//	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
//	…
//	mux.Handle("/tickets/", p)                                   // sign, part, confirm, abort, as JSON
//	mux.Handle("POST /tickets/confirm", p.ConfirmHandler(saved)) // to do something with the file
//
// Nothing that was only sent is readable through [Links], which hand out what
// was published by URLs of a few minutes, for whoever the application says:
//
//	links, err := upload.NewLinks(store, nil)
//	…
//	mux.Handle("GET /files/{id}", links.Handler(find))
//
// # Refusals are early and arrive whole
//
// Method, origin, caller, media type and length are judged before the first
// byte of the body is read, types after the first 4 KiB of a file. On HTTP/1.1
// the answer is written at once, and the rest of the body is read on for a
// while, since browsers send all of it before they look at an answer.
//
// # The client's words go nowhere
//
// Keys come from a [KeyGenerator], are random by default and must pass
// [storage.ValidKey]. The stored type is the detected one; the claimed one is ignored.
// The file name is cleaned and kept as data. Answers and log entries quote it.
//
// # It fails closed
//
// There is no handler without an authorizer. A validator that errs, panics or
// does not return in [Options.CheckTimeout] refuses the file. Every limit has a
// default, and none can be switched off.
//
// # Pages of other origins
//
// A multipart form can be sent by a page of any site without the browser asking
// first. So browsers of other origins are refused (403, [CodeCrossOrigin]), by
// http.CrossOriginProtection. That also refuses honest front ends which are not
// served from the very host they send to: sibling subdomains (app.example.com
// to api.example.com), Capacitor apps, browser extensions, and
// pages behind a proxy that rewrites Host for browsers without Sec-Fetch-Site.
// Trust those by name:
//
//	protection := http.NewCrossOriginProtection()
//	err := protection.AddTrustedOrigin("capacitor://localhost")
//	… &upload.Options{CrossOrigin: protection}
//
// An origin of "null" cannot be trusted. Pages opened from files (file://), as in
// some Electron and Cordova apps, have it, and so has any site that puts its page
// into a sandboxed frame. Give the pages of such an app a scheme of their own.
//
// Clients that are not browsers are not affected. Trusting an origin does not
// replace the CORS headers that let its pages read the answer.
//
// # What happens is told
//
// Each request ends with exactly one decision. It is one record of
// [Options.Logger] and one [Event] of [Options.Hooks], with who, what, why, how
// large and how long, and without content, URLs and tickets; so is every
// clean-up. Package otelupload makes metrics and spans of it, and [Progress]
// shows uploads that are still under way.
//
// # Where it runs
//
// The handler moves the connection's deadlines through http.ResponseController:
// the host's ReadTimeout and WriteTimeout neither end an upload that makes
// progress nor cost it the answer. Behind a ResponseWriter without Unwrap, as
// some gzip and recorder middlewares and http.TimeoutHandler use, uploads and
// refusals work, but stalled clients are not cut by us (logged once) and a
// browser that is still sending may see a reset instead of the refusal. When
// http.TimeoutHandler gives up, the client is told so while the upload may still
// be committed. No middleware in front may read the form, as FormValue does.
// Configure http.Server.ReadHeaderTimeout yourself: before the headers are read
// no handler runs. On HTTP/2 a client may have sent a whole window, by default a
// mebibyte, before any handler sees a byte: HTTP2Config.MaxReceiveBufferPerStream
// of http.Server makes it less.
//
// # What it does not protect from
//
// It is no malware scanner: plug one in as a [Validator], such as package clamav, or let one look
// at the bucket ([LinksOptions.RequireScan]). [Types] and the presets read the structure of files,
// and say for each type how far; a well-formed file can still attack a program with a bug, so serve
// what users sent as attachments, from a host of its own. How often somebody uploads is limited
// only by an [Options.Limiter], such as that of package limit, and how much they keep by nothing.
// It does not encrypt. Who can write to the bucket by other ways, or list it, is beyond it. The
// repository's docs/security.md has attacks, ASVS 5.0 and the OWASP cheat sheet row by row, each
// with its tests; docs/production.md is for operators.
package upload
