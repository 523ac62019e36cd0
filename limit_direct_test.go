package upload_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestLimiterAtSigning: the claim of a signed upload ends after its last URL has expired. If
// signing is refused, the whole claim is given back.
func TestLimiterAtSigning(t *testing.T) {
	const life, ticketLife = 10 * time.Minute, time.Hour
	large := upload.Declaration{Field: "file", Name: "a.txt", Size: 6 << 20}
	for about, tc := range map[string]struct {
		declared upload.Declaration
		status   int
		files    int
		until    time.Duration
		used     []upload.Usage
	}{
		"one request":       {declarationOf("a.txt", "hello"), 201, 1, life, nil},
		"parts":             {large, 201, 1, life + ticketLife, nil},
		"another extension": {declarationOf("a.exe", "hello"), 415, 1, life, []upload.Usage{{}}},
		"too large":         {upload.Declaration{Field: "file", Name: "a.txt", Size: 1 << 40}, 413, 0, 0, []upload.Usage{{}}},
		"another field":     {upload.Declaration{Field: "other", Name: "a.txt", Size: 5}, 400, 0, 0, []upload.Usage{{}}},
		"a negative size":   {upload.Declaration{Field: "file", Name: "a.txt", Size: -1 << 40}, 400, 0, 0, []upload.Usage{{}}},
		"empty":             {upload.Declaration{Field: "file", Name: "a.txt"}, 400, 0, 0, []upload.Usage{{}}},
	} {
		t.Run(about, func(t *testing.T) {
			l := &testLimiter{}
			d := newDirect(t, nil, upload.Options{Limiter: l, MaxFileSize: 8 << 20},
				upload.PresignOptions{SingleSize: 5 << 20, PartSize: 5 << 20, URLExpires: life, TicketExpires: ticketLife})
			begin := time.Now()
			require.Equal(t, tc.status, d.step(t, "", tc.declared, nil).StatusCode)
			claims, used := l.take()
			require.Len(t, claims, 1)
			require.Equal(t, "ann", claims[0].Subject)
			require.Equal(t, tc.files, claims[0].Files)
			if tc.files == 0 {
				require.Equal(t, upload.Claim{Subject: "ann", Request: claims[0].Request}, claims[0])
			} else {
				require.Equal(t, tc.declared.Size, claims[0].Bytes)
				require.False(t, claims[0].Until.Before(begin.Add(tc.until)), "%v", claims[0].Until.Sub(begin))
			}
			require.Equal(t, tc.used, used)
		})
	}
}

// TestLimiterOfSteps: each later step is a claim without files and bytes, and settles only that
// claim.
func TestLimiterOfSteps(t *testing.T) {
	l := &testLimiter{}
	d := newDirect(t, nil, upload.Options{Limiter: l, MaxFileSize: 8 << 20}, upload.PresignOptions{SingleSize: 1 << 10})
	ticket := d.sign(t, upload.Declaration{Field: "file", Name: "a.txt", Size: 2 << 10})
	l.take()
	for name, body := range map[string]any{
		"part":    map[string]any{"token": ticket.Token, "partNumber": 1},
		"confirm": token{ticket.Token},
		"abort":   token{ticket.Token},
	} {
		d.step(t, name, body, nil)
		claims, used := l.take()
		require.Len(t, claims, 1, name)
		require.Equal(t, upload.Claim{Subject: "ann", Request: claims[0].Request}, claims[0], name)
		require.Equal(t, []upload.Usage{{}}, used, name)
	}
}

// TestReleasedParts checks that the reservation of a file in parts is released once its upload has
// ended and nothing of it is left in staging. A signed request for a whole file can be sent again,
// so its reservation stays.
func TestReleasedParts(t *testing.T) {
	const png = "\x89PNG\r\n\x1a\n"
	for name, row := range map[string]struct {
		content  string
		parts    bool
		end      func(t *testing.T, d *direct, token string)
		released bool
	}{
		"published in parts": {strings.Repeat("hello", 300), true, func(t *testing.T, d *direct, tok string) { d.confirm(t, tok) }, true},
		"refused in parts": {png + strings.Repeat("x", 2000), true, func(t *testing.T, d *direct, tok string) {
			d.refusesConfirm(t, upload.CodeTypeMismatch, "ann", tok)
		}, true},
		"aborted in parts":  {strings.Repeat("hello", 300), true, func(t *testing.T, d *direct, tok string) { d.step(t, "abort", token{tok}, nil) }, true},
		"published at once": {"hello", false, func(t *testing.T, d *direct, tok string) { d.confirm(t, tok) }, false},
		"aborted at once":   {"hello", false, func(t *testing.T, d *direct, tok string) { d.step(t, "abort", token{tok}, nil) }, false},
		"not confirmed":     {strings.Repeat("hello", 300), true, func(*testing.T, *direct, string) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := &testLimiter{}
			d := newDirect(t, nil, upload.Options{Limiter: l}, upload.PresignOptions{SingleSize: 1 << 10})
			ticket := d.sign(t, declarationOf("a.txt", row.content))
			require.Equal(t, row.parts, ticket.Parts > 0)
			claims, _ := l.take()
			require.Equal(t, row.parts, claims[0].ID != "")
			d.sendAll(t, ticket, row.content)
			row.end(t, d, ticket.Token)
			if row.released {
				require.Equal(t, []string{"ann " + claims[0].ID}, l.released())
				require.Zero(t, d.staged())
			} else {
				require.Empty(t, l.released())
			}
		})
	}
}

// TestRateLimitedSteps: nothing is signed, read or removed for a caller who is
// over the limit.
func TestRateLimitedSteps(t *testing.T) {
	l := &testLimiter{}
	d := newDirect(t, nil, upload.Options{Limiter: l}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	l.reserve = func(context.Context) error {
		return &upload.Error{Code: upload.CodeRateLimited, Reason: "come again", RetryAfter: 1500 * time.Millisecond}
	}
	for name, body := range map[string]any{
		"":        declarationOf("a.txt", "hello"),
		"part":    map[string]any{"token": ticket.Token, "partNumber": 1},
		"confirm": token{ticket.Token},
		"abort":   token{ticket.Token},
	} {
		got := d.step(t, name, body, nil)
		require.Equal(t, http.StatusTooManyRequests, got.StatusCode, name)
		require.Equal(t, "2", got.Header.Get("Retry-After"), name)
		require.Equal(t, upload.CodeRateLimited, got.problem(t).Code, name)
	}
	require.Equal(t, 1, d.staged())
	l.reserve = nil
	d.confirm(t, ticket.Token)
}
