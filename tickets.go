package upload

import (
	"context"
	"sync"
	"time"
)

const (
	// maxTickets is how many tickets are remembered at once, some 200 bytes each.
	maxTickets = 100_000
	// In each readWindow a ticket has its file read so often, on each instance,
	// and so many times its size in all: a client that is refused or leaves may try
	// again, but cannot have a bucket read for ever.
	maxAttempts = 10
	maxReads    = 3
	readWindow  = time.Hour
)

// tickets is what this instance remembers of the tickets that were confirmed or
// aborted here. It saves work and bounds it; what is right does not depend on
// it, since other instances know nothing of it.
type tickets struct {
	mu    sync.Mutex
	known map[string]*ticketState
}

type ticketState struct {
	turn    chan struct{} // of one: the right to work on the ticket
	users   int           // who have the turn or wait for it
	expires time.Time

	// For whoever has the turn.
	since     time.Time // when the window began in which these are counted
	attempts  int
	read      int64
	ended     bool // aborted here
	published bool
}

// do runs f while nobody else works on t.
func (s *tickets) do(ctx context.Context, t *sealed, f func(*ticketState) error) error {
	state := s.enter(t)
	defer s.leave(t, state)
	select {
	case state.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-state.turn }()
	return f(state)
}

func (s *tickets) enter(t *sealed) *ticketState {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.known[t.ID]
	if state == nil {
		s.makeRoom()
		if s.known == nil {
			s.known = map[string]*ticketState{}
		}
		state = &ticketState{turn: make(chan struct{}, 1), expires: time.Unix(t.Expires, 0).Add(clockSkew)}
		s.known[t.ID] = state
	}
	state.users++
	return state
}

// leave forgets a ticket of which there is nothing to remember.
func (s *tickets) leave(t *sealed, state *ticketState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state.users--
	if state.users == 0 && state.attempts == 0 && !state.ended && !state.published {
		delete(s.known, t.ID)
	}
}

// makeRoom forgets the expired ones among a few, more of them than can come in
// meanwhile, and, if there are too many, one that nobody works on.
func (s *tickets) makeRoom() {
	victim, seen, now := "", 0, time.Now()
	for id, state := range s.known {
		if state.users == 0 {
			victim = id
			if now.After(state.expires) {
				delete(s.known, id)
			}
		}
		if seen++; seen == 4 && len(s.known) < maxTickets || seen == 100 {
			break
		}
	}
	if len(s.known) >= maxTickets {
		delete(s.known, victim)
	}
}

// mayRead tells whether size more bytes may be read for the ticket now.
func (s *ticketState) mayRead(size int64) bool {
	if now := time.Now(); now.Sub(s.since) > readWindow {
		s.since, s.attempts, s.read = now, 0, 0
	}
	return s.attempts < maxAttempts && s.read+size <= maxReads*size
}
