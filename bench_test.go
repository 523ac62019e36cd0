package upload_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

var chunks = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// discardStore reads as a storage does, 64 KiB at a time into chunks that it uses again, and drops
// what it has read.
type discardStore struct{}

func (discardStore) Stage(_ context.Context, _ storage.Object, r io.Reader) (storage.Staged, error) {
	p := chunks.Get().(*[64 << 10]byte)
	defer chunks.Put(p)
	_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, p[:])
	return discardStore{}, err
}
func (discardStore) Delete(context.Context, string) error { return nil }
func (discardStore) Commit(context.Context) error         { return nil }
func (discardStore) Discard(context.Context) error        { return nil }

// BenchmarkHandler measures one upload without network and storage: reading the form,
// detection, and the observers.
func BenchmarkHandler(b *testing.B) {
	accept := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })
	for _, size := range []int{10_000, 100_000, 64 << 20} {
		body := []byte(file("file", "a.txt", string(bytes.Repeat([]byte("0123456789abcdef"), size/16))))
		for _, bc := range []struct {
			name   string
			policy upload.Validator
			sha    bool
		}{{"head only", accept, false}, {"observer", &testObserver{}, false}, {"text", upload.Types("text/plain"), false}, {"sha256", accept, true}} {
			b.Run(fmt.Sprintf("%s/%d", bc.name, size), func(b *testing.B) {
				h, err := upload.New(discardStore{}, bc.policy, upload.AllowAnonymous, &upload.Options{
					MaxFileSize: 1 << 30, SHA256: bc.sha, Logger: slog.New(slog.DiscardHandler),
				})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
					r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
					w := httptest.NewRecorder()
					if h.ServeHTTP(w, r); w.Code != http.StatusCreated {
						b.Fatal(w.Body)
					}
				}
			})
		}
	}
}

// TestPiecesAllocateNothing: a file of 64 pieces costs fewer than 20 allocations more than one of
// 4, so a piece costs none.
func TestPiecesAllocateNothing(t *testing.T) {
	h, err := upload.New(discardStore{}, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	allocations := func(pieces int) float64 {
		body := []byte(file("file", "a.txt", string(bytes.Repeat([]byte("0123456789abcdef"), pieces*(64<<10)/16))))
		return testing.AllocsPerRun(20, func() {
			r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
			r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			require.Equal(t, http.StatusCreated, w.Code, w.Body)
		})
	}
	require.Less(t, allocations(64), allocations(4)+20)
}

// BenchmarkKeys measures the choice of a key.
func BenchmarkKeys(b *testing.B) {
	in := &upload.Incoming{Name: "a.png", Type: "image/png", Subject: "ann@example.com"}
	for name, keys := range map[string]upload.KeyGenerator{
		"random":     upload.RandomKeys(),
		"by subject": upload.Prefix("avatars/", upload.BySubject(upload.RandomKeys())),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				key, err := keys.Key(b.Context(), in)
				if err != nil || storage.ValidKey(key) != nil {
					b.Fatal(key, err)
				}
			}
		})
	}
}

// BenchmarkProgress measures a large upload without [upload.Progress], with it, and with a watcher.
// The three should not differ.
func BenchmarkProgress(b *testing.B) {
	body := []byte(file("file", "a.txt", string(bytes.Repeat([]byte("0123456789abcdef"), 4<<20))))
	progress := &upload.Progress{}
	for name, p := range map[string]*upload.Progress{"none": nil, "shown": progress, "watched": progress} {
		b.Run(name, func(b *testing.B) {
			h, err := upload.New(discardStore{}, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
				MaxFileSize: 1 << 30, Progress: p, Logger: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
				r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
				r.Header.Set("Upload-Id", name)
				ctx, cancel := context.WithCancel(b.Context())
				if name == "watched" {
					go func() {
						for range progress.Watch(ctx, "", name, 0) {
						}
					}()
				}
				w := httptest.NewRecorder()
				if h.ServeHTTP(w, r); w.Code != http.StatusCreated {
					b.Fatal(w.Body)
				}
				cancel()
			}
		})
	}
}

// BenchmarkProxy measures a download through the process, by HTTP/1.1 and HTTP/2 over TLS: of one
// byte, of 100 KB and of 64 MiB.
func BenchmarkProxy(b *testing.B) {
	store := &memstore.Store{}
	staged, err := store.Stage(b.Context(), storage.Object{Key: "k", Type: "text/plain", MaxSize: 64 << 20}, bytes.NewReader(make([]byte, 64<<20)))
	if err != nil || staged.Commit(b.Context()) != nil {
		b.Fatal(err)
	}
	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	for _, http2 := range []bool{false, true} {
		s := httptest.NewUnstartedServer(links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "k"}, nil }))
		s.EnableHTTP2 = http2
		s.StartTLS()
		b.Cleanup(s.Close)
		for _, size := range []int64{1, 100_000, 64 << 20} {
			b.Run(fmt.Sprintf("http2=%v/%d", http2, size), func(b *testing.B) {
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.URL, nil)
					if err != nil {
						b.Fatal(err)
					}
					r.Header.Set("Range", fmt.Sprintf("bytes=0-%d", size-1))
					resp, err := s.Client().Do(r)
					if err != nil {
						b.Fatal(err)
					}
					if n, err := io.Copy(io.Discard, resp.Body); n != size || err != nil || resp.Body.Close() != nil {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}
