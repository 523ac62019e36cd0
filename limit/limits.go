package limit

import "time"

// Limits configure how much one caller may send, and how many uploads all callers may run at once.
// Zero fields have the defaults; nothing is unlimited.
//
// Requests, Files and Bytes are buckets. A rested caller may use the whole number at once, and then
// as much as flows in: the whole number within each Window, evenly. So in any time t a caller takes
// at most the number, plus t/Window times the number, apart from the exceptions below.
//
// Files and bytes are taken before the body is read: as many files as the form may have, and as
// many bytes as Content-Length says, or without it the largest body. The unused rest is given back
// at the end, minus what has flowed in meanwhile: a caller can thus exceed the number by up to half
// of it, once. A caller with less left than an upload takes is refused until enough has flowed in.
// An upload that takes more than the whole number is always refused, with [upload.CodeTooMany] or
// [upload.CodeTooLarge]. So Files should be several times the files of a form, and Bytes several
// times the largest body.
type Limits struct {
	// Window is the time in which an empty bucket is full again. Default: 1 h.
	// At least 1 s, at most 31 days.
	Window time.Duration

	// Requests is the limit of one caller in a Window: uploads, and the steps of direct and
	// resumable ones for which the limiter is called, see [upload.Limiter]. Each part of a direct
	// upload is one. A request that is refused because Requests is used up does not count. One that
	// another limit refuses counts, and so does a body that is drained after such a refusal.
	// Default: 1,000.
	Requests int

	// Files is how many files of one caller can pass every check, or be signed, in a Window.
	// Default: 500.
	Files int

	// Bytes is the limit of one caller in a Window: of the forms and raw bodies that were read,
	// accepted or not, and of the files that were signed. If a body is refused before the limiter
	// grants it, such as for its length, the drained bytes count, and one request. Drained bytes
	// that a limit refuses do not count. Default: 1 GiB.
	Bytes int64

	// Concurrent is how many streamed uploads of one caller run at once. Default: 16.
	Concurrent int

	// Signed is how many direct and resumable uploads one caller has whose URLs have not expired,
	// finished or not: a URL can be used again. The last URL of a file in parts expires after
	// PresignOptions.TicketExpires and URLExpires together. Uploads that were released by
	// [upload.Releaser] do not count. Default: 500.
	Signed int

	// AllConcurrent and AllSigned are the same for all callers together.
	// Default: 1,000 and 100,000.
	AllConcurrent int
	AllSigned     int
}
