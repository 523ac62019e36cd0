package upload

import (
	"container/list"
	"sync"
	"time"
)

// keepEnded is how long an upload is known after its end.
const keepEnded = time.Minute

// progressTable is what a Progress knows. Every call costs the same however much
// that is. It is safe for concurrent use, and its zero value is empty.
type progressTable struct {
	mu       sync.Mutex
	known    map[progressID]*tracked
	ended    list.List // of those that are known, the first to end in front
	subjects map[string]*subjectUploads
}

type progressID struct{ subject, id string }

// subjectUploads are those of one subject that are known, never none.
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

// add makes t known, in place of one with its id, and forgets what has ended
// first if the table or the share of t's subject is full. It reports false if
// nothing has ended there.
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

// end begins the time for which t, which has ended, is known.
func (p *progressTable) end(t *tracked) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[t.id] == t { // no other has taken its place
		t.at, t.place = time.Now(), p.ended.PushBack(t)
		t.ownPlace = p.subjects[t.id.subject].ended.PushBack(t)
	}
}

// expire forgets what has ended too long ago.
func (p *progressTable) expire() {
	for e := p.ended.Front(); e != nil && time.Since(e.Value.(*tracked).at) >= keepEnded; e = p.ended.Front() {
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
