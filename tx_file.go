package upload

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/form"
	"github.com/airlock-go/upload/storage"
)

// file takes one file from the form to storage: name, head, type, validators,
// key, and then every byte past the observer into Stage.
func (tx *Tx) file(fr *form.Reader, p *form.Part, values url.Values) error {
	if p.FileName == "" {
		return emptySelection(p)
	}
	if err := tx.checkTextFirst(values); err != nil {
		return err
	}
	name, err := filename.Clean(p.FileName)
	field := filename.Cut(p.Name, maxFieldName) // one that is refused may be long
	tx.s.about = File{Field: field, Name: name}
	rule, refused := tx.s.rules.take(p.Name, tx.taken)
	if refused == nil && err != nil {
		refused = &Error{Code: CodeBadName, Err: err}
	}
	if refused != nil {
		return withFile(refused, field, name)
	}
	in := &Incoming{
		Field: p.Name, Name: name, ClaimedType: p.Type, Size: -1,
		Subject: tx.s.grant.Subject, Form: maps.Clone(values), // later fields are added to values
	}
	maxSize := tx.maxSize(fr, rule.MaxSize)
	if err := readHead(in, p); err != nil {
		return withFile(formError(err), in.Field, in.Name)
	}
	in.Name = tx.s.h.completeName(in.Name, in.Type)
	tx.s.about.Name, tx.s.about.Type, tx.s.about.Size = in.Name, in.Type, int64(len(in.Head))
	if in.Size >= 0 {
		maxSize = max(1, in.Size)
	}
	return withFile(tx.stage(in, p, rule.MaxSize, maxSize), in.Field, in.Name)
}

// emptySelection passes over the part that a browser sends for a file input in
// which nothing was chosen.
func emptySelection(p *form.Part) error {
	var b [1]byte
	switch n, err := io.ReadFull(p, b[:]); {
	case n > 0:
		return withFile(&Error{Code: CodeBadName, Params: map[string]any{"kind": "missing"}}, filename.Cut(p.Name, maxFieldName), "")
	case err == io.EOF: // the part's own io.EOF is bare
		return nil
	default:
		return formError(err)
	}
}

// maxSize is the most bytes the current part can still bring, within limit.
func (tx *Tx) maxSize(fr *form.Reader, limit int64) int64 {
	if left := tx.s.r.ContentLength - fr.Consumed(); tx.s.r.ContentLength > 0 {
		return max(1, min(left, limit))
	}
	return limit
}

// stage judges the file, and stages it; a file of more than limit bytes is refused.
func (tx *Tx) stage(in *Incoming, p *form.Part, limit, maxSize int64) error {
	if in.Size > limit {
		return tooLarge(limit, in.Size)
	}
	observer, err := tx.s.validate(in)
	if err != nil {
		return err
	}
	s := newStream(p, in.Head, limit, tx.s.worker, observer, tx.s.h.opts.SHA256)
	s.progress = tx.s.progress
	defer s.close()
	key, err := tx.s.key(in)
	if err != nil {
		return err
	}
	tx.s.about.Key = key
	staged, err := tx.s.h.store.Stage(tx.s.ctx, storage.Object{
		Key: key, Type: in.Type, Name: in.Name, MaxSize: maxSize,
		Subject: in.Subject, MaxWait: max(0, time.Until(tx.waitUntil)),
		Siblings: slices.Clone(tx.staged),
		SHA256:   func() string { return s.digest },
	}, s)
	tx.s.about.Size, tx.s.about.SHA256 = max(tx.s.about.Size, s.size), s.digest
	if err == nil && s.complete() {
		tx.staged = append(tx.staged, staged)
		tx.files = append(tx.files, tx.s.about)
		tx.s.about = File{}
		tx.s.progress.file()
		return nil
	}
	if staged != nil { // a store that keeps what it was not given whole
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tx.s.ctx), tx.s.h.opts.CleanupTimeout)
		defer cancel()
		err = errors.Join(err, tx.s.cleanup(ctx, tx.s.about, staged.Discard))
	}
	if failed := s.failed(); failed != nil {
		return failed
	}
	return stageError(err)
}

func stageError(err error) error {
	if err == nil {
		err = errors.New("upload: the storage did not read the file to its end")
	}
	return storageRefusal(err)
}
