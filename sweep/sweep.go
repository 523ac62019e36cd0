// Package sweep finds orphaned objects: those that a storage holds and an application does not
// refer to, such as files of deleted rows and remains of killed processes. It also finds unfinished
// uploads. It removes nothing unless [Options.Remove] is set, and then only what is older than
// [Options.Grace].
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

// Defaults and limits of [Options].
const (
	// ticketsLast is the longest life of a ticket, and so of a signed URL.
	ticketsLast = 7 * 24 * time.Hour

	// minGrace is a day longer than that, for an upload that begins in the last moment of its
	// ticket.
	minGrace = ticketsLast + 24*time.Hour

	maxBatch           = 1000
	defaultBatch       = 500
	defaultRate        = 50
	defaultMaxRemovals = 10_000
	defaultMaxFailures = 10_000
	defaultMaxShare    = 0.25

	// maxAnswerAge is how long after an answer of Referenced its removals may begin.
	maxAnswerAge = 10 * time.Second
)

// Referenced returns those of the keys that the application still refers to. It is called with at
// most [Options.BatchSize] keys, one batch after the other. With [Options.Remove] the objects that
// it leaves out are removed permanently. So it must return an error if it has no complete answer,
// for example when a query broke off (sql.Rows.Err). It must ask a source that has every reference:
// not a replica that lags, nor only one of several tables. An error, a panic, or an answer with a
// key from outside the batch stops the sweep before anything of that batch is removed.
//
// It is asked about at least 500 objects, if there are as many, before the first of them is removed
// (see [Options.MaxShare]). Unless it is a dry run, it is asked again about those that it left out,
// one batch right before its removal. An object that it names by then is kept. No removal begins
// more than 10 seconds after the answer that allows it: with a low Rate or slow removals it is
// asked again about the rest.
type Referenced func(ctx context.Context, keys []string) ([]string, error)

// Sweeper finds objects that a storage holds and the application does not refer to, and removes
// them. Such objects are files of deleted rows and files that clients sent and never confirmed.
// Others are from processes that were killed between the storage's commit and the application's.
// With a storage.UploadLister it also ends uploads that were left open.
//
// A sweep starts from the objects, because a forgotten object is in no table. It leaves everything
// younger than Grace alone. It asks about older objects. It does not ask about objects under
// staging keys ([storage.StagingSegment]) and unfinished uploads, since no row refers to them: for
// these only their age counts. An object that is written again between its listing and its removal
// stays, as far as the server supports that (see s3store.Store.RemoveListed). This module never
// makes keys that fail [storage.ValidKey]: objects under them are reported as [Foreign] and never
// removed.
//
// By default it removes nothing and reports what it would remove: see [Options.Remove]. It holds a
// few pages of a list in memory, however many objects there are. It is safe for concurrent use.
// Several runs at once, in one process or many, repeat each other's work and do no harm.
//
// A page of a list has the time of the storage's clock. Age counts by the earlier of that and
// the process's clock. A page without a time, or with one more than an hour from the process's
// clock, ends the sweep before anything on it is removed. So does a page with an object or upload
// from before 2006, when S3 began: a broken clock or a copy writes 1970. The clock of
// testing/synctest begins in 2000, so tests with it sleep first.
//
// It does not protect against an application that refers to an old key again while that key's batch
// is being removed. Nor does it protect against a storage whose clock was wrong when it wrote. A
// wrong answer costs no more than MaxShare, MaxRemovals and MaxFailures allow. A row that is added
// after the answer does not keep its file. That window lasts at most 10 seconds and the time of the
// removal itself.
type Sweeper struct {
	store      storage.Lister
	uploads    storage.UploadLister // nil if the store is not one
	referenced Referenced
	opts       Options
}

// Options are the settings of a [Sweeper]. The zero value is refused, because it has no Prefix.
type Options struct {
	// Prefix is the beginning of the keys to sweep. It ends in "/"; if it does not, one is added.
	// Referenced must answer for all objects below it. The staging keys of an upload.Presigner
	// begin with its own StagingPrefix, which is "" by default. Then a sweep of "avatars/" does not
	// see them: sweep "upload-staging/" with another Sweeper.
	Prefix string

	// AllowWholeBucket sweeps all keys when Prefix is "", whatever else the bucket holds.
	AllowWholeBucket bool

	// Grace is the age up to which nothing is removed. It must be longer than any ticket, signed
	// URL or upload lasts. It must also exceed the time from an upload to the application's own
	// commit, including drafts. Default: 8 days, a day more than a ticket can last. Less needs
	// InsecureGrace.
	Grace time.Duration

	// InsecureGrace allows a Grace below 8 days. Unless everything in the application takes less
	// time, a sweep can then remove unfinished uploads, files of unconfirmed tickets, and files of
	// uncommitted rows.
	InsecureGrace bool

	// AsOf is the time of Referenced's data, if it answers from earlier data such as a dump or a
	// copy. Grace then counts back from there, since a file that was published before a dump and
	// committed after it is not in the dump. Default: the time of the run, which also replaces a
	// later AsOf.
	AsOf time.Time

	// Remove removes orphans. Default: a dry run, which only counts and reports them. On S3 a dry
	// run sees at most 1,000 unfinished uploads of one key.
	Remove bool

	// BatchSize is the most keys that Referenced gets at once. Default: 500. At most 1,000. Right
	// before removals it is also at most the number that Rate removes in 10 seconds.
	BatchSize int

	// Rate is the most removals a second. It does not limit lists, which are requested one after
	// the other. Default: 50.
	Rate int

	// MaxRemovals is how many objects and uploads one run removes before it ends with [ErrLimit].
	// A removal that failed, or found the object replaced, does not count. A dry run ignores it.
	// Default: 10,000.
	MaxRemovals int

	// MaxFailures is how many removals of one run may fail before it ends with [ErrFailures]. It is
	// checked between pages, when no object waits to be judged with others: up to 1,500 more can
	// fail, and any number of staged files in between. The next run continues after them.
	// An object whose removal returned an error may be removed all the same, so one wrong answer
	// can cost MaxRemovals and these. Default: 10,000.
	MaxFailures int

	// MaxShare is the largest share of the objects that Referenced may leave out, more than 0 and
	// less than 1. An answer that leaves out more is probably an answer from another table, or a
	// partial one. Then the sweep ends with [ErrShare]. Only objects that Referenced is asked about
	// are measured: not young objects, staging keys or unfinished uploads. They are measured in
	// groups, in the order of the list, each before anything of it is removed. A group has 500
	// objects or more, or all if there are fewer. A last group of less than 500 is measured with
	// the one before it, whose orphans were removed by then. So MaxShare can also detect answers
	// that become wrong in the middle. An answer that leaves out everything that is measured
	// together is refused, unless AllowAnyShare is set. A dry run continues, and ends with the
	// error. Default: 0.25.
	MaxShare float64

	// AllowAnyShare allows any share of orphans, even if that is everything. MaxShare then limits
	// nothing.
	AllowAnyShare bool

	// Found, if set, is called for each [Finding] of a run, one at a time. Several runs at once call
	// it concurrently. An object whose Outcome is [Changed] or [Foreign] stays. A panic stops the
	// sweep.
	Found func(ctx context.Context, f Finding)

	// Progress, if set, is called after each page, unless an error ended the run there. A host that
	// stores r.Cursor can continue from it after a crash; see [Sweeper.Run]. The cursor stays the
	// same until enough old objects have been listed to be judged together. An error or a panic
	// stops the sweep.
	Progress func(ctx context.Context, r Report) error

	// Logger gets a record of each removal, and of each failed one. Default: slog.Default().
	Logger *slog.Logger
}

// ErrLimit is returned by [Sweeper.Run] when there was more to remove than [Options.MaxRemovals].
// The next run continues from the report's cursor.
var ErrLimit = errors.New("sweep: too many removals for one run")

// ErrFailures is returned by [Sweeper.Run] when [Options.MaxFailures] removals have failed before
// the last page, for example because of Object Lock or a missing right. The error contains the
// first failure. The next run continues from the report's cursor.
var ErrFailures = errors.New("sweep: too many removals have failed in one run")

// ErrShare is returned by [Sweeper.Run] when Referenced left out a larger share than
// [Options.MaxShare]. The error contains the number of those objects. If they are really orphans, a
// run with a larger MaxShare removes them. Begin the next run with the cursor "", not the report's.
// From a cursor near the end only a few objects can be measured.
var ErrShare = errors.New("sweep: the share of objects to remove is too large")

// New returns a Sweeper. referenced may be nil if Prefix contains only staging keys, such as
// "upload-staging/", which are never asked about.
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
		return nil, errors.New("sweep: no references to compare with: Referenced is nil, and Prefix is not one of staging keys")
	}
	return s, nil
}

// fill sets the defaults, and returns an error for invalid options.
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
	case !(o.MaxShare > 0 && o.MaxShare < 1): // refuses NaN, too
		return errors.New("sweep: MaxShare must be more than 0 and less than 1; AllowAnyShare allows the removal of everything")
	case o.BatchSize > maxBatch:
		return fmt.Errorf("sweep: BatchSize must be at most %d", maxBatch)
	case o.Grace < minGrace && !o.InsecureGrace:
		return fmt.Errorf("sweep: Grace must be at least %v, since tickets can last %v; InsecureGrace allows less", minGrace, ticketsLast)
	case o.Prefix == "" && !o.AllowWholeBucket:
		return errors.New("sweep: New needs a Prefix; AllowWholeBucket allows a sweep of everything")
	case o.Prefix != "":
		return storage.ValidKey(strings.TrimSuffix(o.Prefix, "/"))
	}
	return nil
}
