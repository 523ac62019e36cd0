package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/internal/tus"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// finishWait is the longest that a request waits for the check and publication of its file. Many
// proxies give up after a minute.
const finishWait = 50 * time.Second

// finish checks and publishes a file of which all bytes are stored, in a job. The check is in j, if
// one was begun. The job goes on when the client leaves, or has waited too long. A request that
// comes meanwhile joins the job.
func (s *resumption) finish(j *judging) (File, error) {
	s.handed = true
	one, mine := s.z.jobs.join(s.t.ID, func() (File, error) { return s.job(j) })
	if !mine {
		s.handed = false
		c, _ := j.result()
		c.close()
	}
	patience := time.NewTimer(finishWait)
	defer patience.Stop()
	select {
	case <-one.ended:
	case <-patience.C:
		return File{}, errChecking
	case <-s.r.Context().Done():
		return File{}, &Error{Code: CodeClientGone}
	}
	if !mine && one.err == nil {
		s.decide(Event{Kind: KindConfirmed, Files: []File{one.file}})
	}
	return one.file, one.err
}

// job runs on a goroutine of its own, and ends the session.
func (s *resumption) job(j *judging) (f File, err error) {
	defer func() {
		if err != nil {
			s.pauseUnless(isVerdict(err))
		}
		err = s.leaveWith(err)
	}()
	err = worker.Contain(func() error {
		c, err := j.result()
		defer c.close()
		s.freshWorker() // a call of the request may hang
		if err != nil {
			return s.settled(err)
		}
		f, err = s.published(c)
		return err
	})
	if err != nil {
		return File{}, withFile(err, s.t.Field, s.t.Name)
	}
	s.decide(Event{Kind: KindConfirmed, Files: []File{f}}) // unless it was accepted just now
	s.progress.is(StateDone, "")
	return f, nil
}

// published returns the published file. It publishes the file unless that was done, here or by
// another instance.
func (s *resumption) published(c *checked) (File, error) {
	st, err := s.state()
	if err != nil {
		return File{}, err
	}
	if st.Done != nil {
		return s.finished(st.Done)
	}
	if err := s.ended(st); err != nil {
		return File{}, err
	}
	f, err := s.z.published(s.ctx, s.t, "")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if f, err = s.publish(c, st.End != nil); err != nil {
			return s.decidedMeanwhile(err)
		}
	case errors.Is(err, CodeConflict): // another file has the key, and will have it
		if st.End == nil {
			return File{}, s.endWith(gone(err))
		}
		f, err = s.giveUp(gone(err))
	}
	if err != nil {
		return File{}, err
	}
	if err := s.hostDone(f); err != nil {
		return File{}, err
	}
	return s.markDone(f)
}

// publish checks the file, unless c is its check, records the decision for all instances, and
// publishes the file. An upload that was accepted before a process ended is checked again: what was
// found then is not kept.
func (s *resumption) publish(c *checked, accepted bool) (File, error) {
	pieces, err := s.chain.Pieces(s.ctx)
	if err != nil {
		return File{}, s.chainError(err)
	}
	if bytesOf(pieces) < s.t.Size { // another instance has removed some since the state was read
		return File{}, errGivenUp
	}
	open := func(ctx context.Context) (io.ReadCloser, error) { return s.chain.Read(ctx, pieces), nil }
	if c == nil {
		if c, err = s.recheck(open); err != nil {
			switch {
			case !accepted:
				return File{}, s.settled(err)
			case lacksBytes(err):
				return File{}, err
			}
			return s.giveUp(err)
		}
		defer c.close()
	}
	if !accepted {
		decided, err := s.z.decideEnd(s.session, s.t, s.chain, ending{Outcome: outcomeAccepted})
		if err == nil {
			err = decided.refusal(s.t)
		}
		if err != nil {
			return File{}, err
		}
	}
	if s.z.direct == nil {
		err = s.replay(c, open)
	} else {
		err = s.promote(c)
	}
	if errors.Is(err, CodeConflict) && errorOf(err).Params["kind"] == "exists" {
		return s.giveUp(gone(err))
	}
	return c.file, err
}

func bytesOf(pieces []storage.Source) (n int64) {
	for _, p := range pieces {
		n += p.Size
	}
	return n
}

// recheck reads the stored pieces through the validators, as for a direct upload.
func (s *resumption) recheck(open opener) (c *checked, err error) {
	err = s.z.turns.Do(s.ctx, s.t.ID, s.t.expires(), func(state *ticket.State) (err error) {
		if !state.MayRead(s.t.Size) {
			return &Error{Code: CodeBusy, RetryAfter: time.Hour, Params: map[string]any{"kind": "checks"}}
		}
		s.progress.at(0)
		c, err = s.z.check(s.session, s.t, state, open)
		return err
	})
	return c, err
}

// promote publishes the pieces inside the storage.
func (s *resumption) promote(c *checked) error {
	ctx, cancel := s.outliving()
	defer cancel()
	sources, err := s.chain.Sources(ctx, chain.Template{Subject: s.t.Subject, MaxWait: s.h.opts.MaxWait})
	if err != nil {
		return s.chainError(err)
	}
	return s.z.promote(s.session, s.t, c, s.z.direct, sources)
}

// replay publishes the pieces through Stage and Commit, for a storage that cannot do it inside.
func (s *resumption) replay(c *checked, open opener) error {
	ctx, cancel := s.outliving()
	defer cancel()
	src, err := openStalling(ctx, s.t.Size, s.h.opts.StallTimeout, open)
	if err != nil {
		return readError(err)
	}
	defer src.close()
	err = s.copy(ctx, c, &patched{src: src, list: c.patches})
	if err != nil && !errors.Is(err, storage.ErrExists) { // another instance may have published this file
		return err
	}
	switch _, err := s.z.published(ctx, s.t, c.digest); {
	case errors.Is(err, CodeConflict): // it is another file
		return err
	case err != nil:
		return storageError(err)
	}
	s.decide(Event{Kind: KindAccepted, Files: []File{c.file}})
	return nil
}

// copy publishes the bytes of src under the ticket's key.
func (s *resumption) copy(ctx context.Context, c *checked, src io.Reader) error {
	staged, err := s.h.store.Stage(ctx, storage.Object{
		Key: s.t.Key, Type: c.file.Type, Name: c.file.Name, Nonce: s.t.ID, MaxSize: max(1, s.t.Size),
		Subject: s.t.Subject, MaxWait: s.h.opts.MaxWait, SHA256: func() string { return c.digest },
	}, src)
	if err != nil {
		return stageError(err)
	}
	if err := staged.Commit(ctx); err != nil {
		if !errors.Is(err, storage.ErrUnknownOutcome) { // else the file may be published, and stays
			err = errors.Join(err, s.cleanup(c.file, staged.Discard))
		}
		return commitError(err)
	}
	return nil
}

// patched is a file with the changes of its cleaning.
type patched struct {
	src  io.Reader
	list []storage.Patch
	at   int64
}

func (p *patched) Read(b []byte) (int, error) {
	n, err := p.src.Read(b)
	storage.ApplyPatches(b[:n], p.at, p.list)
	p.at += int64(n)
	return n, err
}

// hostDone calls the host's function, which may panic. It takes no slot from other checks. Its
// error is one after which clients come again: a file with bytes stays published, and its upload
// cannot end in any other way.
func (s *resumption) hostDone(f File) error {
	s.worker.Close()
	if s.z.opts.Done == nil {
		return nil
	}
	meta, err := tus.Reread(s.t.Metadata)
	if err == nil {
		rest := meta.Except(slices.Concat(metaNames[:], metaTypes[:], []string{metaField})...)
		err = worker.Apart(func() error { return s.z.opts.Done(s.ctx, s.t.Subject, rest, f) })
	}
	if err == nil {
		return nil
	}
	e, _ := hostRefusal(s.ctx, err, nil)
	if e.Code.Status() < http.StatusInternalServerError {
		e = internal(err)
	}
	if s.decided { // accepted, so no event has the cause
		s.h.opts.Logger.ErrorContext(s.ctx, "upload: ResumeOptions.Done failed after the file was published", "key", f.Key, "subject", s.t.Subject, "error", e)
	}
	return e
}

// markDone says for all instances that the file is published and the host's function has run, gives
// back what was reserved, and removes the pieces.
func (s *resumption) markDone(f File) (File, error) {
	data, err := s.z.sealMarker(result{ID: s.t.ID, Type: f.Type, SHA256: f.SHA256, Facts: f.kept()})
	if err != nil {
		return File{}, internal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.h.opts.CommitTimeout)
	defer cancel()
	if _, err := s.chain.Done(ctx, data); err != nil {
		return File{}, storageError(err)
	}
	s.z.release(s.session, s.t)
	_ = s.z.removePieces(s.session, s.t, s.chain) // a failure is logged
	return f, nil
}

// showFile shows the client its file, by a header of ASCII alone.
func showFile(h http.Header, f File) {
	h.Set("Upload-File", asciiJSON(f))
}
