package contained_test

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/contained"
)

func TestDo(t *testing.T) {
	for _, tc := range []struct {
		about string
		f     func()
		err   error
	}{
		{"returns", func() {}, nil},
		{"returns late", func() { time.Sleep(contained.Patience - 1) }, nil},
		{"panics", func() { panic("boom") }, contained.ErrPanic},
		{"panics with nil", func() { panic(nil) }, contained.ErrPanic},
		{"ends its goroutine", runtime.Goexit, contained.ErrExit},
		{"hangs for a while", func() { time.Sleep(contained.Patience + 1) }, contained.ErrHung},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				require.ErrorIs(t, new(contained.Calls).Do(tc.f), tc.err)
				time.Sleep(time.Second) // a hung call ends before the bubble's clock stops
			})
		})
	}
}

// TestHungCallsAreBounded checks that Do calls nothing while MaxHung calls hang, until one has
// returned.
func TestHungCallsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c contained.Calls
		release, called := make(chan struct{}), 0
		for range contained.MaxHung {
			go func() { _ = c.Do(func() { <-release }) }()
		}
		time.Sleep(contained.Patience + 1)
		begin := time.Now()
		require.ErrorIs(t, c.Do(func() { called++ }), contained.ErrTooMany)
		require.Zero(t, time.Since(begin))
		require.Zero(t, called)
		release <- struct{}{}
		synctest.Wait()
		require.NoError(t, c.Do(func() { called++ }))
		require.Equal(t, 1, called)
		close(release)
	})
}

// counter is a slog handler that counts.
type counter struct{ records atomic.Int64 }

func (*counter) Enabled(context.Context, slog.Level) bool    { return true }
func (c *counter) Handle(context.Context, slog.Record) error { c.records.Add(1); return nil }
func (c *counter) WithAttrs([]slog.Attr) slog.Handler        { return c }
func (c *counter) WithGroup(string) slog.Handler             { return c }

// hostile is a slog handler that calls do in the method named by at.
type hostile struct {
	slog.Handler
	at string
	do func()
}

func (h hostile) on(method string) {
	if h.at == method {
		h.do()
	}
}

func (h hostile) Enabled(ctx context.Context, l slog.Level) bool {
	h.on("Enabled")
	return h.Handler.Enabled(ctx, l)
}

func (h hostile) Handle(ctx context.Context, r slog.Record) error {
	h.on("Handle")
	return h.Handler.Handle(ctx, r)
}

func (h hostile) WithAttrs([]slog.Attr) slog.Handler { h.on("WithAttrs"); return h }
func (h hostile) WithGroup(string) slog.Handler      { h.on("WithGroup"); return h }

func TestLogger(t *testing.T) {
	for _, at := range []string{"Enabled", "Handle", "WithAttrs", "WithGroup", "nowhere"} {
		for about, do := range map[string]func(){
			"panics": func() { panic("boom") },
			"exits":  runtime.Goexit,
			"hangs":  func() { time.Sleep(time.Hour) },
		} {
			t.Run(at+" "+about, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var n counter
					l := contained.Logger(slog.New(hostile{&n, at, do}))
					begin := time.Now()
					l.With("a", 1).WithGroup("g").Info("a record", "b", 2)
					require.LessOrEqual(t, time.Since(begin), contained.Patience)
					require.Equal(t, at == "nowhere", n.records.Load() == 1)
					time.Sleep(time.Hour)
				})
			})
		}
	}
}

// TestNilLogger checks that a nil logger means the default one.
func TestNilLogger(t *testing.T) {
	var b bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelWarn})))
	l := contained.Logger(nil)
	l.Info("not this")
	l.Warn("this")
	require.NotContains(t, b.String(), "not this")
	require.Contains(t, b.String(), "msg=this")
}
