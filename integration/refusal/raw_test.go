package refusal_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
)

// rawSenders send a file as the whole body, each in one of the ways that clients do. Their allowed
// and unsent mean the same as those of senders.
var rawSenders = []struct {
	name      string
	tls       bool
	proto     string
	allowed   int64
	unsent    int64
	configure []func(*http.Server)
	send      func(t testing.TB, s *host.Server, file client.Part, chunked bool) (*client.Answer, error)
}{
	{"Go over HTTP/1.1", false, "HTTP/1.1", mib, 0, nil, goPut()},
	{"Go over HTTP/1.1 with Expect", false, "HTTP/1.1", mib, 0, nil, goPut("Expect", "100-continue")},
	{"Go over HTTP/2", true, "HTTP/2.0", mib, 512 << 10, smallWindow, goPut()},
	{"curl -T over HTTP/1.1", false, "HTTP/1.1", mib, 4 * mib, nil, curlPut("--limit-rate", "256M")},
	{"curl -T over HTTP/1.1 without Expect", false, "HTTP/1.1", mib, 4 * mib, nil, curlPut("--limit-rate", "256M", "-H", "Expect:")},
	{"curl -T over HTTP/2", true, "HTTP/2.0", mib, 4 * mib, smallWindow, curlPut("--http2", "--limit-rate", "256M")},
}

func goPut(header ...string) func(testing.TB, *host.Server, client.Part, bool) (*client.Answer, error) {
	return func(t testing.TB, s *host.Server, file client.Part, chunked bool) (*client.Answer, error) {
		c := s.Client()
		c.Transport.(*http.Transport).ExpectContinueTimeout = time.Minute
		c.Transport.(*http.Transport).DialContext = client.Dialer
		return client.Put(t.Context(), c, s.URL+"/", file, chunked, header...)
	}
}

func curlPut(args ...string) func(testing.TB, *host.Server, client.Part, bool) (*client.Answer, error) {
	return func(t testing.TB, s *host.Server, file client.Part, chunked bool) (*client.Answer, error) {
		return client.CurlFile(t, s.URL+"/", file, chunked, args...)
	}
}

func nameOfPath(r *http.Request) string { return path.Base(r.URL.Path) }

// TestRawRefusedEarlyAndWhole sends the files of refusals as raw bodies. It checks that the client
// gets the whole answer, and sends little more than the server needs to decide.
func TestRawRefusedEarlyAndWhole(t *testing.T) {
	t.Parallel()
	for _, sender := range rawSenders {
		for _, r := range refusals {
			t.Run(sender.name+"/"+r.name, func(t *testing.T) {
				h, store := newHandler(t, r.policy, upload.Options{MaxFileSize: r.limit})
				raw, err := h.Raw("file", nameOfPath)
				require.NoError(t, err)
				run := host.Start
				if sender.tls {
					run = host.StartTLS
				}
				s := run(t, raw, sender.configure...)
				a, err := sender.send(t, s, r.file, r.chunked)
				require.NoError(t, err)
				require.Equal(t, r.status, a.Status, "%s", a.Body)
				require.Equal(t, sender.proto, a.Proto)
				require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
				require.Equal(t, r.code, a.Code)
				require.Less(t, a.Sent, r.needed+sender.allowed+sender.unsent)
				require.Less(t, s.Received(), r.needed+sender.allowed)
				require.Zero(t, store.Used())
			})
		}
	}
}

// TestRawSizes checks that the published bytes are those that were sent, for files from a byte to
// 24 MiB, or in long runs to 300 MiB.
func TestRawSizes(t *testing.T) {
	turn, largest := rounds.Turns(3), int64(rounds.Of(24, 300)*mib)
	for _, sender := range rawSenders {
		for _, size := range []int64{1, 4096, 4097, 5 * mib, largest} {
			for _, chunked := range []bool{false, true} {
				if size > 5*mib && !turn() {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d/chunked %v", sender.name, size, chunked), func(t *testing.T) {
					store := &sums{}
					h, err := upload.New(store, anything, upload.AllowAnonymous, &upload.Options{MaxFileSize: largest, Logger: slog.New(slog.DiscardHandler)})
					require.NoError(t, err)
					raw, err := h.Raw("file", nameOfPath)
					require.NoError(t, err)
					run := host.Start
					if sender.tls {
						run = host.StartTLS
					}
					file := client.File("zeros.bin", client.Zeros(size))
					a, err := sender.send(t, run(t, raw, sender.configure...), file, chunked)
					require.NoError(t, err)
					require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
					require.Len(t, a.Files, 1)
					require.Equal(t, "zeros.bin", a.Files[0].Name)
					require.Equal(t, size, a.Files[0].Size)
					want := sha256.New()
					_, err = io.Copy(want, file.Content.Open())
					require.NoError(t, err)
					require.Equal(t, map[string]string{a.Files[0].Key: hex.EncodeToString(want.Sum(nil))}, store.published)
				})
			}
		}
	}
}

// sums is a storage that keeps digests, since the files are large.
type sums struct {
	mu        sync.Mutex
	published map[string]string // by key
}

type stagedSum struct {
	store    *sums
	key, sum string
}

func (s *sums) Stage(_ context.Context, o storage.Object, r io.Reader) (storage.Staged, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return nil, err
	}
	return &stagedSum{s, o.Key, hex.EncodeToString(sum.Sum(nil))}, nil
}

func (s *sums) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.published, key)
	return nil
}

func (f *stagedSum) Commit(context.Context) error {
	f.store.mu.Lock()
	defer f.store.mu.Unlock()
	if f.store.published == nil {
		f.store.published = map[string]string{}
	}
	f.store.published[f.key] = f.sum
	return nil
}

func (f *stagedSum) Discard(ctx context.Context) error { return f.store.Delete(ctx, f.key) }
