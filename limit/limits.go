package limit

import "time"

// Limits say how much one caller may send, and how many uploads all callers may
// have under way. Zero fields have the defaults; nothing is unlimited.
//
// Requests, Files and Bytes are buckets. A caller who has rested may use up the
// whole number at once, and then as much as flows in: the whole number within
// each Window, evenly. So in any time t a caller sends at most the number, and
// t/Window times the number on top.
//
// Files and bytes are taken before the body is read, for the most that may come, and what did not
// come is given back at the end, except for what has flowed in meanwhile: a caller can thus pass
// the number by half of it, once. So Files should be several times the files of a request, and
// Bytes several times what a request may carry: a caller who has less left than that is refused
// although one small file would still fit. Who sends no Content-Length is taken to send the most.
type Limits struct {
	// Window is the time in which an empty bucket is full again. Default: 1 h.
	// At least 1 s, at most 31 days.
	Window time.Duration

	// Requests of one caller in a Window: uploads, and the steps of direct ones,
	// of which each part is one. A request that is refused because Requests is used up
	// does not count; every other does. Default: 1,000.
	Requests int

	// Files of one caller in a Window, that passed every check or were signed.
	// Default: 500.
	Files int

	// Bytes of one caller in a Window: of the bodies that were read, whatever
	// became of them, and of the files that were signed. Default: 1 GiB.
	Bytes int64

	// Concurrent is how many uploads of one caller are received at once.
	// Default: 16.
	Concurrent int

	// Signed is how many direct uploads one caller has whose URLs have not
	// expired, whether or not they are finished: a URL can be used again. For
	// a file in parts that is PresignOptions.TicketExpires and URLExpires.
	// Default: 500.
	Signed int

	// AllConcurrent and AllSigned are the same for all callers together.
	// Default: 1,000 and 100,000.
	AllConcurrent int
	AllSigned     int
}
