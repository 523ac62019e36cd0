package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/s3test"
)

const bucket = "soak"

// world holds the server with everything around it, and the observations of the run.
type world struct {
	s3     *s3.Client // without the faulty proxy
	proxy  *faultproxy.Proxy
	server *exec.Cmd
	input  io.Closer
	url    string
	http   *http.Client
	stops  []func()

	mu       sync.Mutex
	counts   map[string]map[string]int // the outcomes of each kind of client
	faults   int
	checked  int
	acked    map[string]acked // by key, while the application refers to it
	wrong    []string
	samples  []sample
	removed  map[string]int // what the sweeper found, by kind and outcome
	injected map[string]int
}

// acked is a file that the server has acknowledged as stored.
type acked struct {
	sha256 string
	at     time.Time
}

func newWorld() (w *world, err error) {
	w = &world{
		counts: map[string]map[string]int{}, acked: map[string]acked{}, removed: map[string]int{}, injected: map[string]int{},
		http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	server, stop, err := s3test.Start()
	if err != nil {
		return nil, err
	}
	w.stops = append(w.stops, func() { _ = stop() })
	var closeIdle func()
	w.s3, closeIdle = server.Client(server.Endpoint)
	w.stops = append(w.stops, closeIdle)
	if _, err := w.s3.CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: aws.String(bucket)}); err != nil {
		return nil, err
	}
	upstream, err := url.Parse(server.Endpoint)
	if err != nil {
		return nil, err
	}
	w.proxy = faultproxy.New(upstream)
	front := httptest.NewServer(w.proxy)
	w.stops = append(w.stops, front.Close, front.CloseClientConnections, w.proxy.Release)
	return w, w.start(front.URL)
}

// start starts the server as a process.
func (w *world) start(endpoint string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	w.server = exec.Command(self, "serve", endpoint)
	w.server.Stderr = os.Stderr
	if w.input, err = w.server.StdinPipe(); err != nil {
		return err
	}
	out, err := w.server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := w.server.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	w.url = strings.TrimSpace(line)
	return err
}

func (w *world) close() {
	if w.input != nil {
		_ = w.input.Close()
		_ = w.server.Wait()
	}
	for _, stop := range slices.Backward(w.stops) {
		stop()
	}
}

// run runs everything until ctx ends, and waits until no request is running. Then it takes the last
// look and the last sample.
func (w *world) run(ctx context.Context, clients int, length time.Duration) error {
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() { w.client(ctx, rand.New(rand.NewPCG(uint64(i), 0))) })
	}
	all.Go(func() { w.breakThings(ctx) })
	all.Go(func() { w.forget(ctx) })
	all.Go(func() { w.watch(ctx, length) })
	all.Wait()
	w.proxy.Release()
	if err := w.lastLook(context.Background()); err != nil {
		return err
	}
	return w.sample("at the end")
}

var faults = []faultproxy.Fault{
	faultproxy.InternalError, faultproxy.SlowDown, faultproxy.Reset, faultproxy.Drop, faultproxy.Drop, faultproxy.Delay, faultproxy.Stall,
}

var calls = []faultproxy.Call{
	faultproxy.Put, faultproxy.Put, faultproxy.Create, faultproxy.UploadPart, faultproxy.Complete, faultproxy.Abort,
	faultproxy.Head, faultproxy.Get, faultproxy.Delete, faultproxy.ListUploads, faultproxy.ListVersions, faultproxy.Other,
}

// breakThings makes calls to S3 fail or take long, one to four in a row, so that some retries also
// fail.
func (w *world) breakThings(ctx context.Context) {
	rng := rand.New(rand.NewPCG(0, 1))
	for sleep(ctx, time.Duration(200+rng.IntN(600))*time.Millisecond) {
		call, fault := calls[rng.IntN(len(calls))], faults[rng.IntN(len(faults))]
		w.proxy.Inject(call, fault, 1+rng.IntN(4))
		w.mu.Lock()
		w.injected[string(fault)]++
		w.faults++
		w.mu.Unlock()
	}
}

// sleep waits until d has passed or ctx has ended, and reports whether d has passed.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (w *world) count(kind, outcome string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.counts[kind] == nil {
		w.counts[kind] = map[string]int{}
	}
	w.counts[kind][outcome]++
}

func (w *world) violation(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what := time.Now().Format(time.TimeOnly) + " " + fmt.Sprintf(format, args...)
	fmt.Fprintln(os.Stderr, what)
	w.wrong = append(w.wrong, what)
}

// ask sends v to the server, if it is not nil, and decodes its answer into out.
func (w *world) ask(ctx context.Context, path string, v, out any) error {
	method, body := http.MethodGet, io.Reader(nil)
	if v != nil {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		method, body = http.MethodPost, strings.NewReader(string(b))
	}
	r, err := http.NewRequestWithContext(ctx, method, w.url+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := w.http.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return &statusError{resp.StatusCode, string(b)}
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

// statusError is an answer with a status of 300 or more.
type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("%d: %s", e.status, e.body) }
