// Package limits has what packages limit and redislimit share: their defaults and bounds, their
// refusals, and how much they refund.
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

// Slots refuses because no slot is free. If own is true, the caller has used up its own slots,
// otherwise all callers together have. A direct or resumable upload is signed, any other is
// streamed. A slot of a signed upload is freed when the upload is released or its URL expires, so
// the wait is longer.
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

// Window refuses a caller who has used up the limit of a window. The limit is "requests", "files"
// or "bytes". After the given time the caller may try again.
func Window(limit string, after time.Duration) error { return refuse(limit, after) }

// Unused returns how much to refund of n that were reserved and not used. All of n drains within a
// window. The part that has drained already is not refunded.
func Unused(n int64, held, window time.Duration) int64 {
	left := 1 - float64(held)/float64(window)
	return int64(math.Round(float64(max(n, 0)) * max(left, 0)))
}
