package contained

import (
	"context"
	"log/slog"
)

// Logger returns a logger that writes to l, or to slog.Default() if l is nil. It calls l's handler
// by [Calls.Do]. A panic in Enabled or Handle loses one record. A hang there holds the caller for
// [Patience], and delays or loses the record. Calls that [ErrTooMany] prevents lose their records.
// If a call of WithAttrs or WithGroup fails, the logger that it was to make loses all its records.
func Logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		l = slog.Default()
	}
	return slog.New(&handler{of: l.Handler(), calls: &Calls{}})
}

type handler struct {
	of    slog.Handler
	calls *Calls
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	answer := make(chan bool, 1)
	if h.calls.Do(func() { answer <- h.of.Enabled(ctx, level) }) != nil {
		return false
	}
	return <-answer
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	answer := make(chan error, 1)
	if err := h.calls.Do(func() { answer <- h.of.Handle(ctx, r) }); err != nil {
		return err
	}
	return <-answer
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.with(func() slog.Handler { return h.of.WithAttrs(attrs) })
}

func (h *handler) WithGroup(name string) slog.Handler {
	return h.with(func() slog.Handler { return h.of.WithGroup(name) })
}

func (h *handler) with(f func() slog.Handler) slog.Handler {
	made := make(chan slog.Handler, 1)
	if h.calls.Do(func() { made <- f() }) != nil {
		return slog.DiscardHandler
	}
	return &handler{of: <-made, calls: h.calls}
}
