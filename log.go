package upload

import (
	"log/slog"
	"net/http"
	"slices"
)

// logAccepted writes a record for each file.
func (q *request) logAccepted(files []File) {
	ctx, o := q.r.Context(), &q.h.opts
	for _, f := range files {
		o.Logger.LogAttrs(ctx, slog.LevelInfo, "upload: accepted",
			slog.String("key", f.Key), slog.String("type", f.Type), slog.Int64("size", f.Size),
			slog.String("subject", q.grant.Subject), slog.String("field", f.Field), slog.String("name", f.Name))
	}
	if f := o.Hooks.Accepted; f != nil {
		q.h.hook(ctx, func() { f(ctx, q.grant.Subject, slices.Clone(files)) })
	}
}

// logRefused writes the cause, which the client is not told.
func (q *request) logRefused(e *Error) {
	ctx, o := q.r.Context(), &q.h.opts
	level := slog.LevelInfo
	switch {
	case e.Code == CodeBusy || e.Code == CodeShutdown:
		level = slog.LevelWarn
	case e.Code.Status() >= http.StatusInternalServerError:
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("code", string(e.Code)), slog.Int("status", e.Code.Status()), slog.String("reason", e.Reason),
		slog.String("subject", q.subject()), slog.String("field", e.Field), slog.String("name", e.Name),
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", e.Err.Error()))
	}
	o.Logger.LogAttrs(ctx, level, "upload: refused", attrs...)
	if f := o.Hooks.Refused; f != nil {
		q.h.hook(ctx, func() { f(ctx, q.subject(), e) })
	}
}

func (q *request) logHung() {
	ctx, o := q.r.Context(), &q.h.opts
	o.Logger.ErrorContext(ctx, "upload: a validator or key generator hangs", "subject", q.subject(), "timeout", o.CheckTimeout)
	if f := o.Hooks.Hung; f != nil {
		q.h.hook(ctx, func() { f(ctx, q.subject()) })
	}
}
