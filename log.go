package upload

import (
	"log/slog"
	"net/http"
)

// logAccepted writes a record for each file.
func (tx *Tx) logAccepted() {
	ctx, o := tx.r.Context(), &tx.h.opts
	for _, f := range tx.files {
		o.Logger.LogAttrs(ctx, slog.LevelInfo, "upload: accepted",
			slog.String("key", f.Key), slog.String("type", f.Type), slog.Int64("size", f.Size),
			slog.String("subject", tx.grant.Subject), slog.String("field", f.Field), slog.String("name", f.Name))
	}
	if f := o.Hooks.Accepted; f != nil {
		tx.h.hook(ctx, func() { f(ctx, tx.grant.Subject, tx.Files()) })
	}
}

// logRefused writes the cause, which the client is not told.
func (tx *Tx) logRefused(e *Error) {
	ctx, o := tx.r.Context(), &tx.h.opts
	level := slog.LevelInfo
	switch {
	case e.Code == CodeBusy || e.Code == CodeShutdown:
		level = slog.LevelWarn
	case e.Code.Status() >= http.StatusInternalServerError:
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("code", string(e.Code)), slog.Int("status", e.Code.Status()), slog.String("reason", e.Reason),
		slog.String("subject", tx.subject()), slog.String("field", e.Field), slog.String("name", e.Name),
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", e.Err.Error()))
	}
	o.Logger.LogAttrs(ctx, level, "upload: refused", attrs...)
	if f := o.Hooks.Refused; f != nil {
		tx.h.hook(ctx, func() { f(ctx, tx.subject(), e) })
	}
}

func (tx *Tx) logHung() {
	ctx, o := tx.r.Context(), &tx.h.opts
	o.Logger.ErrorContext(ctx, "upload: a validator or key generator hangs", "subject", tx.subject(), "timeout", o.CheckTimeout)
	if f := o.Hooks.Hung; f != nil {
		tx.h.hook(ctx, func() { f(ctx, tx.subject()) })
	}
}

// subject is "" until the authorizer has answered.
func (tx *Tx) subject() string {
	if tx.grant == nil {
		return ""
	}
	return tx.grant.Subject
}
