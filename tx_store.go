package upload

import (
	"context"
	"errors"
	"io"

	"github.com/airlock-go/upload/internal/worker"
)

// Store stores a file that the program itself has, such as an import, an attachment of
// a mail or a thumbnail. It obeys the same rules as a file that a client sends: policy,
// names, keys, sizes, places and memory. Of f only Field and Name are read. What it
// returns is published.
//
// The grant says for whom the file is stored, as an [Authorizer] does; nil is refused.
// The [Options.Limiter] is not asked, since it counts what clients send. TextFirst and
// CheckForm are for forms alone. There is one decision, an [Event] whose Door is "store".
// Store waits for a place and for memory as [Options.MaxWait] says, and
// [Handler.Shutdown] waits for it.
//
// The error is an [*Error]. One of r is its cause, with [CodeInternal] unless it is
// an [*Error] itself; the end of ctx refuses with [CodeClientGone], and then nothing is
// kept. Store looks at ctx before each Read, and cannot interrupt one: give it a reader
// that ends with ctx. Once all was read the file is published although ctx ends.
func (h *Handler) Store(ctx context.Context, grant *Grant, f File, r io.Reader) (File, error) {
	tx := &Tx{s: h.newSession(ctx, doorStore, nil), taken: map[string]int{}}
	tx.s.body = &body{eof: true} // there is none
	defer tx.close()
	if err := tx.store(grant, f, r); err != nil {
		return File{}, tx.refused(err, tx.files)
	}
	tx.state = txOpen
	if err := tx.Commit(context.WithoutCancel(ctx)); err != nil {
		return File{}, err
	}
	return tx.files[0], nil
}

func (tx *Tx) store(grant *Grant, f File, r io.Reader) error {
	h := tx.s.h
	if !h.sessions.enter(&tx.s.live) {
		return errShutdown
	}
	if grant == nil || r == nil {
		return internal(errors.New("upload: Store needs a grant and a reader"))
	}
	if err := tx.s.admit(grant, h.rules); err != nil {
		return err
	}
	name, limit, err := tx.announce(f.Field, f.Name)
	if err != nil {
		return err
	}
	if err := tx.takePlace(h.opts.MaxWait); err != nil {
		return err
	}
	return tx.file(&Incoming{Field: f.Field, Name: name}, &given{s: tx.s, src: r}, limit, limit)
}

// given is a file that the program reads itself. A failure of it is the program's.
type given struct {
	s   *session
	src io.Reader
}

func (g *given) Read(p []byte) (n int, err error) {
	for range 100 {
		if err := context.Cause(g.s.ctx); err != nil {
			return 0, errorOf(err)
		}
		err = worker.Contain(func() (err error) {
			n, err = g.src.Read(p)
			return err
		})
		if n < 0 || n > len(p) {
			n, err = 0, errors.New("upload: a reader that breaks the rules of io.Reader")
		}
		g.s.checked += int64(n)
		switch {
		case err == nil && n == 0:
			continue
		case errors.Is(err, io.EOF):
			return n, io.EOF
		case err != nil:
			return n, errorOf(err)
		}
		return n, nil
	}
	return 0, internal(io.ErrNoProgress)
}
