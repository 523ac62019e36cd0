package s3fake

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// Endless answers with begin and then unit, again and again, until the client leaves. To HEAD it
// answers without them. It calls sent after each write of units, of 64 KiB or less. If done is
// true it carries the operation out before.
func Endless(status int, begin, unit string, done bool, sent func()) Fault {
	return func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		if done {
			serve(httptest.NewRecorder(), r)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, err := io.WriteString(w, begin)
		for many := strings.Repeat(unit, 64<<10/len(unit)); err == nil && r.Method != http.MethodHead; sent() {
			_, err = io.WriteString(w, many)
		}
	}
}

// Drip answers with begin and then unit every tenth of a second, until the client leaves. To HEAD
// it answers without them.
func Drip(status int, begin, unit string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, err := io.WriteString(w, begin)
		for err == nil && r.Method != http.MethodHead {
			time.Sleep(time.Second / 10)
			if _, err = io.WriteString(w, unit); err == nil {
				err = http.NewResponseController(w).Flush()
			}
		}
	}
}

// Redirect answers with that status, and redirects the client to the URL to, followed by the path
// and query of the request.
func Redirect(status int, to string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Redirect(w, r, to+r.URL.RequestURI(), status) //nolint:gosec // tests alone ask it
	}
}
