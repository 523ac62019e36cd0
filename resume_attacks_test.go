package upload_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
	"github.com/airlock-go/upload/uploadtest"
)

// TestResumeAttacks checks what a client may not do with a URL, a length, metadata or bytes. Each
// attempt gets the status of its row, and leaves so many published files.
func TestResumeAttacks(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 1000)
	for _, row := range []struct {
		name      string
		attack    func(t *testing.T, z *resumable, url string) reply // url has 5,000 of 16,000 bytes
		status    int
		published int
	}{
		{"a URL of another purpose", func(t *testing.T, z *resumable, _ string) reply {
			other := &resumable{handler: z.handler}
			other.serve(t, upload.ResumeOptions{Purpose: "other"})
			return z.patch(t, other.create(t, "a.txt", 5), 0, "hello")
		}, 404, 0},
		{"a ticket of the direct door", func(t *testing.T, z *resumable, _ string) reply {
			z.memory.Handler(z.URL + "/store/")
			p, err := upload.NewPresigner(z.handler, [][]byte{secret}, nil)
			require.NoError(t, err)
			ticket, err := p.Sign(signAs("ann"), declarationOf("a.txt", "hello"))
			require.NoError(t, err)
			return z.patch(t, ticket.Token, 0, "hello")
		}, 404, 0},
		{"bytes of another caller", func(t *testing.T, z *resumable, url string) reply {
			return z.do(t, tusRequest{method: "PATCH", url: url, headers: offsetBytes + "5000", body: strings.NewReader(text[5000:]), as: "bob"})
		}, 404, 0},
		{"bytes twice", func(t *testing.T, z *resumable, url string) reply {
			return z.patch(t, url, 4000, text[4000:])
		}, 409, 0},
		{"other bytes in place of stored ones", func(t *testing.T, z *resumable, url string) reply {
			return z.patch(t, url, 0, "<html>"+text[6:])
		}, 409, 0},
		{"a type that shows after the head", func(t *testing.T, z *resumable, url string) reply {
			return z.patch(t, url, 5000, "\x00\x01\x02"+text[5003:])
		}, 422, 0},
		{"more bytes than the length, announced", func(t *testing.T, z *resumable, url string) reply {
			return z.patch(t, url, 5000, text[5000:]+"x")
		}, 400, 0},
		{"more bytes than the length", func(t *testing.T, z *resumable, url string) reply {
			return z.do(t, tusRequest{method: "PATCH", url: url, headers: offsetBytes + "5000", body: unsized{strings.NewReader(text[5000:] + "x")}})
		}, 400, 0},
		{"the offset of the end, before all bytes came", func(t *testing.T, z *resumable, url string) reply {
			return z.patch(t, url, 16000, "")
		}, 409, 0},
		{"many keys", func(t *testing.T, z *resumable, _ string) reply {
			return z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 5\nUpload-Metadata: filename YS50eHQ=" + strings.Repeat(",a", 5000)})
		}, 400, 0},
		{"a long value", func(t *testing.T, z *resumable, _ string) reply {
			return z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 5\nUpload-Metadata: " + metadataOf("filename", "a.txt", "x", text)})
		}, 400, 0},
		{"values that do not fit a URL", func(t *testing.T, z *resumable, _ string) reply {
			return z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 5\nUpload-Metadata: " + metadataOf("filename", strings.Repeat("a", 200)+".txt", "x", text[:1250])})
		}, 400, 0},
		{"a header in the metadata", func(t *testing.T, z *resumable, _ string) reply {
			return z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 5\nUpload-Metadata: " + metadataOf("filename", "a\r\nSet-Cookie: x.txt")})
		}, 400, 0},
		{"bytes after the end", func(t *testing.T, z *resumable, url string) reply {
			publishedBy(t, z.patch(t, url, 5000, text[5000:]))
			return z.patch(t, url, 5000, text[5000:])
		}, 409, 1},
		{"bytes after a removal", func(t *testing.T, z *resumable, url string) reply {
			require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
			return z.patch(t, url, 5000, text[5000:])
		}, 410, 0},
		{"a piece that is gone", func(t *testing.T, z *resumable, url string) reply {
			require.Equal(t, http.StatusNoContent, z.patch(t, url, 5000, text[5000:6000]).StatusCode)
			keys := z.keys(t)
			require.Len(t, keys, 2)
			require.NoError(t, z.memory.Delete(t.Context(), keys[1]), "the older one")
			return z.patch(t, url, 6000, text[6000:])
		}, 410, 0},
		{"the newest piece is gone", func(t *testing.T, z *resumable, url string) reply {
			require.Equal(t, http.StatusNoContent, z.patch(t, url, 5000, text[5000:6000]).StatusCode)
			require.NoError(t, z.memory.Delete(t.Context(), z.keys(t)[0]))
			require.Equal(t, http.StatusConflict, z.patch(t, url, 6000, text[6000:]).StatusCode)
			require.Equal(t, 5000, z.offset(t, url))
			return z.patch(t, url, 5000, text[5000:])
		}, 204, 1},
		{"many creations", func(t *testing.T, z *resumable, _ string) reply {
			before := z.memory.Used()
			for range 1000 {
				z.create(t, "a.txt", 5<<20)
			}
			require.Equal(t, before, z.memory.Used(), "they take no memory of the storage")
			return z.do(t, tusRequest{method: "HEAD", url: z.create(t, "a.txt", 5)})
		}, 200, 0},
		{"many small pieces", func(t *testing.T, z *resumable, url string) reply {
			for at := 5000; ; at++ {
				if got := z.patch(t, url, at, text[at:at+1]); got.StatusCode != http.StatusNoContent {
					return got
				}
			}
		}, 400, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
			url := z.create(t, "a.txt", len(text))
			require.Equal(t, http.StatusNoContent, z.patch(t, url, 0, text[:5000]).StatusCode)
			got := row.attack(t, z, url)
			require.Equal(t, row.status, got.StatusCode, got.Body)
			require.Len(t, z.publishedKeys(t), row.published)
			if row.published > 0 {
				stored, _ := uploadtest.Stored(t, z.reader, z.publishedKeys(t)[0])
				require.Equal(t, text, string(stored))
			}
		})
	}
}

// unsized hides the length of a body.
type unsized struct{ io.Reader }

func signAs(subject string) *http.Request {
	r, _ := http.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Subject", subject)
	return r
}

// TestResumeExpires checks that an upload ends when its URL expires. Then its caller gets 410, and
// another one 404.
func TestResumeExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.RequireSubject(bySubject), &upload.Options{Logger: (&fixture{log: &syncBuffer{}}).logger()})
		require.NoError(t, err)
		resumer, err := upload.NewResumer(h, [][]byte{secret}, &upload.ResumeOptions{Expires: time.Hour})
		require.NoError(t, err)
		z := &inProcess{resumer}
		created := z.do(t.Context(), "POST", "/", "Upload-Length: 5\nUpload-Metadata: "+metadataOf("name", "a.txt"), "").Header()
		until, err := http.ParseTime(created.Get("Upload-Expires"))
		require.NoError(t, err)
		require.Equal(t, time.Hour, time.Until(until).Round(time.Second))
		url := "/" + created.Get("Location")
		time.Sleep(time.Hour)
		require.Equal(t, http.StatusNoContent, z.do(t.Context(), "PATCH", url, offsetBytes+"0", "hell").Code)
		time.Sleep(time.Minute)
		for _, method := range []string{"HEAD", "PATCH", "DELETE", "GET"} {
			require.Equal(t, http.StatusGone, z.do(t.Context(), method, url, offsetBytes+"4", "o").Code, method)
		}
		require.Equal(t, http.StatusNotFound, z.do(t.Context(), "HEAD", url, "Subject: bob", "").Code)
	})
}

// TestResumeStrictLater checks that each request is judged by the grant that its caller has then.
func TestResumeStrictLater(t *testing.T) {
	grant := &upload.Grant{Subject: "ann", KeyPrefix: "a/"}
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), func(*http.Request) (*upload.Grant, error) { return grant, nil }, &upload.Options{Logger: (&fixture{log: &syncBuffer{}}).logger()})
	require.NoError(t, err)
	z := &resumable{handler: h}
	z.serve(t, upload.ResumeOptions{})
	url := z.create(t, "a.txt", 10)
	require.Equal(t, http.StatusNoContent, z.patch(t, url, 0, "01234").StatusCode)
	for name, row := range map[string]struct {
		grant  upload.Grant
		status int
	}{
		"another prefix":   {upload.Grant{Subject: "ann", KeyPrefix: "b/"}, 404},
		"another policy":   {upload.Grant{Subject: "ann", KeyPrefix: "a/", Policy: upload.Form{"x": {Accept: plain}}}, 400},
		"a smaller limit":  {upload.Grant{Subject: "ann", KeyPrefix: "a/", MaxFileSize: 5}, 413},
		"no subject":       {upload.Grant{KeyPrefix: "a/"}, 404},
		"an invalid grant": {upload.Grant{Subject: "ann", KeyPrefix: "a"}, 500},
	} {
		grant = &row.grant
		require.Equal(t, row.status, z.patch(t, url, 5, "5678").StatusCode, name)
	}
	grant = &upload.Grant{Subject: "ann", KeyPrefix: "a/"}
	publishedBy(t, z.patch(t, url, 5, "56789"))
}

// TestResumeKeyTaken checks that an upload ends with 410 if another file has its key. After 409
// clients would try again.
func TestResumeKeyTaken(t *testing.T) {
	keys := upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "one.txt", nil })
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{Keys: keys}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", 5)
	again := z.create(t, "a.txt", 5)
	f := publishedBy(t, z.patch(t, url, 0, "hello"))
	for range 2 {
		got := z.patch(t, again, 0, "other")
		if got.StatusCode == http.StatusConflict {
			got = z.patch(t, again, 4, "r")
		}
		require.Equal(t, http.StatusGone, got.StatusCode)
		require.Equal(t, upload.CodeConflict, got.problem(t).Code)
	}
	z.requireStored(t, f, "hello")
}

// TestResumeStorageFails checks that an upload outlives each failure of its storage. Meanwhile a
// HEAD gets 200 or 423, after which clients do not begin again.
func TestResumeStorageFails(t *testing.T) {
	t.Run("pieces", func(t *testing.T) {
		resumeStorageFails(t, func(f *uploadtest.FailingStore) storage.Storage {
			return struct {
				storage.DirectStorage
				storage.Lister
			}{f.Storage().(storage.DirectStorage), f.Lister()}
		})
	})
	t.Run("copies", func(t *testing.T) { resumeStorageFails(t, (*uploadtest.FailingStore).Storage) })
}

// TestResumeCopyIsCleanedUp checks that a copy that could not be published is removed at a second
// try, and that this is reported.
func TestResumeCopyIsCleanedUp(t *testing.T) {
	memory := &memstore.Store{}
	const earlier = 2 // commits before that of the copy: of the piece, and of the decision
	failing := uploadtest.NewFailingStore(memory,
		uploadtest.Fault{Op: uploadtest.OpCommit, Nth: earlier + 1}, uploadtest.Fault{Op: uploadtest.OpDiscard, Nth: 1})
	var cleaned []upload.File
	hooks := upload.Hooks{Event: func(_ context.Context, e upload.Event) {
		if e.Kind == upload.KindCleanedUp {
			cleaned = append(cleaned, e.Files...)
		}
	}}
	z := newResumable(t, struct {
		storage.Storage
		storage.ObjectReader
		storage.Lister
	}{failing.Storage(), memory, failing.Lister()}, nil, upload.Options{Hooks: hooks}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", 5)
	require.Equal(t, http.StatusBadGateway, z.patch(t, url, 0, "hello").StatusCode)
	require.Len(t, cleaned, 1)
	require.False(t, storage.IsStaging(cleaned[0].Key))
	require.Equal(t, 2, failing.Calls(uploadtest.OpDiscard))
}

func resumeStorageFails(t *testing.T, front func(*uploadtest.FailingStore) storage.Storage) {
	t.Helper()
	const content = "0123456789"
	for _, op := range []uploadtest.Op{
		uploadtest.OpStage, uploadtest.OpCommit, uploadtest.OpStat, uploadtest.OpOpenAt, uploadtest.OpPromote, uploadtest.OpListObjects, uploadtest.OpDelete,
	} {
		for _, fault := range []uploadtest.Fault{{Err: errAny}, {Err: errAny, Late: true}, {Err: storage.ErrBusy}, {Err: storage.ErrUnknownOutcome}} {
			t.Run(string(op)+" "+strconv.FormatBool(fault.Late)+" "+fault.Err.Error(), func(t *testing.T) {
				memory := &memstore.Store{}
				var down atomic.Bool
				failing := uploadtest.NewFailingStore(memory, uploadtest.Fault{Op: op, Late: fault.Late, Do: func(context.Context) error {
					if down.Load() {
						return fault.Err
					}
					return nil
				}})
				z := newResumable(t, front(failing), nil, upload.Options{CleanupTimeout: 20 * time.Millisecond}, upload.ResumeOptions{})
				z.memory, z.reader = memory, memory
				url := z.create(t, "a.txt", len(content))
				require.Equal(t, http.StatusNoContent, z.patch(t, url, 0, content[:5]).StatusCode)
				down.Store(true)
				head := z.do(t, tusRequest{method: "HEAD", url: url})
				require.Contains(t, []int{http.StatusOK, http.StatusLocked}, head.StatusCode)
				got := z.patch(t, url, 5, content[5:])
				if got.StatusCode != http.StatusNoContent {
					require.Contains(t, []int{409, 500, 502, 503}, got.StatusCode, got.Body)
				}
				down.Store(false)
				at := z.offset(t, url)
				if at < len(content) {
					got = z.patch(t, url, at, content[at:])
				}
				require.Equal(t, http.StatusNoContent, got.StatusCode, z.log.String())
				f := publishedBy(t, got)
				z.requireStored(t, f, content)
				require.Equal(t, len(content), z.offset(t, url))
				require.Len(t, z.publishedKeys(t), 1)
			})
		}
	}
}

var errAny = errors.New("any")

// TestResumeSwept checks that a sweep removes the bytes of an upload that nobody continues, and the
// markers of one that has ended.
func TestResumeSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(20 * 365 * 24 * time.Hour) // a sweep believes no date from before S3
		store := &memstore.Store{}
		h, err := upload.New(store, upload.Types("text/plain"), upload.RequireSubject(bySubject), &upload.Options{Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		resumer, err := upload.NewResumer(h, [][]byte{secret}, nil)
		require.NoError(t, err)
		z := &inProcess{resumer}
		create := func() string {
			return "/" + z.do(t.Context(), "POST", "/", "Upload-Length: 5\nUpload-Metadata: "+metadataOf("name", "a.txt"), "").Header().Get("Location")
		}
		require.Equal(t, http.StatusNoContent, z.do(t.Context(), "PATCH", create(), offsetBytes+"0", "hell").Code)
		require.Equal(t, http.StatusNoContent, z.do(t.Context(), "PATCH", create(), offsetBytes+"0", "hello").Code)
		require.Len(t, store.Keys(), 4, "a piece, a file, and its two markers")
		time.Sleep(9 * 24 * time.Hour)
		sweeper, err := sweep.New(store, nil, &sweep.Options{Prefix: storage.StagingSegment, Remove: true, Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		_, err = sweeper.Run(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, store.Keys(), 1)
	})
}

// TestResumePurposes checks that no ticket of one door opens at the other, even where a host's
// purposes collide.
func TestResumePurposes(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{Purpose: "x"})
	z.memory.Handler(z.URL + "/store/")
	p, err := upload.NewPresigner(z.handler, [][]byte{secret}, &upload.PresignOptions{Purpose: "resumable x"})
	require.NoError(t, err)
	ticket, err := p.Sign(signAs("ann"), declarationOf("a.txt", "hello"))
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, z.patch(t, ticket.Token, 0, "hello").StatusCode)
	url := z.create(t, "a.txt", 5)
	require.ErrorIs(t, p.Abort(signAs("ann"), url), upload.CodeBadTicket)
	require.Zero(t, z.offset(t, url))
}

// panicking is a storage that panics in Stage, after a read.
type panicking struct{ *memstore.Store }

func (panicking) Stage(_ context.Context, _ storage.Object, r io.Reader) (storage.Staged, error) {
	_, _ = r.Read(make([]byte, 10))
	panic("in the storage")
}

// TestResumeStoragePanics checks that no goroutine is left after a storage has panicked; package
// synctest would find one.
func TestResumeStoragePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := upload.New(panicking{&memstore.Store{}}, upload.Types("text/plain"), upload.RequireSubject(bySubject), &upload.Options{Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		resumer, err := upload.NewResumer(h, [][]byte{secret}, nil)
		require.NoError(t, err)
		z := &inProcess{resumer}
		url := "/" + z.do(t.Context(), "POST", "/", "Upload-Length: 50\nUpload-Metadata: "+metadataOf("name", "a.txt"), "").Header().Get("Location")
		require.Panics(t, func() { z.do(t.Context(), "PATCH", url, offsetBytes+"0", strings.Repeat("x", 50)) })
		require.Equal(t, "0", z.do(t.Context(), "HEAD", url, "", "").Header().Get("Upload-Offset"))
		require.NoError(t, h.Shutdown(t.Context()))
	})
}

// TestResumeTooManyPieces checks that an upload in too many pieces ends. Otherwise clients resume
// it for ever, always in vain.
func TestResumeTooManyPieces(t *testing.T) {
	content := strings.Repeat("0123456789", 20)
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", len(content))
	var got reply
	for at := range content {
		if got = z.patch(t, url, at, content[at:at+1]); got.StatusCode != http.StatusNoContent {
			break
		}
	}
	require.Equal(t, http.StatusBadRequest, got.StatusCode)
	require.Equal(t, "tus_pieces", got.problem(t).Params["kind"])
	require.Equal(t, http.StatusGone, z.do(t, tusRequest{method: "HEAD", url: url}).StatusCode)
	require.Equal(t, []string{"0-end"}, z.stagedKeys(t))
	z.requireStored(t, z.sends(t, "a.txt", content, 100), content)
}
