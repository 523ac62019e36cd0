package upload

import (
	"container/list"
	"sync"
	"sync/atomic"
	"time"
)

// ProgressStatus is how far an upload is.
type ProgressStatus struct {
	State ProgressState `json:"state"`
	Code  Code          `json:"code,omitempty"` // of StateRefused: why

	// Received counts bytes that have arrived or, from 0, are read to check a stored upload.
	Received int64 `json:"received"`
	// Total is what Received will be, -1 if unknown.
	Total int64 `json:"total"`
	// Staged counts bytes given to the storage, 0 for direct and resumable uploads.
	Staged int64 `json:"staged"`
	// Files counts files staged whole, 0 for these.
	Files int `json:"files"`
}

// ProgressState is what happens to an upload now.
type ProgressState string

// The states, in their usual order; the last three are final.
const (
	StateWaiting    ProgressState = "waiting"    // for a slot, or more of a resumable upload
	StateReceiving  ProgressState = "receiving"  // bytes
	StateChecking   ProgressState = "checking"   // all bytes are here; after Receive, until Commit
	StateCommitting ProgressState = "committing" // in Middleware, until the next handler returns
	StateDone       ProgressState = "done"       // published
	StateRefused    ProgressState = "refused"    // for ProgressStatus.Code
	StateAborted    ProgressState = "aborted"    // by the host
)

// Ended reports whether the state is final.
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

	// The mutex of the table guards these: when the upload ended or paused, and its places in the
	// lists ended of the table and of its subject. Before, they are zero.
	ending          time.Time
	place, ownPlace *list.Element
}

// at sets how many bytes have arrived.
func (t *tracked) at(received int64) {
	if t != nil {
		t.received.Store(received)
	}
}

// pause is the end of a request that may be followed by another one of the same upload.
func (t *tracked) pause() {
	if t != nil && t.set(StateWaiting, "") {
		t.of.end(t)
	}
}

// arrived counts bytes of the body, or of the staged file that is checked.
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

// is sets the state, which changes a few times in an upload. After the end it does nothing.
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

// status also returns a channel that is closed at the end.
func (t *tracked) status() (ProgressStatus, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return ProgressStatus{
		State: t.state, Code: t.code, Total: t.total,
		Received: t.received.Load(), Staged: t.staged.Load(), Files: int(t.files.Load()),
	}, t.ended
}

// keepEnded is how long an upload is known after its end or pause.
const keepEnded = time.Minute

// progressTable holds the uploads of a Progress. On average a call costs the same however many
// there are. It is safe for concurrent use, and its zero value is empty.
type progressTable struct {
	mu       sync.Mutex
	known    map[progressID]*tracked
	ended    list.List // of those that are known, the first to end in front
	subjects map[string]*subjectUploads
}

type progressID struct{ subject, id string }

// subjectUploads are the known uploads of one subject, at least one.
type subjectUploads struct {
	known int
	ended list.List // as in progressTable
}

// subjectShare is how many of limit uploads one subject may have.
func subjectShare(subject string, limit int) int {
	half := max(1, limit/2)
	if subject == "" { // anonymous callers are many
		return half
	}
	return min(max(limit/100, 10), half)
}

func (p *progressTable) find(id progressID) *tracked {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	return p.known[id]
}

// add makes t known, in place of one with its id. If the table or the share of t's subject is full,
// add evicts the first to have ended there. It reports false if none has.
func (p *progressTable) add(t *tracked, limit int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	p.forget(p.known[t.id])
	of := p.subjects[t.id.subject]
	if of != nil && of.known >= subjectShare(t.id.subject, limit) && !p.forgetFirst(&of.ended) {
		return false
	}
	if len(p.known) >= limit && !p.forgetFirst(&p.ended) {
		return false
	}
	if p.known == nil {
		p.known, p.subjects = map[progressID]*tracked{}, map[string]*subjectUploads{}
	}
	if of = p.subjects[t.id.subject]; of == nil { // or forgotten just now
		of = &subjectUploads{}
		p.subjects[t.id.subject] = of
	}
	of.known++
	p.known[t.id] = t
	return true
}

// end begins the time for which t, which has ended or paused, is known.
func (p *progressTable) end(t *tracked) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[t.id] == t { // no other has taken its place
		t.ending, t.place = time.Now(), p.ended.PushBack(t)
		t.ownPlace = p.subjects[t.id.subject].ended.PushBack(t)
	}
}

// expire evicts uploads that ended or paused too long ago.
func (p *progressTable) expire() {
	for e := p.ended.Front(); e != nil && time.Since(e.Value.(*tracked).ending) >= keepEnded; e = p.ended.Front() {
		p.forget(e.Value.(*tracked))
	}
}

func (p *progressTable) forgetFirst(ended *list.List) bool {
	first := ended.Front()
	if first == nil {
		return false
	}
	p.forget(first.Value.(*tracked))
	return true
}

func (p *progressTable) forget(t *tracked) {
	if t == nil {
		return
	}
	delete(p.known, t.id)
	of := p.subjects[t.id.subject]
	if of.known--; of.known == 0 {
		delete(p.subjects, t.id.subject)
	}
	if t.place != nil {
		p.ended.Remove(t.place)
		of.ended.Remove(t.ownPlace)
	}
}
