package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/form"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/storage"
)

const storageReason = "the file could not be stored; try again later"

// file takes one file from the form to storage: name, head, type, validators,
// key, and then every byte past the observer into Stage.
func (tx *Tx) file(fr *form.Reader, p *form.Part, values url.Values) error {
	if p.FileName == "" {
		return emptySelection(p)
	}
	name, err := filename.Clean(p.FileName)
	field := filename.Cut(p.Name, maxFieldName) // one that is refused may be long
	tx.about = File{Field: field, Name: name}
	switch {
	case !slices.Contains(tx.h.opts.Fields, p.Name):
		err = Reject(CodeUnexpectedField, fmt.Sprintf("no file is accepted in the field %q", filename.Brief(p.Name)))
	case len(tx.files) >= tx.grant.MaxFiles:
		err = Reject(CodeTooMany, fmt.Sprintf("more than %d files were sent", tx.grant.MaxFiles))
	case err != nil:
		err = &Error{Code: CodeBadName, Reason: "the file name cannot be used", Err: err}
	}
	if err != nil {
		return withFile(err, field, name)
	}
	in := &Incoming{
		Field: p.Name, Name: name, ClaimedType: p.Type, Size: -1,
		Subject: tx.grant.Subject, Form: maps.Clone(values), // later fields are added to values
	}
	maxSize := tx.maxSize(fr)
	if err := readHead(in, p); err != nil {
		return withFile(formError(err), in.Field, in.Name)
	}
	in.Name = tx.h.completeName(in.Name, in.Type)
	tx.about.Name, tx.about.Type, tx.about.Size = in.Name, in.Type, int64(len(in.Head))
	if in.Size >= 0 {
		maxSize = max(1, in.Size)
	}
	return withFile(tx.stage(in, p, maxSize), in.Field, in.Name)
}

// completeName gives a cleaned name without an extension that of its type.
func (h *Handler) completeName(name, mediaType string) string {
	exts := sniff.Extensions(mediaType)
	if !h.opts.CompleteNames || name == "" || filename.Ext(name) != "" || len(exts) == 0 {
		return name
	}
	whole, _ := filename.Clean(name + exts[0]) // which cuts a long name, and has nothing to refuse
	return whole
}

// emptySelection passes over the part that a browser sends for a file input in
// which nothing was chosen.
func emptySelection(p *form.Part) error {
	var b [1]byte
	switch n, err := io.ReadFull(p, b[:]); {
	case n > 0:
		return withFile(Reject(CodeBadName, "a file without a name"), filename.Cut(p.Name, maxFieldName), "")
	case err == io.EOF: // the part's own io.EOF is bare
		return nil
	default:
		return formError(err)
	}
}

// maxSize is the most bytes the current part can still bring.
func (tx *Tx) maxSize(fr *form.Reader) int64 {
	if left := tx.r.ContentLength - fr.Consumed(); tx.r.ContentLength > 0 {
		return max(1, min(left, tx.grant.MaxFileSize))
	}
	return tx.grant.MaxFileSize
}

// readHead reads what the type is detected from. A file that ends within it is
// told from a body that does: io.ReadFull would take both for short.
func readHead(in *Incoming, r io.Reader) error {
	head, n := make([]byte, HeadSize), 0
	for n < len(head) {
		m, err := r.Read(head[n:])
		n += m
		if err == io.EOF {
			in.Size = int64(n)
			break
		}
		if err != nil {
			return err
		}
	}
	in.Head = head[:n:n]
	in.Type = sniff.Resolve(in.Head, filename.Ext(in.Name))
	return nil
}

func (tx *Tx) stage(in *Incoming, p *form.Part, maxSize int64) error {
	if in.Size > tx.grant.MaxFileSize {
		return tooLarge(tx.grant.MaxFileSize)
	}
	observer, err := tx.validate(in)
	if err != nil {
		return err
	}
	s := newStream(p, in.Head, tx.grant.MaxFileSize, tx.worker, observer, tx.h.opts.SHA256)
	s.progress = tx.progress
	defer s.close()
	key, err := tx.key(in)
	if err != nil {
		return err
	}
	tx.about.Key = key
	staged, err := tx.h.store.Stage(tx.ctx, storage.Object{
		Key: key, Type: in.Type, Name: in.Name, MaxSize: maxSize,
		Subject: in.Subject, MaxWait: max(0, time.Until(tx.waitUntil)),
		Siblings: slices.Clone(tx.staged),
		SHA256:   func() string { return s.digest },
	}, s)
	tx.about.Size, tx.about.SHA256 = max(tx.about.Size, s.size), s.digest
	if err == nil && s.complete() {
		tx.staged = append(tx.staged, staged)
		tx.files = append(tx.files, tx.about)
		tx.about = File{}
		tx.progress.file()
		return nil
	}
	if staged != nil { // a store that keeps what it was not given whole
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tx.ctx), tx.h.opts.CleanupTimeout)
		defer cancel()
		err = errors.Join(err, tx.cleanup(ctx, tx.about, staged.Discard))
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

// storageError returns an error whose cause the client does not learn.
func storageError(err error) error {
	if err == nil {
		return nil
	}
	return storageRefusal(err)
}

// storageRefusal answers for a storage that failed with err.
func storageRefusal(err error) *Error {
	if errors.Is(err, storage.ErrBusy) {
		return &Error{Code: CodeBusy, Reason: busyReason, Err: err}
	}
	return &Error{Code: CodeStorage, Reason: storageReason, Err: err}
}

// withFile says in which field and, if it has a usable one, under which name
// the refused file came.
func withFile(err error, field, name string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	about := *e
	about.Field, about.Name = field, name
	if err != error(e) { //nolint:errorlint // whether err is e itself
		about.Err = err
	}
	return &about
}
