package upload

import (
	"cmp"
	"context"
	"io"
	"log/slog"

	"github.com/airlock-go/upload/storage"
)

// Check judges a file as a [Handler] with that policy and [KeepAll] does, and stores nothing. Of f
// only Name and Field, by default "file", are read. A policy without a [Form] judges any field.
// Files above maxSize or [Field.MaxSize], or 5 MiB if both are 0, are refused.
//
// It returns the accepted file, without a key. Refusals and other errors of [Handler.Store] are an
// [*Error]; the rest are mistakes of the program. Nothing is logged. A call takes about 100 KiB,
// and each preset without [ImageOptions.Decode] up to 8 MiB.
func Check(ctx context.Context, policy Validator, f File, maxSize int64, r io.Reader) (File, error) {
	f.Field = cmp.Or(f.Field, "file")
	if !hasForm(policy) {
		policy = Form{f.Field: {Accept: policy}}
	}
	h, err := New(nowhere{}, policy, AllowAnonymous, &Options{
		MaxFileSize: maxSize, Metadata: KeepAll, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return File{}, err
	}
	judged, err := h.Store(ctx, &Grant{MaxFileSize: maxSize}, f, r)
	judged.Key = ""
	return judged, err
}

// hasForm reports whether policy has a [Form].
func hasForm(policy Validator) bool {
	var found survey
	found.walk(policy, true)
	return len(found.forms) > 0
}

// nowhere is a storage that stores nothing.
type nowhere struct{}

func (nowhere) Stage(_ context.Context, _ storage.Object, r io.Reader) (storage.Staged, error) {
	_, err := io.Copy(io.Discard, r)
	return nowhere{}, err
}

func (nowhere) Delete(context.Context, string) error { return nil }

func (nowhere) Commit(context.Context) error { return nil }

func (nowhere) Discard(context.Context) error { return nil }
