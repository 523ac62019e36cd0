package limit

import (
	"errors"
	"math"
	"time"
)

// Limits say how much one caller may send, and how many uploads all callers may
// have under way. Zero fields have the defaults; nothing is unlimited.
//
// Requests, Files and Bytes are buckets. A caller who has rested may use up the
// whole number at once, and then as much as flows in: the whole number within
// each Window, evenly. So in any time t a caller sends at most the number, and
// t/Window times the number on top.
//
// Files and bytes are taken before the body is read, for the most that may come,
// and what did not come is given back at the end, but for what has flowed in
// meanwhile: who reserves much, slowly, and gives it up gets half the number more
// at once, at most. So Files should be several times
// the MaxFiles of a request, and Bytes several times what a request may carry: a
// caller who has less left than that is refused although one small file would
// still fit. Who sends no Content-Length is taken to send the most.
type Limits struct {
	// Window is the time in which an empty bucket is full again. Default: 1 h.
	// At least 1 s, at most 31 days.
	Window time.Duration

	// Requests of one caller in a Window: uploads, and the steps of direct ones,
	// of which each part is one. Refused requests do not count when it is for
	// want of requests, and otherwise do. Default: 1,000.
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

const maxWindow = 31 * 24 * time.Hour

// WithDefaults returns l with the defaults for what is zero, for limiters of other
// packages. The error says what makes no sense.
func (l Limits) WithDefaults() (Limits, error) {
	byDefault(&l.Window, time.Hour)
	byDefault(&l.Requests, 1000)
	byDefault(&l.Files, 500)
	byDefault(&l.Bytes, 1<<30)
	byDefault(&l.Concurrent, 16)
	byDefault(&l.Signed, 500)
	byDefault(&l.AllConcurrent, 1000)
	byDefault(&l.AllSigned, 100_000)
	switch {
	case min(l.Window, time.Duration(l.Bytes)) < 0, min(l.Requests, l.Files, l.Concurrent, l.Signed, l.AllConcurrent, l.AllSigned) < 0:
		return l, errors.New("limit: a negative limit; 0 means the default, and nothing is unlimited")
	case l.Window < time.Second, l.Window > maxWindow:
		return l, errors.New("limit: Window is at least a second and at most 31 days")
	case l.Bytes > min(math.MaxInt, 1<<52):
		return l, errors.New("limit: Bytes is at most 4 PiB, and 2 GiB on 32-bit systems")
	case max(l.Requests, l.Files, l.Concurrent, l.Signed, l.AllConcurrent, l.AllSigned) > math.MaxInt32:
		return l, errors.New("limit: at most 2,147,483,647 of each")
	}
	return l, nil
}

func byDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
