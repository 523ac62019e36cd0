// Package memory_test tests what the memory limit of s3store promises. The server under test is a
// process of its own, so that its heap is its own.
package memory_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// runServer names the environment variable that makes the test binary a server. Its value is a
// config, as JSON.
const runServer = "UPLOAD_TEST_MEMORY_SERVER"

// config is a test's configuration of its server.
type config struct {
	S3        string
	Bucket    string // "bucket" if it is empty
	Direct    bool   // with direct uploads under /tickets/, and resumable ones under /files/
	TLS       bool
	MaxMemory int64
	MaxWait   time.Duration
}

// report is what a server reports about itself. Live is the most that the garbage collector found
// reachable, and Heap the most that the heap held, since the last report with reset.
type report struct {
	Live     int64
	Heap     int64 // garbage included
	Used     int64 // memory that uploads have reserved
	Peak     int64 // the most the store's buffers ever took
	RSS      int64 // the most memory the process ever had; 0 if the system does not say
	ErrorLog string
}

func TestMain(m *testing.M) {
	if c := os.Getenv(runServer); c != "" {
		runtime.MemProfileRate = 8 * kib
		if err := serve(c); err != nil {
			log.Fatal(err)
		}
		return
	}
	s3test.Main(m)
}

// serve prints the server's URL, and serves until its standard input ends.
func serve(conf string) error {
	var c config
	if err := json.Unmarshal([]byte(conf), &c); err != nil {
		return err
	}
	store, err := newStore(c)
	if err != nil {
		return err
	}
	h, err := upload.New(store, upload.Types("image/png", "text/plain"), upload.AllowAnonymous, &upload.Options{
		MaxFileSize: 32 * mib, MaxWait: c.MaxWait, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	w := &watch{store: store}
	go w.run()
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h)
	if c.Direct {
		p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, &upload.PresignOptions{MaxFileSize: 1 << 30})
		if err != nil {
			return err
		}
		mux.Handle("/tickets/", p)
		z, err := upload.NewResumer(h, [][]byte{make([]byte, 32)}, nil)
		if err != nil {
			return err
		}
		mux.Handle("/files/", z)
	}
	mux.HandleFunc("POST /small", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	mux.HandleFunc("GET /idle", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /report", w.report)
	s := httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(&w.errors, "", 0)
	if c.TLS {
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Start()
	}
	fmt.Println(s.URL)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func newStore(c config) (*s3store.Store, error) {
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(c.S3),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("access", "secretsecret", ""),
		UsePathStyle: true,
	})
	return s3store.New(client, cmp.Or(c.Bucket, "bucket"), &s3store.Options{MaxMemory: c.MaxMemory, Logger: slog.New(slog.DiscardHandler)})
}

// watch collects garbage every 100 ms, and records the largest heap and the largest live heap.
type watch struct {
	store  *s3store.Store
	live   atomic.Int64
	heap   atomic.Int64
	errors strings.Builder // the server's error log, empty in a test that passes
}

func (w *watch) run() {
	for {
		w.sample()
		time.Sleep(100 * time.Millisecond)
	}
}

func (w *watch) sample() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	raise(&w.heap, int64(m.HeapAlloc))
	runtime.GC()
	raise(&w.live, liveHeap())
}

func raise(most *atomic.Int64, n int64) {
	for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
	}
}

// liveHeap returns what the last collection found reachable, from the samples of the heap profile.
// The collector's own figure also counts what was allocated while it ran, which on a busy machine
// can be most of the figure. A sample of small objects represents more other objects than one of
// large objects does. liveHeap scales samples as runtime/pprof does.
func liveHeap() int64 {
	records := make([]runtime.MemProfileRecord, 1<<12)
	n, ok := runtime.MemProfile(records, false)
	for !ok {
		records = make([]runtime.MemProfileRecord, n+n/2)
		n, ok = runtime.MemProfile(records, false)
	}
	var live float64
	for _, r := range records[:n] {
		size := float64(r.InUseBytes())
		mean := size / float64(r.InUseObjects())
		live += size / (1 - math.Exp(-mean/float64(runtime.MemProfileRate)))
	}
	return int64(live)
}

func (w *watch) report(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("reset") {
		w.live.Store(0)
		w.heap.Store(0)
	}
	w.sample()
	used, peak := w.store.Memory()
	_ = json.NewEncoder(rw).Encode(report{Live: w.live.Load(), Heap: w.heap.Load(), Used: used, Peak: peak, RSS: peakRSS(), ErrorLog: w.errors.String()})
}

func peakRSS() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var n int64
	_, _ = fmt.Sscan(rest, &n)
	return n * kib
}
