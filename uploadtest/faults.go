package uploadtest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/airlock-go/upload/storage"
)

// ErrFault is the error of calls of a [FailingStore] whose fault has no other error.
var ErrFault = errors.New("uploadtest: injected storage fault")

// Fault describes which calls to a storage fail, and how.
type Fault struct {
	Op  Op
	Nth int // the first such call is 1; 0 is every call

	// After is how many bytes of the file OpStage reads before it fails. With a shorter file it
	// fails at the end. With 0 it fails before it reads anything. Late ignores After.
	After int64

	// Late executes the call and then returns the error: the answer of the storage is lost. For a
	// Commit whose outcome is unknown, set Err to storage.ErrUnknownOutcome, with Late or without.
	Late bool

	// Err is the error of the call. Default: ErrFault.
	Err error

	// Do is called in place of returning Err. It may wait, panic or act. The call returns its
	// error; if that is nil, the call continues as if without a fault.
	Do func(ctx context.Context) error
}

// Hang is a [Fault]'s Do that returns when the caller's context has ended.
func Hang(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// Wait returns a [Fault]'s Do that continues the call after d.
func Wait(d time.Duration) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// FailingStore adds faults to the calls from a program to its storage. It counts the calls and
// records their leftovers. It is safe for concurrent use.
type FailingStore struct {
	inner storage.Storage

	mu     sync.Mutex
	faults []Fault
	calls  map[Op]int
	open   map[string]int
}

// NewFailingStore wraps a storage, whose calls fail as the faults describe. If several faults match
// a call, the first counts. Programs use [FailingStore.Storage].
func NewFailingStore(s storage.Storage, faults ...Fault) *FailingStore {
	return &FailingStore{inner: s, faults: faults, calls: map[Op]int{}, open: map[string]int{}}
}

// Storage returns the storage with its faults. It implements storage.ObjectReader,
// storage.DirectStorage and storage.LinkStorage if, and only if, the wrapped one does. The same is
// true of storage.ScanReader, if the wrapped one is also a storage.ObjectReader. Staged files can be
// patched if those of the wrapped one can. [FailingStore.Lister] is a view of its own; other
// abilities are not passed on. Signed requests of clients to the storage are not affected.
func (f *FailingStore) Storage() storage.Storage { return (&front{f, f.inner}).storage() }

// Lister returns the storage as a storage.Lister with its faults, or nil if the wrapped one is not
// a Lister. It is a storage.UploadLister if, and only if, the wrapped one is. sweep.New takes it.
func (f *FailingStore) Lister() storage.Lister {
	inner, ok := f.inner.(storage.Lister)
	if !ok {
		return nil
	}
	list := frontLister{&front{f, f.inner}, inner}
	if uploads, ok := inner.(storage.UploadLister); ok {
		return &frontUploads{list, uploads}
	}
	return &list
}

// Fail replaces the faults; without any the storage works again. Nth still counts from the first
// call ever.
func (f *FailingStore) Fail(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = faults
}

// Calls returns how often a method of the storage was called.
func (f *FailingStore) Calls(op Op) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

// Leftovers returns, sorted, the files that were staged and, by the answers that the program got,
// neither published nor discarded. It also returns multipart uploads that were neither completed
// nor aborted. If it is not empty after all uploads have ended, the storage may keep something that
// only a sweep removes.
func (f *FailingStore) Leftovers() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var left []string
	for id, n := range f.open {
		for range n {
			left = append(left, id)
		}
	}
	slices.Sort(left)
	return left
}

func (f *FailingStore) note(id string, by int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[id] = max(0, f.open[id]+by) // a second abort ends nothing
}

func (f *FailingStore) call(ctx context.Context, op Op, do func() error) error {
	return f.next(op).around(ctx, do)
}

func (f *FailingStore) stage(ctx context.Context, r io.Reader, do func(io.Reader) error) error {
	fault := f.next(OpStage)
	if fault == nil || fault.After == 0 || fault.Late {
		return fault.around(ctx, func() error { return do(r) })
	}
	cut := &faultyReader{r: r, left: fault.After, fail: func() error { return fault.fail(ctx) }}
	err := do(cut)
	if cut.err != nil { // whatever the storage returned
		return cut.err
	}
	return err
}

// next counts a call and returns its fault, nil if it has none.
func (f *FailingStore) next(op Op) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[op]++
	for _, fault := range f.faults {
		if fault.Op == op && (fault.Nth == 0 || fault.Nth == f.calls[op]) {
			return &fault
		}
	}
	return nil
}

// around makes a call with its fault, if it has one.
func (fault *Fault) around(ctx context.Context, do func() error) error {
	if fault == nil {
		return do()
	}
	var done error
	if fault.Late {
		done = do()
	}
	if err := fault.fail(ctx); err != nil || fault.Late {
		return cmp.Or(err, done)
	}
	return do()
}

func (fault *Fault) fail(ctx context.Context) error {
	switch {
	case fault.Do != nil:
		return fault.Do(ctx)
	case fault.Err != nil:
		return fault.Err
	}
	return ErrFault
}

// faultyReader fails after this many bytes, or at the end if that comes first.
type faultyReader struct {
	r    io.Reader
	left int64
	fail func() error
	past bool
	err  error
}

func (r *faultyReader) Read(p []byte) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	if !r.past && r.left > 0 {
		n, err = r.r.Read(p[:min(int64(len(p)), r.left)])
		if r.left -= int64(n); err == nil {
			return n, nil
		}
	}
	if !r.past {
		r.past, r.err = true, r.fail()
		if r.err != nil {
			return n, r.err
		}
		if err != nil || n > 0 {
			return n, err
		}
	}
	return r.r.Read(p)
}
