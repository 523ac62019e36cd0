package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// shown returns a form that is sent under an id.
func shown(id, body string) *http.Request {
	r := post(body)
	r.Header.Set("Upload-Id", id)
	r.Header.Set("Subject", "ann")
	return r
}

// gates hold an upload at the points that a test checks.
type gates struct{ verdict, commit, next chan struct{} }

type gatedStore struct {
	storage.Storage
	*gates
}

func (s gatedStore) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	staged, err := s.Storage.Stage(ctx, obj, r)
	if err != nil {
		return nil, err
	}
	return gatedStaged{staged, s.gates}, nil
}

type gatedStaged struct {
	storage.Staged
	*gates
}

func (s gatedStaged) Commit(ctx context.Context) error {
	<-s.commit
	return s.Staged.Commit(ctx)
}

// TestProgress follows an upload from its arrival to its end.
func TestProgress(t *testing.T) {
	for _, tc := range []struct {
		about string
		err   error // of the verdict
		next  int
		want  upload.ProgressStatus
	}{
		{"published", nil, 200, upload.ProgressStatus{State: upload.StateDone, Files: 1}},
		{"refused", upload.Reject(upload.CodeContent, "no"), 0, upload.ProgressStatus{State: upload.StateRefused, Code: upload.CodeContent}},
		{"undone", nil, 500, upload.ProgressStatus{State: upload.StateAborted, Files: 1}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &gates{verdict: make(chan struct{}), commit: make(chan struct{}), next: make(chan struct{})}
				p := &upload.Progress{}
				verdicts := 0
				policy := &testObserver{verdict: func() error {
					if verdicts++; verdicts == 1 {
						return nil // of the upload before
					}
					<-g.verdict
					return tc.err
				}}
				h, err := upload.New(gatedStore{&memstore.Store{}, g}, policy, upload.RequireSubject(bySubject), &upload.Options{
					MaxConcurrent: 1, Progress: p, Logger: (&fixture{log: &syncBuffer{}}).logger(),
				})
				require.NoError(t, err)
				served := h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					<-g.next
					w.WriteHeader(tc.next)
				}))
				is := func(want upload.ProgressStatus) {
					t.Helper()
					synctest.Wait()
					got, ok := p.Get("ann", "id")
					require.True(t, ok)
					require.Equal(t, want, got)
					_, ok = p.Get("bob", "id")
					require.False(t, ok, "another's")
				}

				before, err := h.Receive(httptest.NewRecorder(), shown("other", file("file", "a.txt", "1")))
				require.NoError(t, err)
				body := file("file", "a.txt", strings.Repeat("0123456789", 2000))
				total := int64(len(body))
				in, out := io.Pipe()
				r := shown("id", body)
				r.Body = in
				go serve(served, r)
				is(upload.ProgressStatus{State: upload.StateWaiting, Total: total})
				require.NoError(t, before.Rollback())
				is(upload.ProgressStatus{State: upload.StateReceiving, Total: total})
				_, err = io.WriteString(out, body[:10_000])
				require.NoError(t, err)
				synctest.Wait()
				got, _ := p.Get("ann", "id")
				require.Equal(t, upload.StateReceiving, got.State)
				require.EqualValues(t, 10_000, got.Received)
				_, err = io.WriteString(out, body[10_000:])
				require.NoError(t, err)
				go func() { _ = out.Close() }()
				synctest.Wait()
				got, _ = p.Get("ann", "id")
				require.Equal(t, upload.StateChecking, got.State)
				require.Equal(t, total, got.Received)

				close(g.verdict)
				staged := int64(20_000)
				if tc.err == nil {
					is(upload.ProgressStatus{State: upload.StateCommitting, Total: total, Received: total, Staged: staged, Files: 1})
					close(g.commit)
					is(upload.ProgressStatus{State: upload.StateCommitting, Total: total, Received: total, Staged: staged, Files: 1})
					close(g.next)
				} else {
					synctest.Wait()
					got, _ = p.Get("ann", "id")
					staged = got.Staged
					require.Less(t, staged, int64(20_000), "the storage never got the last bytes")
				}
				tc.want.Total, tc.want.Received, tc.want.Staged = total, total, staged
				is(tc.want)
				time.Sleep(time.Minute - 1)
				is(tc.want)
				time.Sleep(time.Nanosecond)
				_, ok := p.Get("ann", "id")
				require.False(t, ok)
			})
		})
	}
}

// TestProgressOfRollback: an upload that the host rolls back has a final status, too.
func TestProgressOfRollback(t *testing.T) {
	p := &upload.Progress{}
	f := newFixture(t, nil, upload.Options{Progress: p})
	tx, err := f.Receive(httptest.NewRecorder(), shown("id", file("file", "a.txt", "hello")))
	require.NoError(t, err)
	s, _ := p.Get("", "id")
	require.Equal(t, upload.StateChecking, s.State)
	require.NoError(t, tx.Rollback())
	s, _ = p.Get("", "id")
	require.Equal(t, upload.StateAborted, s.State)
}

// TestProgressOfConfirmation: the end of a confirmation is shown, and how many bytes it has read.
func TestProgressOfConfirmation(t *testing.T) {
	p := &upload.Progress{ID: func(r *http.Request) string { return r.Header.Get("Id") }}
	d := newDirect(t, nil, upload.Options{Progress: p}, upload.PresignOptions{})
	for content, want := range map[string]upload.ProgressStatus{
		"hello": {State: upload.StateDone, Received: 5, Total: 5},
		"<svg>": {State: upload.StateRefused, Code: upload.CodeTypeMismatch, Received: 5, Total: 5},
	} {
		ticket := d.sign(t, declarationOf("a.txt", content))
		require.Equal(t, 200, send(t, ticket.SignedRequest, content))
		r := d.request(t)
		r.Header.Set("Id", content)
		_, _ = d.presigner.Confirm(httptest.NewRecorder(), r, ticket.Token, nil)
		got, _ := p.Get("ann", content)
		require.Equal(t, want, got)
	}
}

// TestProgressIDs: an upload with an invalid id is accepted, and not shown.
func TestProgressIDs(t *testing.T) {
	for id, known := range map[string]bool{
		"a": true, "3e2b8f00-5a11-4bb5-b0b5-7a9d4b6c1a20": true, strings.Repeat("a", 128): true,
		"": false, strings.Repeat("a", 129): false, "a b": false, "a\tb": false, "é": false, "a\x7f": false, "panic": false,
	} {
		p := &upload.Progress{ID: func(r *http.Request) string {
			if r.Header.Get("Upload-Id") == "panic" {
				panic("id")
			}
			return r.Header.Get("Upload-Id")
		}}
		f := newFixture(t, nil, upload.Options{Progress: p})
		f.accepts(t, shown(id, file("file", "a.txt", "hello")))
		_, ok := p.Get("", id)
		require.Equal(t, known, ok, "%q", id)
	}
}

// TestProgressIsBounded: the uploads that ended first are evicted, and never one that has
// not ended.
func TestProgressIsBounded(t *testing.T) {
	p := &upload.Progress{MaxUploads: 6} // half for all anonymous callers
	f := newFixture(t, nil, upload.Options{Progress: p})
	var open []*upload.Tx
	receive := func(id string) {
		tx, err := f.Receive(httptest.NewRecorder(), shown(id, file("file", "a.txt", "hello")))
		require.NoError(t, err)
		open = append(open, tx)
	}
	known := func() (ids string) {
		for i := range 10 {
			if _, ok := p.Get("", strconv.Itoa(i)); ok {
				ids += strconv.Itoa(i)
			}
		}
		return ids
	}
	for i := range 4 {
		receive(strconv.Itoa(i))
	}
	require.Equal(t, "012", known(), "none has ended")
	require.NoError(t, errors.Join(open[1].Rollback(), open[0].Rollback(), open[3].Rollback()))
	receive("4")
	require.Equal(t, "024", known())
	receive("4")
	require.Equal(t, "024", known())
	require.NoError(t, open[4].Rollback(), "another has its id")
	s, _ := p.Get("", "4")
	require.Equal(t, upload.StateChecking, s.State)
	for i := 5; i < 10; i++ {
		f.accepts(t, shown(strconv.Itoa(i), file("file", "a.txt", "hello")))
	}
	require.Equal(t, "249", known())
}
