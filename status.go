package upload

import (
	"container/list"
	"sync"
	"sync/atomic"
	"time"
)

// Status is how far an upload is.
type ProgressStatus struct {
	State ProgressState `json:"state"`
	Code  Code          `json:"code,omitempty"` // of StateRefused: why

	// Received counts the bytes of the body that have arrived: the files, and
	// what the form adds to them. Of a direct upload that is being confirmed
	// they are the bytes that were read to be checked.
	Received int64 `json:"received"`
	// Total is how many bytes will be Received, -1 if the client did not say.
	Total int64 `json:"total"`
	// Staged counts the bytes of files that were given to the storage, 0 of
	// direct uploads.
	Staged int64 `json:"staged"`
	// Files are how many files are staged whole.
	Files int `json:"files"`
}

// State is what happens to an upload now.
type ProgressState string

// The states, in their order; the last three end it.
const (
	StateWaiting    ProgressState = "waiting"    // for one of the places of Options.MaxConcurrent
	StateReceiving  ProgressState = "receiving"  // bytes are coming
	StateChecking   ProgressState = "checking"   // all bytes are here: the checks end, or the host's handler has the files
	StateCommitting ProgressState = "committing" // the files are being published, or the host's next handler has them
	StateDone       ProgressState = "done"       // the files are published
	StateRefused    ProgressState = "refused"    // for Status.Code
	StateAborted    ProgressState = "aborted"    // the host's handler gave the files up
)

// Ended reports whether nothing follows.
func (s ProgressState) Ended() bool { return s == StateDone || s == StateRefused || s == StateAborted }

// tracked is an upload that a Progress shows; nil is one that none does.
type tracked struct {
	of    *progressTable
	id    progressID
	total int64

	received, staged, files atomic.Int64

	mu    sync.Mutex
	state ProgressState
	code  Code
	ended chan struct{} // closed at the end

	// Of of, whose mutex guards these: when it ended, and where it is among those
	// of all and of its subject, nil before.
	at              time.Time
	place, ownPlace *list.Element
}

// arrived counts bytes of the body.
func (t *tracked) arrived(n int) {
	if t != nil {
		t.received.Add(int64(n))
	}
}

// taken counts bytes that go to the storage.
func (t *tracked) taken(n int) {
	if t != nil {
		t.staged.Add(int64(n))
	}
}

func (t *tracked) file() {
	if t != nil {
		t.files.Add(1)
	}
}

// is tells the state, of which there are few in an upload. After the end there
// is none.
func (t *tracked) is(state ProgressState, code Code) {
	if t == nil || !t.set(state, code) {
		return
	}
	if state.Ended() {
		t.of.end(t)
		close(t.ended)
	}
}

func (t *tracked) set(state ProgressState, code Code) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state.Ended() {
		return false
	}
	t.state, t.code = state, code
	return true
}

// status also returns what is closed when it ends.
func (t *tracked) status() (ProgressStatus, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return ProgressStatus{
		State: t.state, Code: t.code, Total: t.total,
		Received: t.received.Load(), Staged: t.staged.Load(), Files: int(t.files.Load()),
	}, t.ended
}
