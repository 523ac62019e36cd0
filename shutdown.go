package upload

import (
	"context"
	"errors"
	"sync"
	"time"
)

// sessions are the requests that Shutdown waits for. They are safe for concurrent
// use, and their zero value is empty and open.
type sessions struct {
	mu      sync.Mutex
	closing bool
	active  map[*live]struct{}
	idle    chan struct{} // closed when closing and nothing is active
}

// live ends a request from outside.
type live struct {
	cancel context.CancelCauseFunc
	body   *body // of the request, nil if nothing is read
}

// shutdown lets no request in any more, and cuts those that still run when ctx ends. Then it waits
// for them, for patience at most.
func (s *sessions) shutdown(ctx context.Context, patience time.Duration) error {
	idle := s.close()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-idle: // both have ended
		return nil
	default:
	}
	s.cut()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-idle:
		return ctx.Err()
	case <-timer.C:
		return errors.New("upload: Shutdown: uploads are still running")
	}
}

func (s *sessions) close() (idle <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.closing, s.idle = true, make(chan struct{})
		if len(s.active) == 0 {
			close(s.idle)
		}
	}
	return s.idle
}

func (s *sessions) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.active {
		l.cancel(errShutdown)
		if l.body != nil {
			l.body.cut(errShutdown, false)
		}
	}
}

// enter lets a request in unless closing has begun.
func (s *sessions) enter(l *live) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.add(l)
	}
	return !s.closing
}

// reenter lets Shutdown, unless it has returned, wait for an upload that is being
// undone.
func (s *sessions) reenter(l *live) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing || len(s.active) > 0 {
		s.add(l)
	}
}

func (s *sessions) add(l *live) {
	if s.active == nil {
		s.active = map[*live]struct{}{}
	}
	s.active[l] = struct{}{}
}

func (s *sessions) leave(l *live) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.active[l]; !ok {
		return
	}
	delete(s.active, l)
	if s.closing && len(s.active) == 0 {
		close(s.idle)
	}
}
