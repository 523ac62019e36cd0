package faultproxy

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"time"
)

// ServeHTTP forwards the request, makes the injected fault, or answers a repeat itself.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := CallOf(r)
	fault := p.next(call)
	if status := p.repeat(call, r); status != 0 {
		answer(w, status, repeatCodes[status])
		return
	}
	switch fault {
	case InternalError:
		answer(w, http.StatusInternalServerError, "InternalError")
	case SlowDown:
		answer(w, http.StatusServiceUnavailable, "SlowDown")
	case Stall:
		<-p.released
		panic(http.ErrAbortHandler)
	case Reset:
		reset(w)
	case Delay:
		time.Sleep(time.Second)
		p.forward(r.Context(), w, r)
	case Drop:
		p.forward(context.WithoutCancel(r.Context()), nil, r)
		panic(http.ErrAbortHandler)
	case Silent:
		_, _ = io.Copy(io.Discard, r.Body)
	case Page:
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>504 Gateway Time-out</title></head></html>")
	case Muted:
		p.forward(r.Context(), nil, r)
	default:
		p.forward(r.Context(), w, r)
	}
}

// forward sends r to the server and copies the answer to w, or swallows it if w is nil.
func (p *Proxy) forward(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	out := r.Clone(ctx)
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = p.upstream.Scheme, p.upstream.Host
	if r.ContentLength == 0 {
		out.Body = nil
	}
	resp, err := p.transport.RoundTrip(out)
	if err != nil {
		panic(http.ErrAbortHandler) // the client sees a broken connection, as the proxy did
	}
	defer func() { _ = resp.Body.Close() }()
	p.note(r, resp.StatusCode)
	if w == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		return
	}
	maps.Copy(w.Header(), resp.Header)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

// note records which multipart uploads have ended.
func (p *Proxy) note(r *http.Request, status int) {
	call := CallOf(r)
	if status/100 != 2 || call != Complete && call != Abort {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished[r.URL.Query().Get("uploadId")] = true
}

// repeat returns the status for a Complete or Abort of an upload that has ended, 0 for other calls
// and unless [Proxy.AnswerRepeats] was called.
func (p *Proxy) repeat(call Call, r *http.Request) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.repeated == 0 || !p.finished[r.URL.Query().Get("uploadId")]:
		return 0
	case call == Complete:
		return p.repeated
	case call == Abort:
		return http.StatusNoContent
	}
	return 0
}

var repeatCodes = map[int]string{
	http.StatusPreconditionFailed: "PreconditionFailed",
	http.StatusNotFound:           "NoSuchUpload",
}

func answer(w http.ResponseWriter, status int, code string) {
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>injected</Message></Error>", code)
}

// reset closes the connection, without TLS by a RST.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
