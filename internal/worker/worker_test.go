package worker_test

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/worker"
)

// TestFinally checks when functions of Finally run, and that the first runs last.
func TestFinally(t *testing.T) {
	for name, call := range map[string]func() error{
		"no call":                        nil,
		"a call":                         func() error { return nil },
		"a call that hangs":              func() error { time.Sleep(time.Hour); return nil },
		"a call that panics":             func() error { panic("boom") },
		"a call that ends its goroutine": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ran := make(chan string, 2)
				w := &worker.Worker{Timeout: time.Minute, OnHang: func() {}}
				w.Finally(func() { ran <- "first" })
				if call != nil {
					_ = w.Do(call)
				}
				w.Finally(func() { ran <- "second" })
				require.Empty(t, ran)
				w.Close()
				w.Close()
				if w.Hung {
					require.Empty(t, ran)
					time.Sleep(time.Hour)
					synctest.Wait()
				}
				require.Len(t, ran, 2)
				require.Equal(t, "second", <-ran)
				require.Equal(t, "first", <-ran)
			})
		})
	}
}
