package upload

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/worker"
)

// Progress shows how far uploads have come on the server. Handlers may share one. The client
// chooses the id of an upload and sends it before the body. Only its subject can ask for it;
// anonymous callers are one subject, so their ids must not be guessable. Each process has only its
// own uploads, and forgets one a minute after its end or pause. The host writes the route
// (examples/server).
//
// The zero value is ready. Its fields must not change in use.
type Progress struct {
	// ID returns the id of an upload or confirmation: 1 to 128 bytes of printable ASCII without
	// spaces. Others are not shown. Default: the header Upload-Id.
	ID func(*http.Request) string

	// MaxUploads is how many uploads are known at once. One subject has a hundredth, at least 10,
	// at most half; anonymous callers half. Beyond that, a new one evicts the first to have ended,
	// or is not shown. Default: 10,000.
	MaxUploads int

	table progressTable
}

const (
	maxProgressID = 128
	// maxAppear is how long Watch waits at least for an upload to begin.
	maxAppear = 10 * time.Second
)

// Get returns the status of subject's upload with that id, and whether there is one.
func (p *Progress) Get(subject, id string) (ProgressStatus, bool) {
	t := p.find(subject, id)
	if t == nil {
		return ProgressStatus{}, false
	}
	s, _ := t.status()
	return s, true
}

// Watch yields the status of an upload in intervals of every (10 ms or more) if it changed, and at
// its end. It stops then, with ctx, or when the upload is forgotten. It waits at least 10 s for one
// to begin. A new one with that id replaces the old.
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

// begin makes an upload known. It returns nil, which counts nothing, for one that is not shown, or
// that came without a request.
func (p *Progress) begin(r *http.Request, subject string, state ProgressState, total int64) *tracked {
	if p == nil || r == nil {
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
