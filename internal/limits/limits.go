// Package limits has what all limiters share: their defaults and their refusals, in words that
// clients can act on.
package limits

import (
	"fmt"
	"math"
	"time"

	"github.com/airlock-go/upload"
)

// Impossible refuses what could never be granted. Waiting would not help, so it is not a 429.
func Impossible(d upload.Claim, files int, bytes int64) error {
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

// Places refuses because no slot is free: one of the caller's own, or of all, for a streamed or a
// signed upload. A slot of a streamed upload may become free at any time, that of a signed one only
// when its URL expires.
func Places(own, signed bool) error {
	switch {
	case own && signed:
		return refuse("you have begun too many uploads; try again later", time.Minute)
	case own:
		return refuse("you have too many uploads under way; try again when one has ended", 5*time.Second)
	case signed:
		return refuse("too many uploads at the moment; try again later", time.Minute)
	}
	return refuse("too many uploads at the moment; try again shortly", 5*time.Second)
}

func refuse(reason string, after time.Duration) error {
	return &upload.Error{Code: upload.CodeRateLimited, Reason: reason, RetryAfter: after}
}

// Window refuses a caller who has sent too many of what, until after has passed.
func Window(what string, after time.Duration) error {
	wait := max(after, time.Second).Round(time.Second)
	if wait > time.Minute {
		wait = after.Round(time.Minute)
	}
	return refuse(fmt.Sprintf("you have sent too many %s; try again in %s", what, duration(wait)), after)
}

// duration returns d in words.
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

// Unused returns how much to refund of n that were reserved and not used: the part that has not
// flowed back by itself meanwhile. The whole of it flows back in a window.
func Unused(n int64, held, window time.Duration) int64 {
	left := 1 - float64(held)/float64(window)
	return int64(math.Round(float64(max(n, 0)) * max(left, 0)))
}
