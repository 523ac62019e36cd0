package sweep

import (
	"errors"
	"fmt"
	"time"
)

// maxSkew is how far the clocks of process and storage may be apart.
const maxSkew = time.Hour

// firstObject is before every date that S3 can tell truly: it began in March 2006.
var firstObject = time.Date(2006, time.January, 1, 0, 0, 0, 0, time.UTC)

// clock takes in the storage's time of a page. That S3 accepts a request says
// nothing of the process's clock, which its SDK corrects.
func (r *run) clock(stored time.Time) error {
	now := time.Now().Round(0) // without the monotonic clock, which does not see that it is set
	switch {
	case stored.IsZero():
		return errors.New("sweep: the storage does not tell its time, without which nothing is known to be old; " +
			"give its answers back the Date header, which a proxy may have removed")
	case now.Sub(stored).Abs() > maxSkew:
		return fmt.Errorf("sweep: the clock of the storage says %s and that of this process %s, more than %v apart; set the clock that is wrong",
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
		return false, fmt.Errorf("sweep: the storage does not say how old %q is", f.Key)
	case f.Modified.Before(firstObject):
		return false, fmt.Errorf("sweep: the storage says that %q is of %s, before S3 began, so its age is not known; write it again, or remove it yourself",
			f.Key, f.Modified.UTC().Format(time.DateOnly))
	}
	return f.Modified.Before(r.earliest.Add(-r.opts.Grace)), nil
}
