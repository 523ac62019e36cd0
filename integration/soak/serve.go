package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/sweep"
)

const (
	mib         = 1 << 20
	maxFileSize = 16 * mib
)

// app is an application with the streamed and the direct door. Its table of files refers to
// objects; a sweeper removes those that are not in it.
type app struct {
	store   *s3store.Store
	sweeper *sweep.Sweeper

	mu      sync.Mutex
	files   map[string]bool // by key
	removed map[string]int  // what the sweeper found, by kind and outcome
}

// serve serves until its input ends.
func serve(args []string) error {
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(args[0]),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("access", "secretsecret", ""),
		UsePathStyle: true,
	})
	quiet := slog.New(slog.DiscardHandler)
	store, err := s3store.New(client, bucket, &s3store.Options{CallTimeout: 3 * time.Second, Logger: quiet})
	if err != nil {
		return err
	}
	a := &app{store: store, files: map[string]bool{}, removed: map[string]int{}}
	a.sweeper, err = sweep.New(store, a.referenced, &sweep.Options{
		AllowWholeBucket: true, Grace: grace, InsecureGrace: true, AllowAnyShare: true, Remove: true, Rate: 500, Found: a.found, Logger: quiet,
	})
	if err != nil {
		return err
	}
	mux, err := a.routes(quiet)
	if err != nil {
		return err
	}
	s := httptest.NewServer(mux)
	fmt.Println(s.URL)
	ctx, cancel := context.WithCancel(context.Background())
	go a.sweep(ctx)
	_, err = io.Copy(io.Discard, os.Stdin)
	cancel()
	s.Close()
	return err
}

func (a *app) routes(quiet *slog.Logger) (*http.ServeMux, error) {
	form := upload.Form{"file": {Accept: upload.Types("image/png", "text/plain"), MaxFiles: 2}}
	h, err := upload.New(a.store, form, upload.AllowAnonymous, &upload.Options{
		MaxFileSize: maxFileSize, StallTimeout: 3 * time.Second, MaxWait: 10 * time.Second,
		CommitTimeout: 30 * time.Second, CleanupTimeout: 30 * time.Second, Logger: quiet,
	})
	if err != nil {
		return nil, err
	}
	p, err := upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, &upload.PresignOptions{
		URLExpires: 30 * time.Second, TicketExpires: time.Minute, SingleSize: 5 * mib, PartSize: 5 * mib,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h.Middleware(http.HandlerFunc(a.record)))
	mux.Handle("POST /tickets/confirm", p.ConfirmHandler(http.HandlerFunc(a.record)))
	mux.Handle("POST /tickets/", p)
	mux.HandleFunc("GET /files", a.list)
	mux.HandleFunc("POST /forget", a.forget)
	mux.HandleFunc("GET /usage", a.usage)
	return mux, nil
}

// record is the handler after both doors: it adds the files to the table, or fails if the form says
// so.
func (a *app) record(w http.ResponseWriter, r *http.Request) {
	if r.MultipartForm != nil && r.FormValue("fail") != "" {
		http.Error(w, "the application failed", http.StatusInternalServerError)
		return
	}
	files := upload.Files(r.Context())
	if err := upload.Keep(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	a.mu.Lock()
	for _, f := range files {
		a.files[f.Key] = true
	}
	a.mu.Unlock()
	upload.JSON(w, r, files, nil)
}

func (a *app) referenced(_ context.Context, keys []string) (kept []string, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range keys {
		if a.files[key] {
			kept = append(kept, key)
		}
	}
	return kept, nil
}

func (a *app) found(_ context.Context, f sweep.Finding) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.removed[kindOf(f)+" "+string(f.Outcome)]++
}

func (a *app) sweep(ctx context.Context) {
	for sleep(ctx, sweepEvery) {
		_, _ = a.sweeper.Run(ctx, "") // after a fault the next run starts again
	}
}

func (a *app) list(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_ = json.NewEncoder(w).Encode(a.files)
}

// forget deletes rows and leaves their objects to the sweeper.
func (a *app) forget(w http.ResponseWriter, r *http.Request) {
	var keys []string
	if err := json.NewDecoder(r.Body).Decode(&keys); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, key := range keys {
		delete(a.files, key)
	}
}

// sample is what the server holds.
type sample struct {
	When        string `json:"-"`
	Goroutines  int
	Descriptors int
	Heap        int64 // live, after a collection
	Buffers     int64 // the store's buffers at their peak, at most MaxMemory
	RSS         int64
	Reserved    int64 // of MaxMemory
	Removed     map[string]int
}

func (a *app) usage(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	s := sample{Goroutines: runtime.NumGoroutine(), Heap: int64(m.HeapAlloc)}
	s.Reserved, s.Buffers = a.store.Memory()
	fds, err := os.ReadDir("/proc/self/fd")
	status, err2 := os.ReadFile("/proc/self/status")
	if err = errors.Join(err, err2); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.Descriptors = len(fds)
	if _, rest, found := bytes.Cut(status, []byte("VmRSS:")); found {
		kib, _ := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
		s.RSS = kib << 10
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s.Removed = a.removed
	_ = json.NewEncoder(w).Encode(s)
}
