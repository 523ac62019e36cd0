// Package limits says how limiters refuse, in words that their clients can act on.
package limits

import (
	"fmt"
	"time"

	"github.com/airlock-go/upload"
)

// Soon is how long a client waits for a place, which may be free at any time, and
// SignedSoon for one that a signed URL holds until it expires.
const (
	Soon       = 5 * time.Second
	SignedSoon = time.Minute
)

// Impossible refuses what could not be granted at the best of times. Waiting would
// not help, so it is no 429.
func Impossible(d upload.Demand, files int, bytes int64) error {
	switch {
	case d.Files > files:
		return &upload.Error{
			Code: upload.CodeTooMany, Reason: fmt.Sprintf("you may send %d files at a time", files),
			Err: fmt.Errorf("limit: a caller may send %d files in a request and %d in a window", d.Files, files),
		}
	case d.Bytes > bytes:
		return &upload.Error{
			Code: upload.CodeTooLarge, Reason: fmt.Sprintf("you may send %d bytes at a time, and must say how many they are", bytes),
			Err: fmt.Errorf("limit: a request of %d bytes, or of unknown length and up to as many; %d are allowed in a window", d.Bytes, bytes),
		}
	}
	return nil
}

// Refuse refuses for now.
func Refuse(reason string, after time.Duration) error {
	return &upload.Error{Code: upload.CodeRateLimited, Reason: reason, RetryAfter: after}
}

// Window refuses a caller who has sent enough of what, until after has passed.
func Window(what string, after time.Duration) error {
	wait := max(after, time.Second).Round(time.Second)
	if wait > time.Minute {
		wait = after.Round(time.Minute)
	}
	return Refuse(fmt.Sprintf("you have sent too many %s; try again in %s", what, duration(wait)), after)
}

// duration is d in words.
func duration(d time.Duration) string {
	unit, n := "second", int64(d/time.Second)
	switch {
	case d >= 2*time.Hour:
		unit, n = "hour", int64((d-1)/time.Hour)+1
	case d > time.Minute:
		unit, n = "minute", int64((d-1)/time.Minute)+1
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
