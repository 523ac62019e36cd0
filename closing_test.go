package upload_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// closer is an observer whose Close calls the function block. It is also the validator that
// returns the observer, together with err.
type closer struct {
	testObserver
	err   error
	block func()
}

func (c *closer) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	return c, c.err
}

func (c *closer) Close() error {
	_ = c.testObserver.Close()
	c.block()
	return nil
}

// TestHangingClose: an observer that hangs in Close does not change the decision about its file. It
// is closed once, and its slot is taken until Close returns.
func TestHangingClose(t *testing.T) {
	one := file("file", "a.txt", "hello")
	two := new(form).file("file", "a.txt", "hello").file("file", "b.txt", "hello").String()
	no := func() error { return upload.Reject(upload.CodeContent, "no") }
	badKeys := upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "", errors.New("no") })
	for _, tc := range []struct {
		about   string
		verdict func() error
		err     error
		keys    upload.KeyGenerator
		body    string
		code    upload.Code // "" accepts
	}{
		{"accepted", nil, nil, nil, one, ""},
		{"rejected", no, nil, nil, one, upload.CodeContent},
		{"no key", nil, nil, badKeys, one, upload.CodeInternal},
		{"an observer beside an error", nil, no(), nil, one, upload.CodeContent},
		{"nothing checks the second file", nil, nil, nil, two, upload.CodeCheckFailed},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release, hung := make(chan struct{}), 0
				c := &closer{testObserver: testObserver{verdict: tc.verdict}, err: tc.err, block: func() { <-release }}
				f := newFixture(t, c, upload.Options{
					CheckTimeout: time.Minute, MaxConcurrent: 1, MaxWait: time.Second, Keys: tc.keys,
					Hooks: counting(upload.KindHung, &hung),
				})
				start := time.Now()
				if tc.code == "" {
					require.Len(t, f.accepts(t, post(tc.body)), 1)
				} else {
					f.refuses(t, tc.code, post(tc.body))
				}
				require.Equal(t, time.Minute, time.Since(start))
				require.Equal(t, 1, hung)
				require.Equal(t, upload.CodeBusy, problemOf(t, f.do(post(one)).Result()).Code)
				require.EqualValues(t, 1, c.closed.Load())

				close(release)
				synctest.Wait()
				require.NotEqual(t, upload.CodeBusy, codeOf(t, f.do(post(one))))
				require.EqualValues(t, 2, c.closed.Load(), "once for each file")
			})
		})
	}
}

// TestCloseHangsToo: if first Verdict hangs and then Close, the slot is taken until both have
// returned.
func TestCloseHangsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		verdict, release := make(chan struct{}), make(chan struct{})
		c := &closer{block: func() { <-release }}
		c.verdict = func() error { <-verdict; return nil }
		f := newFixture(t, c, upload.Options{MaxConcurrent: 1, MaxWait: time.Second})
		f.refuses(t, upload.CodeCheckFailed, post(file("file", "a.txt", "hello")))
		close(verdict)
		synctest.Wait()
		require.EqualValues(t, 1, c.closed.Load())
		f.refuses(t, upload.CodeBusy, post(file("file", "a.txt", "hello")))
		close(release)
		synctest.Wait()
		f.accepts(t, post(file("file", "a.txt", "hello")))
	})
}

// TestCloseThatExits: a Close that ends its goroutine frees the slot.
func TestCloseThatExits(t *testing.T) {
	for _, tc := range []struct {
		about string
		hangs bool
		err   error
	}{
		{"accepted", false, nil},
		{"beside an error", false, errors.New("no")},
		{"after Verdict hung", true, nil},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				c := &closer{err: tc.err, block: runtime.Goexit}
				c.verdict = func() error {
					if tc.hangs {
						<-release
					}
					return nil
				}
				f := newFixture(t, c, upload.Options{MaxConcurrent: 1, MaxWait: time.Second})
				f.do(post(file("file", "a.txt", "hello")))
				close(release)
				synctest.Wait()
				require.EqualValues(t, 1, c.closed.Load())
				require.NotEqual(t, upload.CodeBusy, codeOf(t, f.do(post(file("file", "a.txt", "hello")))))
			})
		})
	}
}

// TestRefusedBesideAnObserver: an observer that a validator returns with an error is closed.
func TestRefusedBesideAnObserver(t *testing.T) {
	for about, compose := range map[string]func(upload.Validator) upload.Validator{
		"alone": func(v upload.Validator) upload.Validator { return v },
		"All":   func(v upload.Validator) upload.Validator { return upload.All(upload.NotEmpty(), v) },
		"Any":   func(v upload.Validator) upload.Validator { return upload.Any(v, upload.Types("image/png")) },
		"Form": func(v upload.Validator) upload.Validator {
			return upload.Form{"file": {Accept: v, MaxSize: 1 << 20}}
		},
		"ForType": func(v upload.Validator) upload.Validator {
			return upload.ForType(map[string]upload.Validator{"text/plain": v})
		},
	} {
		c := &closer{err: upload.Reject(upload.CodeContent, "no"), block: func() {}}
		f := newFixture(t, compose(c), upload.Options{})
		f.refuses(t, upload.CodeContent, post(file("file", "a.txt", "hello")))
		require.EqualValues(t, 1, c.closed.Load(), about)
	}
}
