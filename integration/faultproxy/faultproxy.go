// Package faultproxy has an http.Handler in front of an S3 server. It makes chosen calls fail or
// take long, in ways in which S3, gateways and the network do.
//
// Bodies are streamed and the Host header is kept, so that signatures stay valid.
package faultproxy

import (
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Fault is what the proxy does with a call instead of only forwarding it.
type Fault string

// These are the faults.
const (
	InternalError Fault = "500"     // answered with 500 InternalError, not processed
	SlowDown      Fault = "503"     // answered with 503 SlowDown, not processed
	Stall         Fault = "stall"   // neither read nor answered; Release breaks the connection
	Reset         Fault = "reset"   // the connection is reset (with TLS only closed), not processed
	Delay         Fault = "delay"   // processed after one second
	Drop          Fault = "dropped" // processed to its end, the answer is dropped
	Silent        Fault = "silent"  // answered with 200 and nothing, not processed
	Page          Fault = "page"    // answered with 200 and a page of HTML, not processed
	Muted         Fault = "muted"   // processed while the client waits; 200 and nothing
)

// Always is the number for [Proxy.Inject] that means every call.
const Always = -1

// Proxy is made by [New]. It is safe for concurrent use.
type Proxy struct {
	upstream  *url.URL
	transport *http.Transport
	released  chan struct{}
	release   func()

	mu       sync.Mutex
	faults   map[Call]*injection
	counts   map[Call]int
	repeated int             // status for repeated Completes; 0 forwards them
	finished map[string]bool // ids of uploads that were completed or aborted
}

type injection struct {
	fault Fault
	left  int
}

// New returns a proxy to the server at upstream that forwards everything.
func New(upstream *url.URL) *Proxy {
	p := &Proxy{
		upstream:  upstream,
		transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, ExpectContinueTimeout: time.Second},
		released:  make(chan struct{}),
		faults:    map[Call]*injection{},
		counts:    map[Call]int{},
		finished:  map[string]bool{},
	}
	p.release = sync.OnceFunc(func() { close(p.released) })
	return p
}

// Inject makes the fault in the next n calls of that kind, or in every one for [Always]. It
// replaces what was injected for that kind before.
func (p *Proxy) Inject(call Call, fault Fault, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults[call] = &injection{fault: fault, left: n}
}

// AnswerRepeats makes the proxy behave like servers that forget an upload once it has ended. The
// proxy then answers a Complete of that upload with status, 412 or 404, and an Abort with 204.
// Without AnswerRepeats, or with 0, both are forwarded.
func (p *Proxy) AnswerRepeats(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.repeated = status
}

// Release ends all stalls, present and future, and closes idle connections to the server. Until
// then a stalled call keeps the http.Server of this handler from closing.
func (p *Proxy) Release() {
	p.release()
	p.transport.CloseIdleConnections()
}

// Count returns how many calls of that kind came.
func (p *Proxy) Count(call Call) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[call]
}

// next counts the call and returns its fault, "" for none.
func (p *Proxy) next(call Call) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[call]++
	i := p.faults[call]
	if i == nil || i.left == 0 {
		return ""
	}
	if i.left > 0 {
		i.left--
	}
	return i.fault
}
