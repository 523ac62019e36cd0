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
	earliest time.Time              // of both clocks and AsOf; Grace counts back from it
	pending  []storage.ListedObject // old objects, not yet asked about
	last     proportion             // of the group that was measured last
	excess   error                  // of a dry run: the error of the first share that was too large
	failure  error                  // of the first failed removal
	next     time.Time              // when the next removal may begin
}

// proportion counts the objects of a group that were asked about, and those that nothing refers to.
type proportion struct{ asked, orphaned int }

// tell passes a finding to the host, and logs each removal, whether it succeeded or failed.
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

// count counts an orphan by its outcome.
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
