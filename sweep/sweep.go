// Package sweep finds what a storage holds and an application no longer refers to:
// files of rows that were deleted, and what killed processes have left. It removes
// nothing unless [Options.Remove] says so, and nothing that is young.
package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/contained"
	"github.com/airlock-go/upload/storage"
)

// The defaults of [Options].
const (
	// ticketsLast is the longest life of a ticket, and so of a signed URL.
	ticketsLast = 7 * 24 * time.Hour

	// minGrace is longer than any of them by a day, for what was begun in its
	// last moment.
	minGrace = ticketsLast + 24*time.Hour

	maxBatch           = 1000
	defaultBatch       = 500
	defaultRate        = 50
	defaultMaxRemovals = 10_000
	defaultMaxFailures = 10_000
	defaultMaxShare    = 0.25

	// maxAnswerAge is how long an answer of Referenced is acted on.
	maxAnswerAge = 10 * time.Second
)

// Referenced says which of the keys the application still refers to: at most
// [Options.BatchSize] of them at once, one batch after the other. What it
// leaves out is removed for good. So whatever keeps it from knowing must be an
// error, a query that broke off among them (sql.Rows.Err), and it must ask where
// everything is known: not a replica that lags, nor one of several tables. An
// error, a panic, or a key in the answer that was not asked for stops the sweep
// before anything that it was asked about then is removed.
//
// It is asked about some 500 objects or more before the first of them is removed
// (see [Options.MaxShare]), and once more about those that it left out, one
// batch right before its removal. What it names by then is kept. No removal begins
// more than 10 seconds after the answer that it goes by: with a low Rate or slow
// removals it is asked again about the rest.
type Referenced func(ctx context.Context, keys []string) ([]string, error)

// Sweeper finds what a storage keeps and nobody refers to, and removes it: the
// files of rows that were deleted, of processes that were killed between the
// storage's commit and the application's, of clients that sent and never
// confirmed, and uploads that were left open, of a storage.UploadLister.
//
// It starts from the objects, for what was forgotten is in no table. What is
// younger than Grace is left alone. Older objects are asked about; those under
// staging keys ([storage.StagingSegment]) and unfinished uploads are not, since no row
// refers to them: for these only their age counts. An object that was written
// again between being listed and being removed stays. Keys that fail [storage.ValidKey]
// were not made by this module: they are reported as [Foreign] and never removed.
//
// By default it removes nothing and tells what it would: see
// [Options.Remove]. It holds one or two pages of a list in memory, a few
// hundred KiB, however much there is. It is safe for concurrent use; several runs at
// once, in one process or many, do each other's work twice and no harm.
//
// Age counts by the clock of the storage, which comes with every page of a list.
// A page without it, or one whose clock is more than an hour off the process's,
// ends the sweep before anything on it is removed. Of the two clocks the earlier
// counts. A page with a date before 2006, when S3 began, ends it, too: 1970 is
// what a broken clock or a copy writes. The clock of testing/synctest begins in
// 2000, so tests sleep first.
//
// It does not protect from an application that refers to an old key anew while
// that key's batch is being removed, nor from a storage whose clock was wrong
// when it wrote. An answer that is wrong costs no more than MaxShare and
// MaxRemovals allow. A row that comes after the answer keeps no file, so the window
// in which it can come is those 10 seconds and the removal itself.
type Sweeper struct {
	store      storage.Lister
	uploads    storage.UploadLister // nil if the store has none
	referenced Referenced
	opts       Options
}

// Options are the settings of a [Sweeper]. The zero value is refused: it has no
// Prefix.
type Options struct {
	// Prefix is what the keys to be swept begin with. It ends in "/"; if it
	// does not, one is added. All below it must be what Referenced knows of.
	// The staging keys of an upload.Presigner begin with its own StagingPrefix, which is
	// "" by default, so a sweep of "avatars/" never sees them: give "upload-staging/" a
	// Sweeper of its own.
	Prefix string

	// AllowWholeBucket sweeps all keys when Prefix is "", and so whatever else
	// is kept in the bucket.
	AllowWholeBucket bool

	// Grace is the age below which nothing is touched: longer than any ticket,
	// signed URL or upload lasts, and than the application takes from an upload
	// to its own commit, drafts included. Default: 8 days, a day more than a
	// ticket can last, and less is refused.
	Grace time.Duration

	// InsecureGrace takes a Grace below 8 days. An upload that is on its way, a
	// ticket still to be confirmed, or a file whose row is not committed yet can
	// then be removed, unless nothing in the application lasts that long.
	InsecureGrace bool

	// AsOf is when what Referenced says was true, if it answers from something
	// that was written before, as a dump or a copy. Grace then counts back from
	// there: what was published before a dump and committed after it is not in
	// it. Default, and if it is later: the time of the run.
	AsOf time.Time

	// Remove removes. Default: a dry run, which makes the same report, except that
	// of a key with more than 1,000 unfinished uploads S3 lists the first alone.
	Remove bool

	// BatchSize is the most keys that Referenced is asked for at once. Default:
	// 500. At most 1,000. Right before removals it is also at most what Rate
	// removes in 10 seconds.
	BatchSize int

	// Rate is the most removals a second. It does not limit lists, which are asked for
	// one after the other. Default: 50.
	Rate int

	// MaxRemovals is how many objects and uploads one run removes before it ends
	// with [ErrLimit]: the most that one wrong answer can cost. A removal
	// that failed, or found another object, does not count. It says nothing in a
	// dry run. Default: 10,000.
	MaxRemovals int

	// MaxFailures is how many removals of one run may fail before it ends with
	// [ErrFailures]. That is looked at between pages, so up to 1,500 more
	// can fail, and the next run goes on after them. What was answered with an
	// error may be removed all the same, so these come on top of MaxRemovals.
	// Default: 10,000.
	MaxFailures int

	// MaxShare is the largest share of the objects that Referenced may leave
	// out, more than 0 and less than 1. An answer that leaves out more looks
	// like one of another table, or of a part: then the sweep ends with
	// [ErrShare] before any of these objects is removed. It is measured on
	// what is asked about, so not on young objects, staging keys or unfinished
	// uploads; by the order of the list, on 500 objects or more at a time, and on
	// all if there are fewer. So it also finds that an answer became wrong in
	// the middle. An answer that leaves out everything is never believed. A dry
	// run goes on, and ends with the error. Default: 0.25.
	MaxShare float64

	// AllowAnyShare removes whatever Referenced leaves out, be it everything.
	// MaxShare then says nothing.
	AllowAnyShare bool

	// Found, if set, is called for everything that is not kept, one at a time: what
	// was removed, what would be, and what could not be. A panic stops the sweep.
	Found func(ctx context.Context, f Finding)

	// Progress, if set, is called after each page. A host that stores r.Cursor
	// there can go on from it after a crash; see [Sweeper.Run]. The cursor stays where
	// it was while too few old objects have come to be judged together. An error or a
	// panic stops the sweep.
	Progress func(ctx context.Context, r Report) error

	// Logger gets a record of each removal, and of each that failed. Default:
	// slog.Default().
	Logger *slog.Logger
}

// ErrLimit is returned by [Sweeper.Run] when there was more to remove than
// [Options.MaxRemovals]. The next run goes on from the report's cursor.
var ErrLimit = errors.New("sweep: the sweep has removed as much as it may in one run")

// ErrFailures is returned by [Sweeper.Run] when [Options.MaxFailures]
// removals have failed, as under Object Lock or without the right. The error names
// the first. The next run goes on from the report's cursor.
var ErrFailures = errors.New("sweep: as many removals have failed as may in one run")

// ErrShare is returned by [Sweeper.Run] when Referenced left out a larger
// share than [Options.MaxShare]. The error says how many objects that were.
// If they are really left over, a run with a larger MaxShare removes them. The
// next run begins with the cursor "": from one near the end only a few objects
// can be measured.
var ErrShare = errors.New("sweep: the sweep would remove a larger share than it may")

// New returns a Sweeper. referenced may be nil if Prefix is one of staging
// keys alone, as "upload-staging/", which are never asked about.
func New(store storage.Lister, referenced Referenced, opts *Options) (*Sweeper, error) {
	s := &Sweeper{store: store, referenced: referenced}
	if opts != nil {
		s.opts = *opts
	}
	if store == nil {
		return nil, errors.New("sweep: New needs a storage")
	}
	s.uploads, _ = store.(storage.UploadLister)
	if err := s.opts.fill(); err != nil {
		return nil, err
	}
	if referenced == nil && !storage.IsStaging(s.opts.Prefix) {
		return nil, errors.New("sweep: New needs someone to ask which keys are referred to")
	}
	return s, nil
}

// fill puts in the defaults and checks the rest.
func (o *Options) fill() error {
	if o.Prefix != "" && !strings.HasSuffix(o.Prefix, "/") {
		o.Prefix += "/"
	}
	o.Grace = cmp.Or(o.Grace, minGrace)
	o.BatchSize = cmp.Or(o.BatchSize, defaultBatch)
	o.Rate = cmp.Or(o.Rate, defaultRate)
	o.MaxRemovals = cmp.Or(o.MaxRemovals, defaultMaxRemovals)
	o.MaxFailures = cmp.Or(o.MaxFailures, defaultMaxFailures)
	o.MaxShare = cmp.Or(o.MaxShare, defaultMaxShare)
	o.Logger = contained.Logger(o.Logger)
	switch {
	case o.Grace < 0, min(o.BatchSize, o.Rate, o.MaxRemovals, o.MaxFailures) < 0:
		return errors.New("sweep: a limit of Options is negative")
	case !(o.MaxShare > 0 && o.MaxShare < 1): // and NaN
		return errors.New("sweep: MaxShare is more than 0 and less than 1; AllowAnyShare allows the removal of everything")
	case o.BatchSize > maxBatch:
		return fmt.Errorf("sweep: BatchSize is at most %d", maxBatch)
	case o.Grace < minGrace && !o.InsecureGrace:
		return fmt.Errorf("sweep: Grace is at least %v, since tickets can last %v; InsecureGrace allows less", minGrace, ticketsLast)
	case o.Prefix == "" && !o.AllowWholeBucket:
		return errors.New("sweep: a sweep needs a Prefix; AllowWholeBucket allows one of everything")
	case o.Prefix != "":
		return storage.ValidKey(strings.TrimSuffix(o.Prefix, "/"))
	}
	return nil
}
