// Package limits has what all limiters share: their defaults and bounds, their refusals, and how
// much they refund.
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
			Code: upload.CodeTooMany, Params: map[string]any{"kind": "files", "limit": files},
			Err: fmt.Errorf("limit: a caller may send %d files in a request and %d in a window", d.Files, files),
		}
	case d.Bytes > bytes:
		return &upload.Error{
			Code: upload.CodeTooLarge, Params: map[string]any{"kind": "request", "limit": bytes},
			Err: fmt.Errorf("limit: a request of %d bytes, or of unknown length and up to as many; %d are allowed in a window", d.Bytes, bytes),
		}
	}
	return nil
}

// Slots refuses because no slot is free: one of the caller's own, or of all, for a streamed or a
// signed upload. It asks for a longer wait for a slot of a signed upload, which is free when the
// upload is released or its URL expires.
func Slots(own, signed bool) error {
	switch {
	case own && signed:
		return refuse("own", time.Minute)
	case own:
		return refuse("own", 5*time.Second)
	case signed:
		return refuse("uploads", time.Minute)
	}
	return refuse("uploads", 5*time.Second)
}

func refuse(kind string, after time.Duration) error {
	return &upload.Error{Code: upload.CodeRateLimited, Params: map[string]any{"kind": kind}, RetryAfter: after}
}

// Window refuses a caller who has sent too many of what ("requests", "files" or "bytes"), until
// after has passed.
func Window(what string, after time.Duration) error { return refuse(what, after) }

// Unused returns how much to refund of n that were reserved and not used: the part that has not
// flowed back by itself meanwhile. The whole of it flows back in a window.
func Unused(n int64, held, window time.Duration) int64 {
	left := 1 - float64(held)/float64(window)
	return int64(math.Round(float64(max(n, 0)) * max(left, 0)))
}
