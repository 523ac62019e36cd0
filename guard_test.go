package upload_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
)

// testObserver is an observer, and a validator that returns it.
type testObserver struct {
	write   func(p []byte) (int, error)
	verdict func() error
	closed  atomic.Int32
}

func (o *testObserver) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	return o, nil
}

func (o *testObserver) Write(p []byte) (int, error) {
	if o.write == nil {
		return len(p), nil
	}
	return o.write(p)
}

func (o *testObserver) Verdict() error {
	if o.verdict == nil {
		return nil
	}
	return o.verdict()
}

func (o *testObserver) Close() error { o.closed.Add(1); return nil }

// TestBadValidators: a validator or observer that fails, panics or lies refuses the file.
func TestBadValidators(t *testing.T) {
	secret := errors.New("secret")
	for _, tc := range []struct {
		about  string
		policy upload.Validator
		code   upload.Code
	}{
		{"Validate errs", upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return secret }), upload.CodeCheckFailed},
		{"Validate panics", upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { panic(secret) }), upload.CodeCheckFailed},
		{"Validate exits", upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { runtime.Goexit(); return nil }), upload.CodeCheckFailed},
		{"Validate errs with nothing", upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return (*upload.Error)(nil) }), upload.CodeCheckFailed},
		{"Validate rejects", upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return upload.Reject("house_rule", "no") }), "house_rule"},
		{"Write errs", &testObserver{write: func([]byte) (int, error) { return 0, secret }}, upload.CodeCheckFailed},
		{"Write errs with nothing", &testObserver{write: func(p []byte) (int, error) { return len(p), (*upload.Error)(nil) }}, upload.CodeCheckFailed},
		{"Write panics", &testObserver{write: func([]byte) (int, error) { panic(secret) }}, upload.CodeCheckFailed},
		{"Write exits", &testObserver{write: func([]byte) (int, error) { runtime.Goexit(); return 0, nil }}, upload.CodeCheckFailed},
		{"Write takes half", &testObserver{write: func(p []byte) (int, error) { return len(p) / 2, nil }}, upload.CodeCheckFailed},
		{"Write rejects", &testObserver{write: func([]byte) (int, error) { return 0, upload.Reject(upload.CodeContent, "no") }}, upload.CodeContent},
		{"Verdict errs", &testObserver{verdict: func() error { return secret }}, upload.CodeCheckFailed},
		{"Verdict errs with nothing", &testObserver{verdict: func() error { return (*upload.Error)(nil) }}, upload.CodeCheckFailed},
		{"Verdict panics", &testObserver{verdict: func() error { panic(secret) }}, upload.CodeCheckFailed},
		{"Verdict rejects", &testObserver{verdict: func() error { return upload.Reject(upload.CodeContent, "no") }}, upload.CodeContent},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, tc.policy, upload.Options{})
			p := f.refuses(t, tc.code, post(file("file", "a.txt", strings.Repeat("hello ", 20_000))))
			require.NotContains(t, p.Detail, "secret")
			if o, ok := tc.policy.(*testObserver); ok {
				require.EqualValues(t, 1, o.closed.Load())
			}
		})
	}
}

// TestObserversAreClosedOnce: an observer is closed once, however the upload ends.
func TestObserversAreClosedOnce(t *testing.T) {
	panics := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { panic("no") })
	rejects := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return upload.Reject("no", "no") })
	accepts := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })
	for about, compose := range map[string]func(upload.Validator) upload.Validator{
		"alone":                     func(v upload.Validator) upload.Validator { return v },
		"All":                       func(v upload.Validator) upload.Validator { return upload.All(v, accepts) },
		"All, one rejects":          func(v upload.Validator) upload.Validator { return upload.All(v, rejects) },
		"All, one panics":           func(v upload.Validator) upload.Validator { return upload.All(v, panics) },
		"Any":                       func(v upload.Validator) upload.Validator { return upload.Any(v, rejects) },
		"Any, another accepts":      func(v upload.Validator) upload.Validator { return upload.Any(v, accepts) },
		"Any, one panics":           func(v upload.Validator) upload.Validator { return upload.Any(v, panics) },
		"the key generator refuses": func(v upload.Validator) upload.Validator { return v },
	} {
		t.Run(about, func(t *testing.T) {
			o := &testObserver{}
			options := upload.Options{}
			if about == "the key generator refuses" {
				options.Keys = upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "", errors.New("no") })
			}
			f := newFixture(t, compose(o), options)
			f.do(post(file("file", "a.txt", "hello")))
			require.EqualValues(t, 1, o.closed.Load())
		})
	}
}

// lateValidator hangs and then still returns its observer.
type lateValidator struct {
	testObserver
	release chan struct{}
}

func (v *lateValidator) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	<-v.release
	return &v.testObserver, nil
}

func TestObserverThatComesTooLateIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &lateValidator{release: make(chan struct{})}
		f := newFixture(t, v, upload.Options{})
		f.refuses(t, upload.CodeCheckFailed, post(file("file", "a.txt", "hello")))
		require.Zero(t, v.closed.Load())
		close(v.release)
		synctest.Wait()
		require.EqualValues(t, 1, v.closed.Load())
	})
}

// TestHanging: a check that hangs refuses the file after CheckTimeout, and keeps its slot
// while it hangs.
func TestHanging(t *testing.T) {
	for about, hang := range map[string]func(block func()) upload.Validator{
		"Validate": func(block func()) upload.Validator {
			return upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { block(); return nil })
		},
		"Write": func(block func()) upload.Validator {
			return &testObserver{write: func(p []byte) (int, error) { block(); return len(p), nil }}
		},
		"Verdict": func(block func()) upload.Validator {
			return &testObserver{verdict: func() error { block(); return nil }}
		},
	} {
		t.Run(about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				first := sync.OnceFunc(func() { <-release })
				hung := 0
				policy := hang(first)
				f := newFixture(t, policy, upload.Options{
					CheckTimeout: time.Minute, MaxConcurrent: 1, MaxWait: time.Second,
					Hooks: counting(upload.KindHung, &hung),
				})
				start := time.Now()
				f.refuses(t, upload.CodeCheckFailed, post(file("file", "a.txt", "hello")))
				require.Equal(t, time.Minute, time.Since(start))
				require.Equal(t, 1, hung)

				w := f.do(post(file("file", "a.txt", "hello")))
				require.Equal(t, http.StatusServiceUnavailable, w.Code, "the hanging check keeps its slot")
				require.Equal(t, "2", w.Header().Get("Retry-After"))

				close(release)
				synctest.Wait()
				f.accepts(t, post(file("file", "a.txt", "hello")))
				if o, ok := policy.(*testObserver); ok {
					require.EqualValues(t, 2, o.closed.Load())
				}
			})
		})
	}
}

// TestHungObserverKeepsItsBuffer: the buffer of a hanging observer is never used for
// another upload.
func TestHungObserverKeepsItsBuffer(t *testing.T) {
	release, read := make(chan struct{}), make(chan []byte, 1)
	var hanging atomic.Bool
	policy := &testObserver{write: func(p []byte) (int, error) {
		if hanging.CompareAndSwap(false, true) {
			<-release
			read <- bytes.Clone(p) // the race detector watches this, too
		}
		return len(p), nil
	}}
	f := newFixture(t, policy, upload.Options{CheckTimeout: 50 * time.Millisecond})
	f.refuses(t, upload.CodeCheckFailed, post(file("file", "a.txt", strings.Repeat("mine ", 10_000))))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range rounds.Of(10, 50) {
				f.do(post(file("file", "b.txt", strings.Repeat("theirs ", 10_000))))
			}
		})
	}
	wg.Wait()
	close(release)
	seen := string(<-read)
	require.Contains(t, seen, "mine")
	require.NotContains(t, seen, "theirs")
}

func TestHooksThatPanicChangeNothing(t *testing.T) {
	f := newFixture(t, nil, upload.Options{Hooks: upload.Hooks{
		Start: func(context.Context, string) context.Context { panic("hook") },
		Event: func(context.Context, upload.Event) { panic("hook") },
	}})
	f.refuses(t, upload.CodeTypeNotAllowed, post(new(form).file("file", "a.txt", "1").file("file", "b.png", "<html>").String()))
	f.accepts(t, post(file("file", "a.txt", "hello")))
	require.Contains(t, f.log.String(), "a hook failed")
}

// TestSeenIsStored: observers see exactly the stored bytes of a file that is not cleaned.
func TestSeenIsStored(t *testing.T) {
	for _, size := range []int{1, 4095, 4096, 4097, 32<<10 - 1, 32 << 10, 32<<10 + 1, 100_000, 1 << 20} {
		var seen bytes.Buffer
		f := newFixture(t, &testObserver{write: seen.Write}, upload.Options{})
		content := strings.Repeat("0123456789", size/10+1)[:size]
		files := f.accepts(t, post(file("file", "a.txt", content)))
		stored, _ := f.stored(t, files[0].Key)
		require.Equal(t, content, seen.String())
		require.Equal(t, content, stored)
	}
}

func TestClientGoneWhileStoring(t *testing.T) {
	f := newFixture(t, &testObserver{}, upload.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	r := post(file("file", "a.txt", strings.Repeat("hello ", 100_000))).WithContext(ctx)
	o := &testObserver{write: func(p []byte) (int, error) { cancel(); return len(p), nil }}
	h, err := upload.New(f.store, o, upload.AllowAnonymous, nil)
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, upload.CodeClientGone, problemOf(t, w.Result()).Code)
	f.empty(t)
}
