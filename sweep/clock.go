package sweep

import (
	"errors"
	"fmt"
	"time"
)

// maxSkew is the largest accepted difference between the clocks of process and storage.
const maxSkew = time.Hour

// firstObject is before every true date of an object: S3 began in March 2006.
var firstObject = time.Date(2006, time.January, 1, 0, 0, 0, 0, time.UTC)

// clock checks the storage's time of a page. It lowers earliest to the earliest of both clocks and
// AsOf. An accepted request does not prove that the process's clock is right, since the SDK signs
// with a corrected time.
func (r *run) clock(stored time.Time) error {
	now := time.Now().Round(0) // without the monotonic clock, which ignores a reset of the wall clock
	switch {
	case stored.IsZero():
		return errors.New("sweep: the storage's answer has no time, so no object is known to be old; " +
			"check whether a proxy removes the Date header")
	case now.Sub(stored).Abs() > maxSkew:
		return fmt.Errorf("sweep: the storage's clock says %s, this process's clock says %s, more than %v apart; set the clock that is wrong",
			stored.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339), maxSkew)
	}
	for _, t := range []time.Time{r.earliest, stored, r.opts.AsOf} {
		if !t.IsZero() && t.Before(now) {
			now = t
		}
	}
	r.earliest = now
	return nil
}

// old reports whether f is older than Grace.
func (r *run) old(f Finding) (bool, error) {
	switch {
	case f.Modified.IsZero():
		return false, fmt.Errorf("sweep: the storage's answer has no age for %q", f.Key)
	case f.Modified.Before(firstObject):
		return false, fmt.Errorf("sweep: the storage dates %q %s, before S3 began, so its age is unknown; write it again, or remove it yourself",
			f.Key, f.Modified.UTC().Format(time.DateOnly))
	}
	return f.Modified.Before(r.earliest.Add(-r.opts.Grace)), nil
}
