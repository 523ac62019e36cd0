package upload

import (
	"errors"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/form"
	"github.com/airlock-go/upload/storage"
)

// part takes one file part of the form.
func (tx *Tx) part(fr *form.Reader, p *form.Part, text url.Values) error {
	if p.FileName == "" {
		return emptySelection(p)
	}
	if err := tx.checkTextFirst(text); err != nil {
		return err
	}
	name, limit, err := tx.announce(p.Name, p.FileName)
	if err != nil {
		return err
	}
	return tx.file(&Incoming{
		Field: p.Name, Name: name, ClaimedType: p.Type, Form: cloneValues(text), // later fields are added to text
	}, p, limit, tx.left(fr.Consumed(), limit))
}

// announce judges what is known of a file before its first byte. It returns the cleaned
// name, and the most bytes that a file of the field may have.
func (tx *Tx) announce(field, sentName string) (name string, limit int64, err error) {
	name, bad := filename.Clean(sentName)
	shown := filename.Cut(field, maxFieldName) // one that is refused may be long
	tx.s.about = File{Field: shown, Name: name}
	rule, err := tx.s.rules.take(field, tx.taken)
	if err == nil && bad != nil {
		err = &Error{Code: CodeBadName, Err: bad}
	}
	if err != nil {
		return "", 0, withFile(err, shown, name)
	}
	return name, rule.MaxSize, nil
}

// file takes an announced file to storage: head, type, validators, key, and then each byte through
// the observer into Stage. A file of more than limit bytes is refused. Storage gets left bytes at
// most. The io.EOF of content is bare and says that the file is whole.
func (tx *Tx) file(in *Incoming, content io.Reader, limit, left int64) error {
	in.Subject, in.Size = tx.s.grant.Subject, -1
	if err := readHead(in, content); err != nil {
		return withFile(formError(err), in.Field, in.Name)
	}
	in.Name = tx.s.h.completeName(in.Name, in.Type)
	tx.s.about.Name, tx.s.about.Type, tx.s.about.Size = in.Name, in.Type, int64(len(in.Head))
	if in.Size >= 0 {
		left = max(1, in.Size)
	}
	return withFile(tx.stage(in, content, limit, left), in.Field, in.Name)
}

// emptySelection passes over the part that a browser sends for a file input in which nothing was
// chosen. It refuses a part with content and without a name.
func emptySelection(p *form.Part) error {
	var b [1]byte
	switch n, err := io.ReadFull(p, b[:]); {
	case n > 0:
		return noName(filename.Cut(p.Name, maxFieldName))
	case err == io.EOF: // the part's own io.EOF is bare
		return nil
	default:
		return formError(err)
	}
}

// left returns the most bytes that a file can have after consumed bytes of the body. It is limit at
// most, and 1 at least.
func (tx *Tx) left(consumed, limit int64) int64 {
	if length := tx.s.r.ContentLength; length > 0 {
		return max(1, min(length-consumed, limit))
	}
	return limit
}

// stage judges the file, and stages it. A file of more than limit bytes is refused. Storage gets
// left bytes at most.
func (tx *Tx) stage(in *Incoming, content io.Reader, limit, left int64) error {
	if in.Size > limit {
		return tooLarge(limit, in.Size)
	}
	observer, err := tx.s.validate(in)
	if err != nil {
		return err
	}
	s := newStream(content, in, limit, tx.s.worker, observer, tx.s.h.opts.SHA256)
	s.progress = tx.s.progress
	defer s.close()
	s.clean(tx.s.cleaner(in, content, clean.Options{Late: true}))
	key, err := tx.s.key(in)
	if err != nil {
		return err
	}
	tx.s.about.Key = key
	staged, err := tx.s.h.store.Stage(tx.s.ctx, storage.Object{
		Key: key, Type: in.Type, Name: in.Name, MaxSize: left,
		Subject: in.Subject, MaxWait: max(0, time.Until(tx.waitUntil)),
		Siblings: slices.Clone(tx.staged),
		SHA256:   s.sha256,
		MayPatch: tx.s.mayPatch(in, s.cleaner),
	}, s)
	if err != nil {
		staged = nil // whatever else the store returned; see [storage.Storage]
	}
	return tx.take(in, s, staged, err)
}

// take keeps a file that storage has staged whole, and otherwise leaves nothing of it.
func (tx *Tx) take(in *Incoming, s *stream, staged storage.Staged, err error) error {
	var late *Error
	if err == nil && s.complete() {
		late, err = tx.patch(staged, s)
	}
	tx.s.about.Size, tx.s.about.SHA256 = max(tx.s.about.Size, s.size), s.sha256()
	tx.s.about.Facts = in.Facts()
	if err == nil && late == nil && s.complete() {
		tx.staged = append(tx.staged, staged)
		tx.files = append(tx.files, tx.s.about)
		tx.s.about = File{}
		tx.s.progress.file()
		return nil
	}
	if staged != nil { // the file is not whole, or was not patched
		err = errors.Join(err, tx.s.cleanup(tx.s.about, staged.Discard))
	}
	if failed := s.failed(); failed != nil {
		return failed
	}
	if late != nil {
		return late
	}
	return stageError(err)
}

// patch blanks what the cleaner of s has handed on before it knew better, or refuses the file. The
// patches stay in memory until tx is published or removed.
func (tx *Tx) patch(staged storage.Staged, s *stream) (refused *Error, err error) {
	if s.cleaner == nil || !s.cleaner.Late() {
		return nil, nil
	}
	err = storage.ErrNotPatched
	if p, ok := staged.(storage.Patcher); ok {
		s.lends, tx.cleaners = true, append(tx.cleaners, s.cleaner)
		err = p.Patch(tx.s.ctx, s.cleaner.Patches())
	}
	if errors.Is(err, storage.ErrNotPatched) {
		return &Error{Code: CodeMetadata, Params: map[string]any{"kind": "late"}, Err: err}, nil
	}
	return nil, err
}

func stageError(err error) error {
	if err == nil {
		err = errors.New("upload: the storage did not read the file to its end")
	}
	return storageRefusal(err)
}
