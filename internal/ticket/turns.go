package ticket

import (
	"context"
	"sync"
	"time"
)

const (
	// maxTickets is the number of remembered tickets from which on a new one evicts another. Each
	// takes some 300 bytes, and its refusal.
	maxTickets = 100_000
	// maxAttempts is how often a ticket's file may be read in each readWindow on each instance.
	// Together these reads may take maxReads times the size of the file. A client that is refused
	// or leaves may try again, but cannot make an instance read endlessly.
	maxAttempts = 10
	maxReads    = 3
	readWindow  = time.Hour
)

// Turns is what this instance remembers of the tickets that were confirmed or aborted here. It lets
// one caller at a time work on each. That saves and bounds work. Correctness does not depend on it,
// since instances do not share their Turns. Turns is safe for concurrent use, and its zero value is
// empty.
type Turns struct {
	mu    sync.Mutex
	known map[string]*State
}

// State is what is remembered of one ticket. The exported fields belong to the caller who has the
// turn.
type State struct {
	turn    chan struct{} // holds one token: the right to work on the ticket
	users   int           // callers that have the turn or wait for it
	expires time.Time

	since time.Time // the start of the window in which Attempts and Read are counted

	Attempts  int   // to read the file
	Read      int64 // bytes of the file
	Ended     bool  // whether the upload was aborted here
	Published bool
	Refused   error // why the file was refused here
}

// Do runs f while no other caller works on the ticket with that id. It remembers what f leaves in
// the State at least until the ticket expires, unless maxTickets or more are remembered. It fails if
// ctx ends before f can begin.
func (s *Turns) Do(ctx context.Context, id string, expires time.Time, f func(*State) error) error {
	state := s.enter(id, expires)
	defer s.leave(id, state)
	select {
	case state.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-state.turn }()
	return f(state)
}

func (s *Turns) enter(id string, expires time.Time) *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.known[id]
	if state == nil {
		s.makeRoom()
		if s.known == nil {
			s.known = map[string]*State{}
		}
		state = &State{turn: make(chan struct{}, 1), expires: expires}
		s.known[id] = state
	}
	state.users++
	return state
}

// leave ends what enter began. It drops a ticket that nobody uses and that has nothing to remember.
func (s *Turns) leave(id string, state *State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state.users--
	if state.users == 0 && state.Attempts == 0 && !state.Ended && !state.Published && state.Refused == nil {
		delete(s.known, id)
	}
}

// makeRoom evicts expired tickets from a sample, faster than new ones come in. From maxTickets on it
// also evicts one that nobody uses, if the sample has one.
func (s *Turns) makeRoom() {
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

// MayRead reports whether the ticket's file of size bytes may be read once more now. It does not
// count the read, but begins a new window if the last one has ended.
func (s *State) MayRead(size int64) bool {
	if now := time.Now(); now.Sub(s.since) > readWindow {
		s.since, s.Attempts, s.Read = now, 0, 0
	}
	return s.Attempts < maxAttempts && s.Read+size <= maxReads*size
}
