package limit_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/memstore"
)

// Each user may send two files at once, and then one in each 12 hours. The third gets a 429 before
// its body is read.
func Example() {
	limiter, err := limit.New(limit.Limits{Window: 24 * time.Hour, Files: 2}, nil)
	if err != nil {
		panic(err)
	}
	user := upload.RequireSubject(func(r *http.Request) (string, error) { return r.Header.Get("User"), nil })
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), user, &upload.Options{
		Limiter: limiter, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	for range 3 {
		body := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n"
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.Header.Set("User", "ann")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("Retry-After") != "")
	}
	// Output:
	// 201 false
	// 201 false
	// 429 true
}

// All requests to this application come from a proxy of its own. Anonymous callers are
// distinguished by the address that the proxy appends, and no other part of the header is trusted.
// ByAddress takes only the first half of an IPv6 address, since one client usually has all
// addresses with that half.
func ExampleOptions() {
	byProxyHeader := func(claim upload.Claim) string {
		if claim.Subject != "" {
			return limit.BySubject(claim)
		}
		hops := strings.Split(strings.Join(claim.Request.Header.Values("X-Forwarded-For"), ","), ",")
		r := claim.Request.Clone(claim.Request.Context())
		r.RemoteAddr = strings.TrimSpace(hops[len(hops)-1])
		return limit.ByAddress(upload.Claim{Request: r})
	}
	limiter, err := limit.New(limit.Limits{}, &limit.Options{Key: byProxyHeader})
	fmt.Println(limiter != nil, err)

	r := httptest.NewRequest(http.MethodPost, "/upload", nil)
	r.Header.Set("X-Forwarded-For", "203.0.113.9, 2001:db8:1:2:3:4:5:6")
	fmt.Println(byProxyHeader(upload.Claim{Request: r}))
	// Output:
	// true <nil>
	// address 2001:db8:1:2::
}
