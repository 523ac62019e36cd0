package upload

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/worker"
)

// Progress shows how far uploads have come on the server: what has arrived, what the
// storage has taken, and that it is being checked or published now. It is for
// [Options.Progress]; one Progress may serve several handlers. Each upload has an id,
// which the client chooses and sends before its body:
//
//	progress := &upload.Progress{}
//	h, err := upload.New(store, policy, authorize, &upload.Options{Progress: progress})
//	…
//	for status := range progress.Watch(ctx, subject, id, time.Second/4) { … }
//
// An id belongs to the subject of the upload: others cannot ask for it, though
// all anonymous callers are one, so the ids of those must not be guessable. What
// is shown is this process's: several instances need requests for an upload to
// come to the same one. It is for users to look at, and proves nothing.
//
// It is safe for concurrent use and costs an upload two atomic additions a read.
// An upload is shown for a minute after its end. The zero value is ready. The
// fields must not be changed once it is used.
type Progress struct {
	// ID tells the id of an upload by what stands before its body: a header field, the
	// query or the path. It has at most 128 bytes of printable ASCII without spaces; an
	// upload of another id, or of "", is not shown. For a direct upload it is called
	// with the confirmation. Default: the header Upload-Id.
	ID func(*http.Request) string

	// MaxUploads is how many uploads are known at once, with some 500 bytes
	// each. If there are more, those that ended first are forgotten; if none
	// has ended, a new one is not shown. The same holds for the uploads of one
	// subject, of which a hundredth of MaxUploads are known, or 10 if that is
	// more, and never more than half. All anonymous callers together have half.
	// Default, also if negative: 10,000.
	MaxUploads int

	table progressTable
}

const (
	maxProgressID = 128
	// maxAppear is how long Watch waits for an upload to begin.
	maxAppear = 10 * time.Second
)

// Get returns how far subject's upload of that id is, and false if there is
// none.
func (p *Progress) Get(subject, id string) (ProgressStatus, bool) {
	t := p.find(subject, id)
	if t == nil {
		return ProgressStatus{}, false
	}
	s, _ := t.status()
	return s, true
}

// Watch returns how far the upload is, again whenever that has changed, at most
// once in each period of every (which is at least 10 ms) but for its end, and
// ends with it, or with ctx. It waits 10 s for an upload that has not begun,
// since clients may ask before their upload arrives, and then yields nothing.
// An upload that begins under the same id takes the place of the former.
func (p *Progress) Watch(ctx context.Context, subject, id string, every time.Duration) iter.Seq[ProgressStatus] {
	return func(yield func(ProgressStatus) bool) {
		ticker := time.NewTicker(max(every, 10*time.Millisecond))
		defer ticker.Stop()
		var last ProgressStatus
		for begin := time.Now(); ; {
			t := p.find(subject, id)
			var ended <-chan struct{}
			switch {
			case t != nil:
				var s ProgressStatus
				if s, ended = t.status(); s != last && !yield(s) || s.State.Ended() {
					return
				}
				last = s
			case last != ProgressStatus{} || time.Since(begin) >= maxAppear:
				return
			}
			select {
			case <-ticker.C:
			case <-ended:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (p *Progress) find(subject, id string) *tracked {
	return p.table.find(progressID{subject, id})
}

// begin makes an upload known. It returns nil, which counts nothing, for one
// that is not.
func (p *Progress) begin(r *http.Request, subject string, state ProgressState, total int64) *tracked {
	if p == nil {
		return nil
	}
	id := r.Header.Get("Upload-Id")
	if p.ID != nil && worker.Apart(func() error { id = p.ID(r); return nil }) != nil {
		return nil
	}
	if id == "" || len(id) > maxProgressID || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return nil
	}
	t := &tracked{
		of: &p.table, id: progressID{strings.Clone(subject), strings.Clone(id)},
		state: state, total: total, ended: make(chan struct{}),
	}
	if !p.table.add(t, p.maxUploads()) {
		return nil
	}
	return t
}

func (p *Progress) maxUploads() int {
	if p.MaxUploads <= 0 {
		return 10_000
	}
	return p.MaxUploads
}
