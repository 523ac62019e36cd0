package upload

import (
	"context"
	"errors"
	"io"

	"github.com/airlock-go/upload/internal/worker"
)

// Store publishes a file of the program itself by the rules for files of clients: policy, names,
// keys, sizes, slots and memory, but without the [Options.Limiter]. Of f only Field and Name are
// read. The grant must not be nil.
//
// The error is an [*Error], such as one of r itself, [CodeInternal] for another error of r,
// [CodeClientGone] when ctx is cancelled, or [CodeTimeout] at its deadline. A staged file is
// published even if ctx ends.
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
	if err := tx.takeSlot(h.opts.MaxWait); err != nil {
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
	for range 100 { // empty reads, as many as in package bufio
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
		case err == io.EOF: // a wrapped one is a failure, which must not pass for the end of the file
			return n, io.EOF
		case err != nil:
			return n, errorOf(err)
		}
		return n, nil
	}
	return 0, internal(io.ErrNoProgress)
}
