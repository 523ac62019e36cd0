package upload

import (
	"context"
	"sync"
	"time"
)

const (
	// maxTickets is how many tickets are remembered at once, some 200 bytes each.
	maxTickets = 100_000
	// maxAttempts is how often a file is read for one ticket, on each instance,
	// and maxReads how many times its size those attempts read together: a client
	// that is refused or leaves may try again, but cannot have a bucket read for
	// ever.
	maxAttempts = 10
	maxReads    = 3
)

// tickets is what this instance remembers of the tickets that were confirmed or
// aborted here, until they expire. It saves work and bounds it; what is right
// does not depend on it, since other instances know nothing of it.
type tickets struct {
	mu    sync.Mutex
	known map[string]*ticketState
}

type ticketState struct {
	turn    chan struct{} // of one: the right to work on the ticket
	expires time.Time

	// For whoever has the turn.
	attempts int
	read     int64
	ended    bool
}

// do runs f while nobody else works on t.
func (s *tickets) do(ctx context.Context, t *sealed, f func(*ticketState) error) error {
	state := s.state(t)
	if state == nil {
		return &Error{Code: CodeBusy, Reason: busyReason}
	}
	select {
	case state.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-state.turn }()
	return f(state)
}

// state returns nil if too many tickets are in use.
func (s *tickets) state(t *sealed) *ticketState {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state := s.known[t.ID]; state != nil {
		return state
	}
	if len(s.known) >= maxTickets {
		now := time.Now()
		for id, state := range s.known {
			if now.After(state.expires) {
				delete(s.known, id)
			}
		}
	}
	if len(s.known) >= maxTickets {
		return nil
	}
	if s.known == nil {
		s.known = map[string]*ticketState{}
	}
	state := &ticketState{turn: make(chan struct{}, 1), expires: time.Unix(t.Expires, 0).Add(clockSkew)}
	s.known[t.ID] = state
	return state
}
