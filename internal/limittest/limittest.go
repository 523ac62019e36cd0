// Package limittest tests what every limiter over limit.Limits must do.
package limittest

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
)

// Make makes a limiter that has counted nothing yet.
type Make func(t *testing.T, l limit.Limits) upload.Limiter

// Run runs all tests.
func Run(t *testing.T, limiter Make) {
	for name, test := range map[string]func(*testing.T, Make){
		"Requests": requests, "Files": files, "Bytes": bytes, "GiveBack": giveBack, "LateGiveBack": lateGiveBack, "Concurrent": concurrent, "Signed": signed,
		"SignedExpires": signedExpires, "All": all, "Release": release, "ReleasesNothing": releasesNothing, "Impossible": impossible, "AtOnce": atOnce, "Subjects": subjects,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // several tests wait
			test(t, limiter)
		})
	}
}

func one(subject string) upload.Claim {
	return upload.Claim{Subject: subject, Request: &http.Request{RemoteAddr: "192.0.2.1:1"}, Files: 1, Bytes: 1}
}

func signedUntil(subject string, until time.Duration) upload.Claim {
	d := one(subject)
	d.Until = time.Now().Add(until)
	return d
}

func granted(t *testing.T, l upload.Limiter, d upload.Claim) func(upload.Usage) {
	t.Helper()
	r, err := l.Reserve(t.Context(), d)
	require.NoError(t, err)
	return func(used upload.Usage) {
		t.Helper()
		if r != nil {
			require.NoError(t, r.Settle(t.Context(), used))
		}
	}
}

// refused requires a 429 with a time to wait.
func refused(t *testing.T, l upload.Limiter, d upload.Claim) {
	t.Helper()
	_, err := l.Reserve(t.Context(), d)
	require.ErrorIs(t, err, upload.CodeRateLimited)
	var e *upload.Error
	require.ErrorAs(t, err, &e)
	require.Positive(t, e.RetryAfter)
	require.LessOrEqual(t, e.RetryAfter, time.Hour)
	require.NotEmpty(t, e.Text())
}

func requests(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Requests: 3})
	granted(t, l, one("ann"))(upload.Usage{Files: 1, Bytes: 1})
	for range 2 {
		granted(t, l, upload.Claim{Subject: "ann"})(upload.Usage{})
	}
	refused(t, l, upload.Claim{Subject: "ann"})
	refused(t, l, one("ann"))
	granted(t, l, one("bob"))
}

func files(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Files: 5})
	three := one("ann")
	three.Files = 3
	settle := granted(t, l, three)
	refused(t, l, three)
	settle(upload.Usage{Files: 1, Bytes: 1})
	granted(t, l, three)(upload.Usage{Files: 3, Bytes: 1})
	granted(t, l, one("ann"))(upload.Usage{Files: 1, Bytes: 1})
	refused(t, l, one("ann"))
}

func bytes(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Bytes: 1000, Concurrent: 1})
	d := one("ann")
	d.Bytes = 1000
	settle := granted(t, l, d)
	settle(upload.Usage{Files: 1, Bytes: 600})
	refused(t, l, d)
	d.Bytes = 400
	granted(t, l, d)(upload.Usage{Files: 1, Bytes: 4000})
	d.Bytes = 50
	refused(t, l, d)
	granted(t, l, upload.Claim{Subject: "ann"})(upload.Usage{})
}

// giveBack checks that a claim that is refused for its bytes takes no file and no slot, and that no
// more is given back than was taken.
func giveBack(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Files: 2, Bytes: 1000, Concurrent: 1, Signed: 1})
	big := one("ann")
	big.Bytes = 900
	granted(t, l, big)(upload.Usage{Bytes: 900})
	for range 4 {
		refused(t, l, big)
	}
	for range 10 {
		granted(t, l, one("ann"))(upload.Usage{})
	}
	granted(t, l, one("ann"))(upload.Usage{Files: 2, Bytes: 1})
	granted(t, l, one("ann"))(upload.Usage{Files: 1, Bytes: 1})
	refused(t, l, one("ann"))
}

// lateGiveBack checks a slow upload that is given up late. Its reservation has drained meanwhile,
// so it is not given back again.
func lateGiveBack(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Files: 1, Window: 3 * time.Second})
	slow := granted(t, l, one("ann"))
	var second upload.Reservation
	require.Eventually(t, func() (ok bool) {
		r, err := l.Reserve(t.Context(), one("ann"))
		second = r
		return err == nil
	}, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, second.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 1}))
	slow(upload.Usage{})
	refused(t, l, one("ann"))
}

func concurrent(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Concurrent: 2})
	settle := granted(t, l, one("ann"))
	granted(t, l, one("ann"))
	refused(t, l, one("ann"))
	granted(t, l, one("bob"))
	granted(t, l, signedUntil("ann", time.Hour))
	settle(upload.Usage{})
	settle(upload.Usage{})
	granted(t, l, one("ann"))
	refused(t, l, one("ann"))
}

// signed checks that a signed upload keeps its reservation, and that settling a claim that was not
// signed after all returns it, once.
func signed(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Signed: 2, Files: 3})
	settle := granted(t, l, signedUntil("ann", time.Hour))
	granted(t, l, signedUntil("ann", 2*time.Hour))
	refused(t, l, signedUntil("ann", time.Hour))
	granted(t, l, signedUntil("bob", time.Hour))
	granted(t, l, one("ann"))(upload.Usage{})
	settle(upload.Usage{})
	settle(upload.Usage{})
	granted(t, l, signedUntil("ann", time.Hour))
	refused(t, l, signedUntil("ann", time.Hour))
	granted(t, l, one("ann"))(upload.Usage{Files: 1})
	refused(t, l, one("ann"))
}

// signedExpires checks that a slot is free when the URL has expired, and that the file of the
// upload is not given back.
func signedExpires(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Signed: 2, AllSigned: 3, Files: 3})
	granted(t, l, signedUntil("ann", time.Hour))
	granted(t, l, signedUntil("ann", 3*time.Second))
	granted(t, l, signedUntil("bob", time.Hour))
	refused(t, l, signedUntil("ann", time.Hour))
	require.Eventually(t, func() bool {
		_, err := l.Reserve(t.Context(), signedUntil("ann", time.Hour))
		return err == nil
	}, time.Minute, 20*time.Millisecond)
	refused(t, l, one("ann"))
	refused(t, l, signedUntil("cid", time.Hour))
}

func all(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{AllConcurrent: 2, AllSigned: 2, Files: 3})
	settle := granted(t, l, one("ann"))
	granted(t, l, one("bob"))
	for range 4 {
		refused(t, l, one("cid"))
	}
	settleSigned := granted(t, l, signedUntil("ann", time.Hour))
	granted(t, l, signedUntil("bob", time.Hour))
	refused(t, l, signedUntil("cid", time.Hour))
	settle(upload.Usage{})
	settleSigned(upload.Usage{})
	granted(t, l, one("cid"))
	granted(t, l, signedUntil("cid", time.Hour))
	refused(t, l, one("dan"))
	refused(t, l, signedUntil("dan", time.Hour))
}

// impossible checks claims that would never be granted, for which waiting does not help.
func impossible(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Files: 5, Bytes: 1000})
	for code, d := range map[upload.Code]upload.Claim{
		upload.CodeTooMany:  {Subject: "ann", Files: 6, Bytes: 1},
		upload.CodeTooLarge: {Subject: "ann", Files: 1, Bytes: 1001},
	} {
		_, err := l.Reserve(t.Context(), d)
		require.ErrorIs(t, err, code)
	}
	granted(t, l, upload.Claim{Subject: "ann", Files: 5, Bytes: 1000})
}

// atOnce checks that of concurrent claims as many are granted as the limit allows.
func atOnce(t *testing.T, limiter Make) {
	for about, limits := range map[string]limit.Limits{
		"requests": {Requests: 10}, "files": {Files: 10}, "bytes": {Bytes: 10}, "concurrent": {Concurrent: 10}, "all": {AllConcurrent: 10},
	} {
		l := limiter(t, limits)
		var passed atomic.Int32
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if _, err := l.Reserve(t.Context(), one("ann")); err == nil {
					passed.Add(1)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 10, passed.Load(), about)
	}
}

// subjects checks that subjects are kept apart, whatever their names contain.
func subjects(t *testing.T, limiter Make) {
	l := limiter(t, limit.Limits{Files: 1})
	for _, subject := range []string{
		"", "a", "b", "a b", "a:b", "}", "{a}", "{a}b", "a\r\nb", "a\x00", "192.0.2.1", "*", "ä", strings.Repeat("a", 10_000), strings.Repeat("a", 10_001),
	} {
		granted(t, l, one(subject))
		refused(t, l, one(subject))
	}
}
