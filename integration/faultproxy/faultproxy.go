// Package faultproxy is an http.Handler that stands before an S3 server and
// makes chosen calls fail, in the ways that S3 and the network between do.
//
// Requests are forwarded as they come: bodies are streamed and the Host header
// is kept, so that their signatures hold.
package faultproxy

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Fault is what happens to a call instead of its answer.
type Fault string

// The faults.
const (
	InternalError Fault = "500"     // answered with 500 InternalError, not processed
	SlowDown      Fault = "503"     // answered with 503 SlowDown, not processed
	Stall         Fault = "stall"   // neither read nor answered before Release
	Reset         Fault = "reset"   // the connection is reset, the call is not processed
	Delay         Fault = "delay"   // processed after one second
	Drop          Fault = "dropped" // processed to its end, the answer is dropped
)

// Always, as the number of calls of [Proxy.Inject], means every one.
const Always = -1

// Proxy is made by [New]. It is safe for concurrent use.
type Proxy struct {
	upstream  *url.URL
	transport *http.Transport
	released  chan struct{}
	release   func()

	mu       sync.Mutex
	faults   map[Call]*injection
	records  []Record
	repeated int             // status for repeated Completes; 0 forwards them
	finished map[string]bool // ids of uploads that were completed or aborted
}

type injection struct {
	fault Fault
	left  int
}

// Record is one call that reached the proxy.
type Record struct {
	Call   Call
	Path   string
	Fault  Fault // what was done to it, "" if it was forwarded and answered
	Status int   // what the server answered, 0 if it was not asked
}

// New returns a proxy to the server at upstream that forwards everything.
func New(upstream *url.URL) *Proxy {
	p := &Proxy{
		upstream:  upstream,
		transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, ExpectContinueTimeout: time.Second},
		released:  make(chan struct{}),
		faults:    map[Call]*injection{},
		finished:  map[string]bool{},
	}
	p.release = sync.OnceFunc(func() { close(p.released) })
	return p
}

// Inject makes the next n calls of that kind fail, every one for [Always].
func (p *Proxy) Inject(call Call, fault Fault, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults[call] = &injection{fault: fault, left: n}
}

// Heal ends all faults.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.faults)
}

// AnswerRepeats makes the proxy behave like servers that forget an upload once
// it ended: a second Complete is answered with status, 412 or 404, and a second
// Abort with 204. Without it both are forwarded.
func (p *Proxy) AnswerRepeats(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.repeated = status
}

// Release ends all stalls, present and future, and closes idle connections to
// the server. A server of this handler cannot be closed before.
func (p *Proxy) Release() {
	p.release()
	p.transport.CloseIdleConnections()
}

// Records returns the calls that came, in the order in which they ended.
func (p *Proxy) Records() []Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.records)
}

// Count tells how many calls of that kind came.
func (p *Proxy) Count(call Call) int {
	n := 0
	for _, r := range p.Records() {
		if r.Call == call {
			n++
		}
	}
	return n
}

// next takes the fault that the call meets, "" for none.
func (p *Proxy) next(call Call) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.faults[call]
	if i == nil || i.left == 0 {
		return ""
	}
	if i.left > 0 {
		i.left--
	}
	return i.fault
}

func (p *Proxy) record(r Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.records = append(p.records, r)
}
