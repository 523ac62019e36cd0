package upload_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// points are the calls of the host's code, of which one misbehaves.
type points struct {
	mu   sync.Mutex
	n    int
	at   int // which one, 0 for none
	do   func()
	name string // of that one

	started, decided int

	store http.Handler // of a memory store, for direct uploads
}

func (p *points) hit(name string) {
	p.mu.Lock()
	p.n++
	now := p.n == p.at
	if now {
		p.name = name
	}
	p.mu.Unlock()
	if now {
		p.do()
	}
}

// misdeeds are the ways in which the host's code misbehaves at a point.
var misdeeds = map[string]func(){
	"panics": func() { panic("boom") },
	"exits":  runtime.Goexit,
	"hangs":  func() { time.Sleep(time.Hour) },
}

// listens reports whether a misdeed at point must change nothing.
func listens(point string) bool {
	return strings.HasPrefix(point, "log ") || strings.HasPrefix(point, "hook ")
}

type pointLog struct{ *points }

func (l pointLog) Enabled(context.Context, slog.Level) bool {
	l.hit("log Enabled")
	return true
}

func (l pointLog) Handle(_ context.Context, r slog.Record) error {
	l.hit("log " + r.Message)
	return nil
}

func (l pointLog) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l pointLog) WithGroup(string) slog.Handler      { return l }

func (p *points) hooks() upload.Hooks {
	return upload.Hooks{
		Start: func(ctx context.Context, _ string) context.Context {
			p.mu.Lock()
			p.started++
			p.mu.Unlock()
			p.hit("hook Start")
			return ctx
		},
		Event: func(_ context.Context, e upload.Event) {
			p.mu.Lock()
			if e.Kind.IsDecision() {
				p.decided++
			}
			p.mu.Unlock()
			p.hit("hook " + string(e.Kind))
		},
	}
}

type pointLimiter struct{ *points }

func (l pointLimiter) Reserve(context.Context, upload.Claim) (upload.Reservation, error) {
	l.hit("Reserve")
	return l, nil
}

func (l pointLimiter) Settle(context.Context, upload.Usage) error { l.hit("Settle"); return nil }

type pointPolicy struct{ *points }

func (v pointPolicy) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	v.hit("Validate")
	return v, nil
}
func (v pointPolicy) Write(b []byte) (int, error) { v.hit("Write"); return len(b), nil }
func (v pointPolicy) Verdict() error              { v.hit("Verdict"); return nil }
func (v pointPolicy) Close() error                { v.hit("Close"); return nil }

type pointStore struct {
	*memstore.Store
	*points
}

func (s pointStore) Stage(ctx context.Context, o storage.Object, r io.Reader) (storage.Staged, error) {
	s.hit("Stage")
	staged, err := s.Store.Stage(ctx, o, r)
	return pointStaged{staged, s.points}, err
}

func (s pointStore) SignPut(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	s.hit("SignPut")
	return s.Store.SignPut(ctx, d)
}

func (s pointStore) SignForm(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	s.hit("SignForm")
	return s.Store.SignForm(ctx, d)
}

func (s pointStore) CreateMultipart(ctx context.Context, d storage.DirectObject) (string, error) {
	s.hit("CreateMultipart")
	return s.Store.CreateMultipart(ctx, d)
}

func (s pointStore) Promote(ctx context.Context, p storage.Promotion) error {
	s.hit("Promote")
	return s.Store.Promote(ctx, p)
}

func (s pointStore) AbortMultipart(ctx context.Context, key, uploadID string) error {
	s.hit("AbortMultipart")
	return s.Store.AbortMultipart(ctx, key, uploadID)
}

func (s pointStore) Delete(ctx context.Context, key string) error {
	s.hit("Delete")
	return s.Store.Delete(ctx, key)
}

type pointStaged struct {
	storage.Staged
	*points
}

func (s pointStaged) Commit(ctx context.Context) error { s.hit("Commit"); return s.Staged.Commit(ctx) }
func (s pointStaged) Discard(ctx context.Context) error {
	defer func() { // even a Discard that panics or exits removes the file
		if err := s.Staged.Discard(ctx); err != nil {
			panic(err)
		}
	}()
	s.hit("Discard")
	return nil
}

// pointed returns a handler whose calls of the host's code are points, and its storage.
func pointed(t *testing.T, p *points) (*upload.Handler, *memstore.Store) {
	t.Helper()
	store := &memstore.Store{}
	h, err := upload.New(pointStore{store, p}, upTo(2, upload.All(upload.Types("text/plain"), pointPolicy{p})),
		func(*http.Request) (*upload.Grant, error) {
			p.hit("Authorizer")
			return &upload.Grant{Subject: "ann"}, nil
		}, &upload.Options{
			MaxConcurrent: 1, MaxWait: time.Nanosecond, Logger: slog.New(pointLog{p}), Hooks: p.hooks(), Limiter: pointLimiter{p},
			Keys: upload.KeyFunc(func(_ context.Context, in *upload.Incoming) (string, error) {
				p.hit("Key")
				return "k/" + in.Name, nil
			}),
			Respond: func(w http.ResponseWriter, r *http.Request, files []upload.File, err error) {
				p.hit("Respond")
				upload.JSON(w, r, files, err)
			},
			Progress: &upload.Progress{ID: func(*http.Request) string { p.hit("Progress.ID"); return "id" }},
		})
	require.NoError(t, err)
	return h, store
}

// TestEveryPoint: if the host's code panics, exits or hangs at any point, all files of the request
// stay or none, and the request has one decision. After the call has ended, the slot is free, no
// goroutine is left, and Shutdown does not wait. A log or a hook does not even change the answer.
func TestEveryPoint(t *testing.T) {
	good := new(form).file("file", "a.txt", "hello").file("file", "b.txt", "hello").String()
	bad := new(form).file("file", "a.txt", "hello").file("file", "b.txt", "<html>").String()
	next := func(p *points, status int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			p.hit("next")
			w.WriteHeader(status)
		})
	}
	for _, tc := range []struct {
		about string
		body  string
		serve func(p *points, h *upload.Handler, w http.ResponseWriter, r *http.Request)
		files int // that stay if no point misbehaves
	}{
		{"ServeHTTP", good, func(_ *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }, 2},
		{"ServeHTTP refuses", bad, func(_ *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }, 0},
		{"Middleware", good, func(p *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			h.Middleware(next(p, 201)).ServeHTTP(w, r)
		}, 2},
		{"Middleware undoes", good, func(p *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			h.Middleware(next(p, 500)).ServeHTTP(w, r)
		}, 0},
		{"Rollback", good, func(_ *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			tx, err := h.Receive(w, r)
			if err == nil {
				err = tx.Rollback()
			}
			w.WriteHeader(map[bool]int{true: 204, false: 500}[err == nil])
		}, 0},
		{"Undo", good, func(_ *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			tx, err := h.Receive(w, r)
			if err == nil {
				defer func() { _ = tx.Rollback() }()
				if err = tx.Commit(r.Context()); err == nil {
					err = tx.Undo(r.Context())
				}
			}
			w.WriteHeader(map[bool]int{true: 204, false: 500}[err == nil])
		}, 0},
		{"Handle", good, func(p *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			if h.Handle(w, r, func(*upload.Tx) error { p.hit("fn"); return nil }) == nil {
				w.WriteHeader(201)
			}
		}, 2},
		{"Handle refuses", good, func(p *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			_ = h.Handle(w, r, func(*upload.Tx) error { p.hit("fn"); return errTerms })
		}, 0},
		{"Handle refuses after Commit", good, func(p *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			_ = h.Handle(w, r, func(tx *upload.Tx) error {
				if err := tx.Commit(r.Context()); err != nil {
					return err
				}
				p.hit("fn")
				return errTerms
			})
		}, 0},
		{"Tx.Refuse", good, func(_ *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			tx, err := h.Receive(w, r)
			if err != nil {
				h.RespondError(w, r, err)
				return
			}
			tx.Refuse(w, r, errTerms)
		}, 0},
		{"Refuse after Middleware", good, func(p *points, h *upload.Handler, w http.ResponseWriter, r *http.Request) {
			h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				p.hit("next")
				upload.Refuse(w, r, errTerms)
			})).ServeHTTP(w, r)
		}, 0},
	} {
		undisturbed := 0
		for about, do := range misdeeds {
			for at := 0; ; at++ {
				reached, name := true, ""
				synctest.Test(t, func(t *testing.T) {
					defer time.Sleep(2 * time.Hour) // a hanging call returns
					p := &points{at: at, do: do}
					h, store := pointed(t, p)
					w := httptest.NewRecorder()
					var all sync.WaitGroup
					all.Go(func() {
						defer func() { _ = recover() }()
						tc.serve(p, h, w, post(tc.body))
					})
					all.Wait()
					p.mu.Lock()
					reached, name = at == 0 || p.name != "", p.name
					p.mu.Unlock()
					what := fmt.Sprintf("%s: %s (%d) %s", tc.about, name, at, about)
					if at == 0 {
						undisturbed = w.Code
					}
					if at == 0 || listens(name) {
						require.Equal(t, undisturbed, w.Code, what)
						require.Len(t, store.Keys(), tc.files, what)
					}
					kept := 0
					if w.Code == 201 {
						kept = 2
					}
					if kept == 0 || tc.files == 2 {
						require.Len(t, store.Keys(), kept, what)
						require.EqualValues(t, 5*kept, store.Used(), what)
					}
					p.mu.Lock()
					require.Equal(t, 1, p.started, what)
					require.Equal(t, 1, p.decided, what)
					p.at = 0
					p.mu.Unlock()

					time.Sleep(2 * time.Hour) // a hanging call has returned
					for _, key := range store.Keys() {
						require.NoError(t, store.Delete(t.Context(), key))
					}
					again := httptest.NewRecorder()
					h.ServeHTTP(again, post(good))
					require.Equal(t, 201, again.Code, "%s: the slot is free", what)
					begin := time.Now()
					require.NoError(t, h.Shutdown(t.Context()), what)
					require.Zero(t, time.Since(begin), what)
				})
				if !reached || t.Failed() {
					require.Greater(t, at, 20, tc.about)
					break
				}
			}
		}
	}
}

// send sends content to the store by a signed request, without a network.
func (p *points) send(t *testing.T, s *storage.SignedRequest, content string) {
	t.Helper()
	r := httptest.NewRequest(s.Method, s.URL, strings.NewReader(content))
	for name, value := range s.Headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	p.store.ServeHTTP(w, r)
	require.Equal(t, 200, w.Code, w.Body)
}

// TestEveryPointOfSteps: if the host's code panics or exits at any point of a direct upload, each
// step has one decision, and no goroutine is left. Afterwards a confirmation succeeds, and aborts
// leave nothing of the other files. A log or a hook does not even change an answer.
func TestEveryPointOfSteps(t *testing.T) {
	for about, do := range map[string]func(){"panics": misdeeds["panics"], "exits": misdeeds["exits"]} {
		undisturbed := []int{}
		for at := 0; ; at++ {
			reached := true
			synctest.Test(t, func(t *testing.T) {
				p := &points{at: at, do: do}
				h, store := pointed(t, p)
				p.store = store.Handler("http://store.example/store/")
				ps, err := upload.NewPresigner(h, [][]byte{secret}, &upload.PresignOptions{SingleSize: 5 << 20, MaxFileSize: 20 << 20})
				require.NoError(t, err)
				confirm := ps.ConfirmHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					p.hit("next")
					upload.JSON(w, r, upload.Files(r.Context()), nil)
				}))
				codes := []int{}
				step := func(name string, body any) (ticket upload.Ticket) {
					b, err := json.Marshal(body)
					require.NoError(t, err)
					r := httptest.NewRequest(http.MethodPost, "/tickets/"+name, bytes.NewReader(b))
					r.Header.Set("Content-Type", "application/json")
					w, handler := httptest.NewRecorder(), http.Handler(ps)
					if name == "confirm" {
						handler = confirm
					}
					var all sync.WaitGroup
					all.Go(func() {
						defer func() { _ = recover() }()
						ctx, cancel := context.WithCancel(r.Context()) // as a server ends it
						defer cancel()
						handler.ServeHTTP(w, r.WithContext(ctx))
					})
					all.Wait()
					codes = append(codes, w.Code)
					if name == "" && w.Code == 201 {
						require.NoError(t, json.Unmarshal(w.Body.Bytes(), &ticket))
					}
					return ticket
				}
				tickets := []upload.Ticket{}
				signed := func(d upload.Declaration) upload.Ticket {
					ticket := step("", d)
					for range 3 {
						if ticket.Token == "" {
							ticket = step("", d)
						}
					}
					tickets = append(tickets, ticket)
					return ticket
				}
				small := signed(declarationOf("a.txt", "hello"))
				p.send(t, small.SignedRequest, "hello")
				step("confirm", token{small.Token})
				bad := signed(declarationOf("b.txt", "<html>"))
				p.send(t, bad.SignedRequest, "<html>")
				step("confirm", token{bad.Token})
				large := signed(upload.Declaration{Field: "file", Name: "c.txt", Size: 6 << 20})
				step("part", map[string]any{"token": large.Token, "partNumber": 1})
				step("abort", token{large.Token})

				synctest.Wait()
				p.mu.Lock()
				reached = at == 0 || p.name != ""
				what := fmt.Sprintf("%s (%d) %s", p.name, at, about)
				require.Equal(t, p.started, p.decided, what)
				p.at = 0
				if listens(p.name) {
					require.Equal(t, undisturbed, codes, what)
				}
				p.mu.Unlock()
				if at == 0 {
					undisturbed = codes
					require.Equal(t, []int{201, 201, 201, 415, 201, 200, 204}, codes)
				}
				step("confirm", token{small.Token})
				require.Equal(t, 201, codes[len(codes)-1], what)
				for _, ticket := range tickets[1:] {
					step("abort", token{ticket.Token})
				}
				require.Equal(t, []string{"k/a.txt"}, store.Keys(), what)
				require.EqualValues(t, 5, store.Used(), what)
				begin := time.Now()
				require.NoError(t, h.Shutdown(t.Context()), what)
				require.Zero(t, time.Since(begin), what)
			})
			if !reached || t.Failed() {
				require.Greater(t, at, 40)
				break
			}
		}
	}
}

// TestEveryPointOfListeners: in direct uploads, links and sweeps, too, a log or a hook that panics,
// exits or hangs changes nothing.
func TestEveryPointOfListeners(t *testing.T) {
	code := func(err error) string {
		var e *upload.Error
		if errors.As(err, &e) {
			return string(e.Code)
		}
		return fmt.Sprint(err)
	}
	for tc, run := range map[string]func(t *testing.T, p *points, store *memstore.Store) (outcome []string){
		"direct": func(t *testing.T, p *points, store *memstore.Store) (outcome []string) {
			h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
				Logger: slog.New(pointLog{p}), Hooks: p.hooks(), MaxFileSize: 20 << 20,
			})
			require.NoError(t, err)
			ps, err := upload.NewPresigner(h, [][]byte{secret}, &upload.PresignOptions{SingleSize: 5 << 20})
			require.NoError(t, err)
			request := func() *http.Request { return httptest.NewRequest(http.MethodPost, "/", nil) }
			did := func(err error) { outcome = append(outcome, code(err)) }
			for _, content := range []string{"hello", "<html>"} {
				ticket, err := ps.Sign(request(), declarationOf("a.txt", content))
				did(err)
				p.send(t, ticket.SignedRequest, content)
				for range 2 { // the second time after a confirmation or refusal
					_, err = ps.Confirm(httptest.NewRecorder(), request(), ticket.Token, nil)
					did(err)
				}
			}
			large, err := ps.Sign(request(), upload.Declaration{Field: "file", Name: "a.txt", Size: 6 << 20})
			did(err)
			_, err = ps.SignPart(request(), large.Token, 1)
			did(err)
			_, err = ps.Parts(request(), large.Token)
			did(err)
			did(ps.Abort(request(), large.Token))
			_, err = ps.Parts(request(), "no ticket")
			did(err)
			begin := time.Now()
			did(h.Shutdown(t.Context()))
			require.Zero(t, time.Since(begin))
			return append(outcome, fmt.Sprint(len(store.Keys()), store.Used()))
		},
		"links": func(t *testing.T, p *points, store *memstore.Store) (outcome []string) {
			staged, err := store.Stage(t.Context(), storage.Object{Key: "a.txt", Type: "text/plain"}, strings.NewReader("hello"))
			require.NoError(t, err)
			require.NoError(t, staged.Commit(t.Context()))
			for _, proxied := range []bool{true, false} {
				l, err := upload.NewLinks(store, &upload.LinksOptions{Logger: slog.New(pointLog{p}), Hooks: p.hooks(), Proxy: proxied})
				require.NoError(t, err)
				for _, key := range []string{"a.txt", "b.txt"} {
					w := httptest.NewRecorder()
					l.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: key}, nil }).
						ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
					outcome = append(outcome, fmt.Sprint(w.Code, w.Body.Len() > 0))
				}
			}
			return outcome
		},
		"sweep": func(t *testing.T, p *points, _ *memstore.Store) (outcome []string) {
			time.Sleep(time.Until(time.Date(2007, time.January, 1, 0, 0, 0, 0, time.UTC))) // a sweep believes no date from before S3
			b := stuckObject{&memstore.Store{}}
			b.Handler("http://store.example/")
			for _, key := range []string{"k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "orphan", "stuck"} {
				staged, err := b.Stage(t.Context(), storage.Object{Key: key, MaxSize: 1}, strings.NewReader("x"))
				require.NoError(t, err)
				require.NoError(t, staged.Commit(t.Context()))
			}
			time.Sleep(30 * 24 * time.Hour)
			s, err := sweep.New(b, func(_ context.Context, keys []string) (kept []string, _ error) {
				for _, key := range keys {
					if key[0] == 'k' {
						kept = append(kept, key)
					}
				}
				return kept, nil
			}, &sweep.Options{Remove: true, AllowWholeBucket: true, AllowAnyShare: true, Logger: slog.New(pointLog{p})})
			require.NoError(t, err)
			report, err := s.Run(t.Context(), "")
			return append(outcome, fmt.Sprint(report.Removed, report.Failed, report.Kept, err), fmt.Sprint(b.Keys()))
		},
	} {
		var undisturbed []string
		for about, do := range misdeeds {
			for at := 0; ; at++ {
				reached := true
				synctest.Test(t, func(t *testing.T) {
					defer time.Sleep(2 * time.Hour) // a hanging call returns
					p, store := &points{at: at, do: do}, &memstore.Store{}
					p.store = store.Handler("http://store.example/store/")
					outcome := run(t, p, store)
					time.Sleep(2 * time.Hour)
					p.mu.Lock()
					defer p.mu.Unlock()
					require.Equal(t, p.started, p.decided)
					if reached = at == 0 || p.name != ""; at == 0 {
						undisturbed = outcome
						return
					}
					require.Equal(t, undisturbed, outcome, "%s: %s (%d) %s", tc, p.name, at, about)
				})
				if !reached || t.Failed() {
					require.Greater(t, at, 3, tc)
					break
				}
			}
		}
	}
}

// stuckObject is a store that does not remove the object "stuck".
type stuckObject struct{ *memstore.Store }

func (s stuckObject) RemoveListed(ctx context.Context, o storage.ListedObject) error {
	if o.Key == "stuck" {
		return errors.New("locked")
	}
	return s.Store.RemoveListed(ctx, o)
}
