package sweep

import (
	"context"
	"fmt"
	"github.com/airlock-go/upload/internal/worker"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// SweepReport counts what one run has seen, objects and unfinished uploads
// together. After a run that came to its end, Seen is the sum of Young, Foreign,
// Kept and Orphaned, and, unless it was a dry run, Orphaned that of Removed,
// Changed and Failed.
type Report struct {
	Seen     int   // listed
	Young    int   // not older than Grace
	Foreign  int   // under keys that this package does not make
	Kept     int   // referred to
	Orphaned int   // the others
	Removed  int   // of these: gone
	Changed  int   // of these: written again meanwhile, and so kept
	Failed   int   // of these: still there
	Bytes    int64 // of the objects that were removed; in a dry run, that would be

	// Cursor is where the next run goes on: behind the last page of which
	// everything was done. "" is the beginning, and after the end again.
	Cursor string
}

// SweepOutcome is what became of an object or upload that is not kept.
type Outcome string

// The outcomes of a [Finding].
const (
	Orphaned Outcome = "orphaned" // a dry run: it would be removed
	Removed  Outcome = "removed"
	Changed  Outcome = "changed" // it was written again meanwhile, and stays
	Failed   Outcome = "failed"  // it could not be removed
	Foreign  Outcome = "foreign" // its key is none of this package's; it stays
)

// SweepFinding is something that is not kept.
type Finding struct {
	Key      string
	UploadID string // of an unfinished upload, "" for an object
	Size     int64  // bytes of an object
	Modified time.Time
	Outcome  Outcome
	Err      error // why it was not removed
}

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

// sweepCursor is a place in a sweep: all objects come first, then all uploads.
type position struct {
	uploads bool
	after   string // as the store names the place in that list
}

// The words of a cursor, which begins with one of them and the prefix.
const (
	cursorObjects = "objects"
	cursorUploads = "uploads"
)

// encode returns one line of ASCII, "" for the beginning.
func (c position) encode(prefix string) string {
	list := cursorObjects
	if c.uploads {
		list = cursorUploads
	}
	if c == (position{}) {
		return ""
	}
	return strings.Join([]string{list, url.QueryEscape(prefix), url.QueryEscape(c.after)}, ":")
}

// parseCursor wants a cursor of the same prefix: with that of another, most of
// what is to be swept would silently be behind it.
func parseCursor(text, prefix string) (c position, err error) {
	if text == "" {
		return c, nil
	}
	list, rest, _ := strings.Cut(text, ":")
	_, after, _ := strings.Cut(rest, ":")
	c.uploads = list == cursorUploads
	c.after, err = url.QueryUnescape(after)
	if err != nil || c.encode(prefix) != text {
		return position{}, fmt.Errorf("sweep: %q is no cursor of a sweep of %q", text, prefix)
	}
	return c, nil
}
