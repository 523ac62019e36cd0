package sweep

import (
	"context"
	"log/slog"
	"time"

	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// run is one call of [Sweeper.Run].
type run struct {
	*Sweeper
	report   Report
	earliest time.Time              // what Grace counts back from
	pending  []storage.ListedObject // old ones, still to be asked about
	last     proportion             // of those that were asked about last
	excess   error                  // of a dry run: the first share that was too large
	failure  error                  // the first
	next     time.Time              // when the next removal may begin
}

// proportion counts what was asked about.
type proportion struct{ asked, orphaned int }

// tell tells of a finding, whatever its outcome, to the log and the host.
func (r *run) tell(ctx context.Context, f Finding) error {
	attrs := []slog.Attr{
		slog.String("key", f.Key), slog.String("upload", f.UploadID),
		slog.Int64("size", f.Size), slog.Time("modified", f.Modified),
	}
	switch f.Outcome {
	case Removed:
		r.opts.Logger.LogAttrs(ctx, slog.LevelInfo, "sweep: swept", attrs...)
	case Failed:
		attrs = append(attrs, slog.String("error", f.Err.Error()))
		r.opts.Logger.LogAttrs(ctx, slog.LevelError, "sweep: an orphan could not be removed", attrs...)
	}
	if r.opts.Found == nil {
		return nil
	}
	return worker.Apart(func() error { r.opts.Found(ctx, f); return nil })
}

// count counts an orphan by what became of it.
func (r *run) count(o Outcome) {
	r.report.Orphaned++
	switch o {
	case Removed:
		r.report.Removed++
	case Changed:
		r.report.Changed++
	case Failed:
		r.report.Failed++
	}
}
