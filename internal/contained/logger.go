package contained

import (
	"context"
	"log/slog"
)

// Logger returns a logger that writes to l, or to slog.Default() if l is nil. It calls l's handler
// by [Calls.Do]. A panic in Enabled or Handle costs one record. A hang costs [Patience],
// and delays or loses the record; too many hangs cost all records while they last. In WithAttrs or
// WithGroup either costs all records of the logger that the call was to make.
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
