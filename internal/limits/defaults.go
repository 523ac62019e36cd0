package limits

import (
	"errors"
	"math"
	"time"
)

// Limits has the fields of limit.Limits, and each type can be converted to the other. The fields
// are described there.
type Limits struct {
	Window                   time.Duration
	Requests, Files          int
	Bytes                    int64
	Concurrent, Signed       int
	AllConcurrent, AllSigned int
}

const maxWindow = 31 * 24 * time.Hour

// WithDefaults returns l with defaults for zero fields, and an error if a field is out of range.
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
		return l, errors.New("limit: negative limit; 0 means the default, and nothing is unlimited")
	case l.Window < time.Second, l.Window > maxWindow:
		return l, errors.New("limit: Window must be at least a second and at most 31 days")
	case l.Bytes > min(math.MaxInt, 1<<52):
		return l, errors.New("limit: Bytes must be at most 4 PiB, and less than 2 GiB on 32-bit systems")
	case max(l.Requests, l.Files, l.Concurrent, l.Signed, l.AllConcurrent, l.AllSigned) > math.MaxInt32:
		return l, errors.New("limit: each count must be at most 2,147,483,647")
	}
	return l, nil
}

func byDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
