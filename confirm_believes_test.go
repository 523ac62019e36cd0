package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// liar is a storage that returns false answers.
type liar struct {
	storage.DirectStorage
	promote func(ctx context.Context, p storage.Promotion) error
	stat    func(stored storage.Stored, err error) (storage.Stored, error) // of published objects
	open    func(r io.ReadCloser) io.ReadCloser
}

func (l *liar) Promote(ctx context.Context, p storage.Promotion) error {
	if l.promote != nil {
		return l.promote(ctx, p)
	}
	return l.DirectStorage.Promote(ctx, p)
}

func (l *liar) Stat(ctx context.Context, key string) (storage.Stored, error) {
	stored, err := l.DirectStorage.Stat(ctx, key)
	if l.stat != nil && err == nil && !strings.Contains(key, storage.StagingSegment) {
		return l.stat(stored, err)
	}
	return stored, err
}

func (l *liar) OpenStaged(ctx context.Context, o storage.StagedObject) (io.ReadCloser, error) {
	r, err := l.DirectStorage.OpenStaged(ctx, o)
	if l.open != nil && err == nil {
		r = l.open(r)
	}
	return r, err
}

// over returns a presigner over store that shares secret and log with d's.
func (d *direct) over(t *testing.T, store storage.Storage) *upload.Presigner {
	t.Helper()
	h, err := upload.New(store, upload.Types("image/png", "text/plain"), upload.RequireSubject(bySubject),
		&upload.Options{Logger: (&fixture{log: d.log}).logger()})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	require.NoError(t, err)
	return p
}

// confirmBy confirms as ann, and reports whether Confirm called its function, which returns answer.
func confirmBy(p *upload.Presigner, tok string, answer error) (f upload.File, called bool, err error) {
	f, err = p.Confirm(httptest.NewRecorder(), confirmRequest(tok), tok, func(upload.File) error {
		called = true
		return answer
	})
	return f, called, err
}

// TestConfirmBelievesNothing: Confirm checks what the storage says of a publication.
// If an answer is wrong or missing, neither the application nor the client gets a file. The staged
// file stays, and the ticket can be confirmed again.
func TestConfirmBelievesNothing(t *testing.T) {
	rows := map[string]struct {
		lies func(l *liar)
		both bool // also when the file is published already
	}{
		"published nothing": {lies: func(l *liar) {
			l.promote = func(context.Context, storage.Promotion) error { return nil }
		}},
		"published for another": {lies: func(l *liar) {
			l.stat = func(stored storage.Stored, err error) (storage.Stored, error) {
				stored.Nonce = "another"
				return stored, err
			}
		}},
		"another size": {both: true, lies: func(l *liar) {
			l.stat = func(stored storage.Stored, err error) (storage.Stored, error) { stored.Size--; return stored, err }
		}},
		"no size": {both: true, lies: func(l *liar) {
			l.stat = func(stored storage.Stored, err error) (storage.Stored, error) { stored.Size = 0; return stored, err }
		}},
		"another digest": {both: true, lies: func(l *liar) {
			l.stat = func(stored storage.Stored, err error) (storage.Stored, error) {
				stored.SHA256 = sha256Of("other")
				return stored, err
			}
		}},
		"cannot be asked": {both: true, lies: func(l *liar) {
			l.stat = func(storage.Stored, error) (storage.Stored, error) { return storage.Stored{}, errors.New("down") }
		}},
	}
	for name, row := range rows {
		for _, before := range []bool{false, true} {
			if before && !row.both {
				continue
			}
			t.Run(fmt.Sprintf("%s, published before=%v", name, before), func(t *testing.T) {
				d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
				decl := declarationOf("a.txt", "hello")
				decl.SHA256 = sha256Of("hello")
				ticket := d.sign(t, decl)
				require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
				l := &liar{DirectStorage: d.store}
				p := d.over(t, l)
				if before { // and then the application failed
					_, _, err := confirmBy(p, ticket.Token, errors.New("the insert failed"))
					require.ErrorContains(t, err, "the insert failed")
				}
				row.lies(l)
				_, called, err := confirmBy(p, ticket.Token, nil)
				require.ErrorIs(t, err, upload.CodeStorage)
				require.False(t, called, "the application got a file")
				require.Equal(t, 1, d.staged(), "the staged file was removed")

				*l = liar{DirectStorage: d.store}
				f, called, err := confirmBy(p, ticket.Token, nil)
				require.NoError(t, err)
				require.True(t, called)
				require.Equal(t, "hello", d.read(t, f.Key))
				require.Zero(t, d.staged())
			})
		}
	}
}

// TestConfirmJudgesTheWholeFile: if the storage returns fewer or more bytes than it stores, that is
// a failure of the storage. It is not a bad file, which would be removed.
func TestConfirmJudgesTheWholeFile(t *testing.T) {
	of := func(content string) func(io.ReadCloser) io.ReadCloser {
		return func(r io.ReadCloser) io.ReadCloser {
			_ = r.Close()
			return io.NopCloser(strings.NewReader(content))
		}
	}
	long := strings.Repeat("hello ", 2000) // beyond the head
	for name, row := range map[string]struct{ content, read string }{
		"nothing":              {"hello", ""},
		"white space":          {"hello", "\n"},
		"cut":                  {"hello", "hell"},
		"cut after the head":   {long, long[:len(long)-1]},
		"more":                 {"hello", "hello\x00"},
		"more, after the head": {long, long + "\x00"},
		"another, shorter one": {long, "<!DOCTYPE html><html><title>504</title></html>"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
			ticket := d.sign(t, declarationOf("a.txt", row.content))
			require.Equal(t, 200, send(t, ticket.SignedRequest, row.content))
			_, called, err := confirmBy(d.over(t, &liar{DirectStorage: d.store, open: of(row.read)}), ticket.Token, nil)
			require.ErrorIs(t, err, upload.CodeStorage)
			require.False(t, called)
			require.Equal(t, 1, d.staged(), "the only copy was removed")
			require.Equal(t, row.content, d.read(t, d.confirm(t, ticket.Token).Key))
		})
	}
}

// TestConfirmAsksOnceMore: checking the publication costs one call of Stat.
func TestConfirmAsksOnceMore(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	counting := uploadtest.NewFailingStore(d.store)
	p := d.over(t, counting.Storage())
	_, _, err := confirmBy(p, ticket.Token, nil)
	require.NoError(t, err)
	require.Equal(t, 3, counting.Calls(uploadtest.OpStat), "published already, staged, and published by now")
	_, _, err = confirmBy(p, ticket.Token, nil)
	require.NoError(t, err)
	require.Equal(t, 4, counting.Calls(uploadtest.OpStat), "published already")
}

// TestConfirmWhileTheStorageIsBusy: a publication for which memory is lacking can be
// tried again, like an upload.
func TestConfirmWhileTheStorageIsBusy(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	l := &liar{DirectStorage: d.store, promote: func(context.Context, storage.Promotion) error {
		return fmt.Errorf("no memory: %w", storage.ErrBusy)
	}}
	p := d.over(t, l)
	_, called, err := confirmBy(p, ticket.Token, nil)
	require.ErrorIs(t, err, upload.CodeBusy)
	require.ErrorIs(t, err, storage.ErrBusy)
	require.False(t, called)
	require.Equal(t, 1, d.staged(), "the only copy was removed")

	l.promote = nil
	_, called, err = confirmBy(p, ticket.Token, nil)
	require.NoError(t, err)
	require.True(t, called)
}
