package s3store_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
)

// elements are, for each call, the elements of an answer that the SDK keeps an item for.
var elements = map[string]string{
	"ListObjectsV2": "<Contents/>", "ListMultipartUploads": "<Upload/>", "ListParts": "<Part/>", "ListObjectVersions": "<Version/>", "GetObjectTagging": "<Tag/>",
}

// endless returns answers without an end, by their kind: a beginning, and what is repeated after
// it.
func endless(call string) map[string][2]string {
	root, element := s3fake.Root(call), elements[call]
	if element == "" {
		element = "<Key/>"
	}
	long := "<Contents><Key>" + strings.Repeat("k", 3000) + "</Key></Contents>"
	if call == "GetObjectTagging" {
		root += "><TagSet"
	}
	return map[string][2]string{
		"white space":   {"", " "},
		"not XML":       {"", `{"a": "b"},`},
		"text":          {"<" + root + "><Key>", "a"},
		"a tag":         {"<" + root, ` a="b"`},
		"elements":      {"<" + root + ">", element},
		"long elements": {"<" + root + ">", long},
		"depth":         {"", "<a>"},
		"a comment":     {"<" + root + "><!--", "<a>"},
		"CDATA":         {"<" + root + "><Key><![CDATA[", "<a>"},
		"instructions":  {"<" + root + ">", "<?a b?>"},
	}
}

const most = 16 << 20 // bytes above idle that any answer may cost

// TestEndlessAnswers checks that every answer costs less than 16 MiB of memory. A call succeeds
// only if S3 has done what the call asks for, or answers HeadObject with 404.
func TestEndlessAnswers(t *testing.T) {
	randomBytes(1) // allocates the shared bytes before the measurement
	run := func(t *testing.T, a ask, status int, body [2]string, done bool) {
		f := newFixture(t, setup{})
		act := a.prepare(t, f)
		heap := newHighWater()
		f.fake.Inject(a.call, forEver, s3fake.Endless(status, body[0], body[1], done, heap.look))
		err := act(t.Context())
		heap.look()
		require.Less(t, heap.most(), int64(most), "bytes of heap")
		t.Logf("%d bytes at most", heap.most())
		if absent := a.call == "HeadObject" && status == http.StatusNotFound; !absent && !a.so(f) {
			require.Error(t, err)
		}
	}
	takesTurn, carriedOut := rounds.Turns(4), rounds.Turns(2) // each answer to some calls, and each call with some answers
	for _, name := range slices.Sorted(maps.Keys(asks())) {
		a := asks()[name]
		for _, what := range slices.Sorted(maps.Keys(endless(a.call))) {
			if takesTurn() {
				t.Run(name+"/"+what, func(t *testing.T) { run(t, a, http.StatusOK, endless(a.call)[what], false) })
			}
		}
		if carriedOut() {
			t.Run(name+"/carried out", func(t *testing.T) { run(t, a, http.StatusOK, endless(a.call)["elements"], true) })
		}
		for _, status := range []int{403, 404, 412, 500} {
			if takesTurn() {
				t.Run(fmt.Sprintf("%s/%d", name, status), func(t *testing.T) { run(t, a, status, endless(a.call)["text"], false) })
			}
		}
	}
}

// highWater records the peak of the heap in use.
type highWater struct{ idle, peak atomic.Int64 }

func newHighWater() *highWater {
	runtime.GC()
	runtime.GC() // empties the pools
	h := &highWater{}
	h.idle.Store(heapInUse())
	return h
}

// look collects garbage when the heap looks too large, since the amount of garbage depends on how
// busy the machine is.
func (h *highWater) look() {
	now := heapInUse()
	if now-h.idle.Load() > most/2 {
		runtime.GC()
		now = heapInUse()
	}
	for was := h.peak.Load(); now > was && !h.peak.CompareAndSwap(was, now); was = h.peak.Load() {
	}
}

func (h *highWater) most() int64 { return h.peak.Load() - h.idle.Load() }

func heapInUse() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestSlowAnswers checks that a call whose answer never begins, or never ends, ends with
// CallTimeout.
func TestSlowAnswers(t *testing.T) {
	const timeout = 20 * time.Second
	for name, a := range asks() {
		for what, fault := range map[string]s3fake.Fault{
			"never begins":    s3fake.Stall,
			"goes on":         s3fake.Drip(http.StatusOK, "<Result>", "<a/>"),
			"is white space":  s3fake.Drip(http.StatusOK, "", " "),
			"refuses, slowly": s3fake.Drip(http.StatusForbidden, "<Error>", "<a/>"),
		} {
			bubble(t, name+"/"+what, func(t *testing.T) {
				f := newFixture(t, setup{Options: s3store.Options{CallTimeout: timeout}})
				act := a.prepare(t, f)
				var longest atomic.Int64
				f.fake.Inject(a.call, forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
					begin := time.Now()
					defer func() { longest.Store(max(longest.Load(), int64(time.Since(begin)))) }()
					fault(w, r, serve)
				})
				begin := time.Now()
				err := act(t.Context())
				took := time.Since(begin)
				if !a.so(f) {
					require.Error(t, err)
				}
				require.LessOrEqual(t, time.Duration(longest.Load()), timeout+time.Second, "one attempt")
				timeouts := time.Duration(3) // of all the calls that one ask makes
				if name == "Setup" {
					timeouts = 2
				}
				require.LessOrEqual(t, took, timeouts*(timeout+time.Second))
				used, _ := f.Memory()
				require.LessOrEqual(t, used, int64(large), "of what is still staged")
			})
		}
	}
}

// TestRedirectsAreNotFollowed checks that no call follows a redirect to another host. Another
// host's answer is not S3's, and requests are not for that host.
func TestRedirectsAreNotFollowed(t *testing.T) {
	takesTurn := rounds.Turns(3)
	for _, name := range slices.Sorted(maps.Keys(asks())) {
		a := asks()[name]
		for _, status := range []int{301, 302, 303, 307, 308} {
			if !takesTurn() {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", name, status), func(t *testing.T) {
				f := newFixture(t, setup{})
				act := a.prepare(t, f)
				var asked atomic.Int32
				f.fake.Inject(a.call, forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
					if r.Host == "other.example" { // where nothing is wrong
						asked.Add(1)
						serve(w, r)
						return
					}
					s3fake.Redirect(status, "http://other.example")(w, r, serve)
				})
				err := act(t.Context())
				if !a.so(f) {
					require.Error(t, err)
				}
				require.Zero(t, asked.Load(), "the other host was asked")
			})
		}
	}
}

// with returns an option that replaces the client's own HTTP client, unless c is nil.
func with(c s3.HTTPClient) func(*s3.Options) {
	return func(o *s3.Options) {
		if c != nil {
			o.HTTPClient = c
		}
	}
}

// follower follows redirects, and the store cannot prevent it.
type follower struct{ *http.Client }

func (f follower) Do(r *http.Request) (*http.Response, error) {
	return f.Client.Do(r) //nolint:gosec // the address is that of the fake
}

// TestClientsThatFollow checks the SDK's own HTTP client, and one that the store cannot inspect. An
// answer from another host is an error with both.
func TestClientsThatFollow(t *testing.T) {
	other := s3fake.New("bucket")
	other.Put("k", []byte("of another host"))
	elsewhere, _ := listen(t, other, false)
	fake := s3fake.New("bucket")
	fake.Put("k", []byte("ours"))
	here, plain := listen(t, fake, false)
	for name, c := range map[string]s3.HTTPClient{"the SDK's": nil, "another": follower{plain}} {
		t.Run(name, func(t *testing.T) {
			store, err := s3store.New(client(here, with(c)), "bucket", nil)
			require.NoError(t, err)
			asked := other.Calls("")
			for _, status := range []int{307, 308} {
				fake.Inject("", forEver, s3fake.Redirect(status, elsewhere))
				_, err = store.Stat(t.Context(), "k")
				require.ErrorContains(t, err, "another address")
				_, err = store.OpenAt(t.Context(), "k", "", 0, -1)
				require.ErrorContains(t, err, "another address")
				_, err = store.ListObjects(t.Context(), "", "")
				require.ErrorContains(t, err, "another address")
				fake.Heal()
			}
			if c == nil {
				require.Equal(t, asked, other.Calls(""))
			}
			_, err = store.Stat(t.Context(), "k")
			require.NoError(t, err)
		})
	}
}

// TestLargestHonestList lists 1,000 keys of 1,024 bytes, of which most bytes are encoded as three.
// The list costs no more memory than an endless answer may.
func TestLargestHonestList(t *testing.T) {
	f := newFixture(t, setup{})
	for i := range 1001 {
		f.fake.Put(fmt.Sprintf("%01024d", i)[:4]+strings.Repeat("<", 1016)+fmt.Sprintf("%04d", i), nil)
	}
	heap := newHighWater()
	page, err := f.ListObjects(t.Context(), "", "")
	heap.look()
	require.NoError(t, err)
	require.Less(t, heap.most(), int64(most), "bytes of heap")
	require.Len(t, page.Items, 1000)
	require.NotEmpty(t, page.Next)
}

// TestOpenAfterItsCall checks that reading an object may take longer than a call.
func TestOpenAfterItsCall(t *testing.T) {
	bubble(t, "slow reader", func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second}})
		f.fake.Put("k", randomBytes(large))
		r, err := f.OpenAt(t.Context(), "k", "", 0, -1)
		require.NoError(t, err)
		time.Sleep(time.Minute)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Len(t, got, large)
		require.NoError(t, r.Close())
	})
}
