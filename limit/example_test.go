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

// Each user may send two files a day. The third gets a 429 before its body is read.
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

// This application runs behind a proxy of its own. Anonymous callers are distinguished by the
// address that the proxy appends, and no other part of the header is trusted.
func ExampleOptions() {
	behindProxy := func(claim upload.Claim) string {
		if claim.Subject != "" {
			return limit.BySubject(claim)
		}
		hops := strings.Split(strings.Join(claim.Request.Header.Values("X-Forwarded-For"), ","), ",")
		return "client " + strings.TrimSpace(hops[len(hops)-1])
	}
	limiter, err := limit.New(limit.Limits{}, &limit.Options{Key: behindProxy})
	fmt.Println(limiter != nil, err)
	// Output: true <nil>
}
