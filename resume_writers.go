package upload

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// stopTime is how long a request waits at most for an earlier one of the same upload to stop.
const stopTime = 3 * time.Second

// writers are the requests of this process that write bytes, one at a time for each upload. A new
// request stops the old one, which may wait on a lost connection for long. Only the storage keeps
// the bytes of two requests apart, since other instances write, too. The methods are safe for
// concurrent use, and the zero value is empty.
type writers struct {
	mu   sync.Mutex
	byID map[string]*writer
}

type writer struct {
	stop  func()
	ended chan struct{}
}

// begin stops the writer of an upload, and makes the caller the next one, until it calls end.
func (w *writers) begin(ctx context.Context, id string, stop func()) (end func(), err error) {
	next := &writer{stop: stop, ended: make(chan struct{})}
	err = w.quiet(ctx, id, func() {
		if w.byID == nil {
			w.byID = map[string]*writer{}
		}
		w.byID[id] = next
	})
	if err != nil {
		return nil, err
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.byID, id)
		close(next.ended)
	}, nil
}

// quiet stops the writer of an upload, and calls do while the upload has none. do must not wait.
func (w *writers) quiet(ctx context.Context, id string, do func()) error {
	ctx, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	for {
		w.mu.Lock()
		running := w.byID[id]
		if running == nil {
			do()
			w.mu.Unlock()
			return nil
		}
		w.mu.Unlock()
		running.stop()
		select {
		case <-running.ended:
		case <-ctx.Done():
			return withStatus(&Error{Code: CodeBusy, Params: map[string]any{"kind": "upload"}}, http.StatusLocked)
		}
	}
}

// jobs are the files that this process is checking and publishing. The method is safe for
// concurrent use, and the zero value is empty.
type jobs struct {
	mu   sync.Mutex
	byID map[string]*job
}

// job is the check and publication of one file. It can outlive the request that began it.
type job struct {
	ended chan struct{}
	file  File // after ended
	err   error
}

// join returns the job of an upload. If there is none, it begins one, which calls run, and reports
// that the job is new.
func (j *jobs) join(id string, run func() (File, error)) (*job, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if running := j.byID[id]; running != nil {
		return running, false
	}
	if j.byID == nil {
		j.byID = map[string]*job{}
	}
	one := &job{ended: make(chan struct{}), err: internal(errUndecided)}
	j.byID[id] = one
	go func() {
		defer func() {
			j.mu.Lock()
			defer j.mu.Unlock()
			delete(j.byID, id)
			close(one.ended)
		}()
		one.file, one.err = run()
	}()
	return one, true
}
