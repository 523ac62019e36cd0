package s3store_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const patient = time.Hour // a wait without end fails by the test's own timeout

func TestMaxMemoryHolds(t *testing.T) {
	t.Parallel()
	const limit = 3*part + chunk
	f := newFixture(t, setup{Options: s3store.Options{MaxMemory: limit}})
	sizes := []int{10 << 10, chunk, 100 << 10, 300 << 10, part - 1, part, part + chunk, 2*part + 1}
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			size := sizes[i%len(sizes)]
			if size >= part && i > 32 { // that many are enough
				size = 200 << 10
			}
			body := randomBytes(size)
			obj := object(fmt.Sprint(i), int64(size))
			if i%3 == 0 {
				obj.MaxSize = huge // the same as without a Content-Length
			}
			obj.Subject = []string{"", "a", "b"}[i%3]
			obj.MaxWait = patient
			staged, err := f.Stage(t.Context(), obj, bytes.NewReader(body))
			if err != nil {
				t.Errorf("Stage: %v", err)
				return
			}
			if err := staged.Commit(t.Context()); err != nil {
				t.Errorf("Commit: %v", err)
			}
			if o := f.fake.Get(obj.Key); o == nil || !bytes.Equal(o.Body, body) {
				t.Errorf("%s: wrong bytes", obj.Key)
			}
		})
	}
	group.Wait()
	used, peak := f.Memory()
	require.Zero(t, used)
	require.LessOrEqual(t, peak, int64(limit))
	require.Positive(t, peak)
	require.Len(t, f.fake.Keys(), 200)
	require.Zero(t, f.fake.OpenUploads())
}

// TestSmallFilesCostTheirSize fits many more small files into memory than parts.
func TestSmallFilesCostTheirSize(t *testing.T) {
	for _, row := range []struct {
		name  string
		size  int
		limit int64 // the size limit that the handler passes on
		cost  int64
	}{
		{"length known", 10 << 10, 10 << 10, 10 << 10},
		{"known length, over a chunk", chunk + 1, chunk + 1, 2 * chunk},
		{"unknown length", 10 << 10, huge, chunk},
		{"unknown length, a chunk", chunk, huge, chunk},
		{"unknown length, over a chunk", chunk + 1, huge, 2 * chunk},
		{"empty", 0, huge, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{real: true, Options: s3store.Options{MaxMemory: 2 * s3Part}})
			for i := range 20 {
				_, err := f.Stage(t.Context(), object(fmt.Sprint(i), row.limit), bytes.NewReader(randomBytes(row.size)))
				require.NoError(t, err)
				used, peak := f.Memory()
				require.Equal(t, row.cost*int64(i+1), used)
				require.LessOrEqual(t, peak, used+chunk, "one more chunk, which the next file can use")
			}
		})
	}
}

func TestIdleBuffersMakeRoomForSmallOnes(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{MaxMemory: part}})
	require.NoError(t, f.stage(t, "large", randomBytes(part)).Commit(t.Context()))
	for i := range part / (60 << 10) {
		body := randomBytes(60 << 10)
		staged, err := f.Stage(t.Context(), object(fmt.Sprint(i), int64(len(body))), bytes.NewReader(body))
		require.NoError(t, err)
		defer func() { require.NoError(t, staged.Discard(t.Context())) }()
	}
	_, peak := f.Memory()
	require.LessOrEqual(t, peak, int64(part))
}

// hold stages a file of subject that keeps its reservation until the test calls letGo.
func (f *fixture) hold(t *testing.T, subject string) (letGo func()) {
	t.Helper()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		obj := object("held by "+subject, huge)
		obj.Subject = subject
		staged, err := f.Stage(t.Context(), obj, r)
		if err == nil {
			err = staged.Discard(t.Context())
		}
		done <- err
	}()
	_, err := w.Write([]byte("x")) // the memory is reserved before the first read
	require.NoError(t, err)
	return func() {
		require.NoError(t, w.Close())
		require.NoError(t, <-done)
	}
}

func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{MaxMemory: part}})
		letGo := f.hold(t, "")
		never := readFunc(func([]byte) (int, error) { panic("read without memory") })
		for _, wait := range []time.Duration{0, 20 * time.Millisecond} {
			obj := object("k", huge)
			obj.MaxWait = wait
			_, err := f.Stage(t.Context(), obj, never)
			require.ErrorIs(t, err, storage.ErrBusy)
		}

		ctx, cancel := context.WithCancel(t.Context())
		obj := object("k", huge)
		obj.MaxWait = patient
		time.AfterFunc(20*time.Millisecond, cancel)
		_, err := f.Stage(ctx, obj, never)
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, storage.ErrBusy)

		time.AfterFunc(20*time.Millisecond, letGo)
		staged, err := f.Stage(t.Context(), obj, bytes.NewReader(randomBytes(small)))
		require.NoError(t, err)
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)
	})
}

func TestShare(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{MaxMemory: 4 * part}})
	defer f.hold(t, "a")()
	defer f.hold(t, "a")()
	for subject, busy := range map[string]bool{"a": true, "b": false, "": false} {
		obj := object(subject, huge)
		obj.Subject = subject
		staged, err := f.Stage(t.Context(), obj, bytes.NewReader(nil))
		if busy {
			require.ErrorIs(t, err, storage.ErrBusy)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, staged.Discard(t.Context()))
	}
}

// TestSiblings sends a request of several files to a store with memory for one.
func TestSiblings(t *testing.T) {
	for _, wait := range []time.Duration{0, patient} {
		f := newFixture(t, setup{Options: s3store.Options{MaxMemory: part}})
		var siblings []storage.Staged
		var bodies [][]byte
		for i, size := range []int{0, 1, small, large, small, part, part} {
			body := randomBytes(size)
			obj := object(fmt.Sprint(i), huge)
			obj.MaxWait, obj.Siblings, obj.Subject = wait, siblings, "a"
			obj.SHA256 = func() string { return digest(body) }
			staged, err := f.Stage(t.Context(), obj, bytes.NewReader(body))
			require.NoError(t, err, "file %d", i)
			siblings, bodies = append(siblings, staged), append(bodies, body)
			require.Empty(t, f.fake.Keys(), "flushed but not published")
		}
		for i, staged := range siblings {
			require.NoError(t, staged.Commit(t.Context()))
			f.requireStored(t, fmt.Sprint(i), bodies[i])
		}
		require.Equal(t, digest(bodies[2]), f.fake.Get("2").Header.Get("X-Amz-Meta-Sha256"), "known when it was flushed")
		f.requireIdle(t)
		for _, staged := range siblings {
			require.NoError(t, staged.Discard(t.Context()))
		}
		f.requireNothing(t)
	}
}

func TestSiblingsOfOtherStoresAreLeftAlone(t *testing.T) {
	f, other := newFixture(t, setup{Options: s3store.Options{MaxMemory: part}}), newFixture(t, setup{})
	letGo := f.hold(t, "")
	defer letGo()
	obj := object("k", huge)
	obj.Siblings = []storage.Staged{other.stage(t, "k", randomBytes(small)), nil}
	_, err := f.Stage(t.Context(), obj, bytes.NewReader(nil))
	require.ErrorIs(t, err, storage.ErrBusy)
	require.Zero(t, other.fake.Calls("CreateMultipartUpload"))
}

func TestFlushFails(t *testing.T) {
	for _, call := range []string{"CreateMultipartUpload", "UploadPart"} {
		f := newFixture(t, setup{Options: s3store.Options{MaxMemory: part}})
		f.fake.Inject(call, forEver, denied)
		first := f.stage(t, "first", randomBytes(small))
		obj := object("second", huge)
		obj.Siblings = []storage.Staged{first}
		_, err := f.Stage(t.Context(), obj, bytes.NewReader(nil))
		require.ErrorContains(t, err, "denied")
		require.Error(t, first.Commit(t.Context()), "its bytes are gone")
		require.NoError(t, first.Discard(t.Context()))
		f.requireNothing(t)
	}
}

// inFlight counts the parts that are sent at once, and releases none before the expected number is
// there.
type inFlight struct {
	now, most atomic.Int32
	all       chan struct{}
	once      sync.Once
	expected  int32
}

func (c *inFlight) fault(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
	defer c.now.Add(-1)
	n := c.now.Add(1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	if n == c.expected {
		c.once.Do(func() { close(c.all) })
	}
	<-c.all
	serve(w, r)
}

func TestPartsInFlight(t *testing.T) {
	for _, row := range []struct {
		memory int64
		want   int32
	}{
		{part, 1}, // no memory for a second part: one after the other
		{2 * part, 2},
		{20 * part, 2},
	} {
		f := newFixture(t, setup{Options: s3store.Options{MaxMemory: row.memory}})
		c := &inFlight{all: make(chan struct{}), expected: row.want}
		f.fake.Inject("UploadPart", forEver, s3fake.Fault(c.fault))
		body := randomBytes(4*part + 1)
		require.NoError(t, f.stage(t, "k", body).Commit(t.Context()))
		f.requireStored(t, "k", body)
		require.Equal(t, row.want, c.most.Load())
		_, peak := f.Memory()
		require.LessOrEqual(t, peak, int64(row.want)*part)
	}
}

func TestSecondPartNeverStarvesAWaiter(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{MaxMemory: 2 * part}})
	r, w := io.Pipe()
	large := make(chan error, 1)
	go func() {
		staged, err := f.Stage(t.Context(), object("large", huge), r)
		if err == nil {
			err = staged.Commit(t.Context())
		}
		large <- err
	}()
	body := randomBytes(3*part + 1)
	_, err := w.Write(body[:1])
	require.NoError(t, err)
	letGo := f.hold(t, "")

	waiter := make(chan error, 1)
	go func() { // its part does not fit beside the other two
		obj := object("waiter", huge)
		obj.MaxWait = patient
		_, err := f.Stage(t.Context(), obj, bytes.NewReader(randomBytes(part)))
		waiter <- err
	}()
	_, err = w.Write(body[1 : part+1]) // continues with one part's memory
	require.NoError(t, err)
	letGo()
	require.NoError(t, <-waiter)
	_, err = w.Write(body[part+1:])
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, <-large)
	f.requireStored(t, "large", body)
}

func TestPartSize(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name              string
		memory, part, max int64
		ok                bool
	}{
		{"default", 0, 0, 1 << 30, true},
		{"10,000 parts of 5 MiB", 0, 0, 10_000 * s3Part, true},
		{"larger parts", 0, 0, 100 << 30, true},
		{"parts as large as the memory", 0, 0, 10_000 * (64 << 20), true},
		{"parts larger than the memory", 0, 0, 10_000*(64<<20) + 1, false},
		{"parts larger than S3 has", 1 << 40, 0, 10_000*(5<<30) + 1, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{real: true, Options: s3store.Options{MaxMemory: row.memory, PartSize: row.part}})
			staged, err := f.Stage(t.Context(), object("k", row.max), bytes.NewReader([]byte("x")))
			if !row.ok {
				require.ErrorContains(t, err, "MaxMemory")
				return
			}
			require.NoError(t, err)
			require.NoError(t, staged.Discard(t.Context()))
		})
	}
	f := newFixture(t, setup{real: true})
	body := randomBytes(2*11<<20 + 1)
	staged, err := f.Stage(t.Context(), object("k", 10_000*(11<<20)), bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
	f.requireStored(t, "k", body)
	require.Equal(t, 3, f.fake.Calls("UploadPart"), "11 MiB each")
}
