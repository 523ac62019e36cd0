package integration_test

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const chainPrefix = "up/upload-staging/id/"

// TestChainKilledWriter kills a process in the middle of a PUT. Acknowledged bytes stay, and
// another process goes on from what the state says. Over TLS and without the SDK's checksums
// versitygw keeps what came of the piece. These bytes count, since they are the right ones.
func TestChainKilledWriter(t *testing.T) {
	t.Parallel()
	for name, secure := range map[string]bool{"signed bytes": false, "bytes that only TLS protects": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newStage(t, false, s3store.Options{})
			whole := make([]byte, 2*part+1)
			_, err := rand.Read(whole)
			require.NoError(t, err)
			killWriter(t, st.bucket.Name, whole, secure)

			c := chain.New(st.store, chainPrefix, int64(len(whole)), part)
			s, err := c.State(t.Context())
			require.NoError(t, err)
			require.GreaterOrEqual(t, s.Offset, int64(part))
			t.Log(s.Offset-part, "bytes of the piece were kept")
			if secure && s3test.Get().Software == s3test.VersityGW {
				require.Greater(t, s.Offset, int64(part), "the server keeps nothing of a PUT that breaks off")
			}
			requireChain(t, c, whole[:s.Offset])
			n, err := c.Append(t.Context(), s, chain.Template{}, bytes.NewReader(whole[s.Offset:]))
			require.NoError(t, err)
			require.EqualValues(t, len(whole), s.Offset+n)
			requireChain(t, c, whole)
			publishChain(t, st, c, whole)
		})
	}
}

func requireChain(t *testing.T, c *chain.Chain, want []byte) {
	t.Helper()
	r, err := c.Open(t.Context())
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, errors.Join(err, r.Close()))
	require.True(t, bytes.Equal(want, got))
}

// publishChain publishes an upload. It requires the file, and that only the marker of the end stays
// of the chain.
func publishChain(t *testing.T, st *stage, c *chain.Chain, want []byte) {
	t.Helper()
	sources, err := c.Sources(t.Context(), chain.Template{})
	require.NoError(t, err)
	decided, err := c.End(t.Context(), []byte("accepted"))
	require.NoError(t, err)
	require.Equal(t, "accepted", string(decided))
	p := storage.Promotion{Sources: sources, Key: "up/file", Size: int64(len(want)), Nonce: "of the ticket"}
	require.NoError(t, st.store.Promote(t.Context(), p))
	require.NoError(t, c.Remove(t.Context(), true))
	r, err := st.store.OpenAt(t.Context(), "up/file", "", 0, -1)
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, errors.Join(err, r.Close()))
	require.True(t, bytes.Equal(want, got))
	var keys []string
	for _, v := range st.bucket.Versions(t.Context(), t) {
		keys = append(keys, v.Key)
	}
	require.Equal(t, []string{"up/file", chainPrefix + "0-end"}, keys)
}

// Names of the variables by which TestChainWriter gets its settings.
const (
	writerEndpoint = "UPLOAD_TEST_CHAIN_ENDPOINT"
	writerBucket   = "UPLOAD_TEST_CHAIN_BUCKET"
)

// killWriter runs TestChainWriter in a process, and kills it in the middle of its second PUT.
func killWriter(t *testing.T, bucket string, whole []byte, secure bool) {
	t.Helper()
	proxy := newCuttingProxy(t, secure, part+part/2)
	cmd := exec.Command(os.Args[0], "-test.run=^TestChainWriter$", "-test.count=1")
	cmd.Env = append(os.Environ(), "UPLOAD_TEST_S3_ENDPOINT="+s3test.Get().Endpoint, "UPLOAD_TEST_MINIO=",
		writerEndpoint+"="+proxy.url, writerBucket+"="+bucket)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(whole), os.Stderr
	require.NoError(t, cmd.Start())
	<-proxy.stopped
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	proxy.ended.Wait()
}

// TestChainWriter runs in the process that killWriter kills. In other processes it does nothing.
func TestChainWriter(t *testing.T) {
	endpoint := os.Getenv(writerEndpoint)
	if endpoint == "" {
		return
	}
	whole, err := io.ReadAll(os.Stdin)
	require.NoError(t, err)
	client, closeIdle := s3test.Get().Client(endpoint)
	defer closeIdle()
	store, err := s3store.New(client, os.Getenv(writerBucket), &s3store.Options{
		Profile: s3store.Profile{ChecksumsWhenRequired: true}, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	c := chain.New(store, chainPrefix, int64(len(whole)), part)
	_, err = c.Append(t.Context(), chain.State{}, chain.Template{}, bytes.NewReader(whole))
	t.Fatal("it was not killed:", err)
}

// cuttingProxy passes bytes on to the server until there were enough. Then it closes stopped, and
// swallows the rest until the client ends.
type cuttingProxy struct {
	url     string
	stopped chan struct{}
	ended   sync.WaitGroup
}

func newCuttingProxy(t *testing.T, secure bool, limit int64) *cuttingProxy {
	t.Helper()
	var listener net.Listener
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &cuttingProxy{url: "http://" + listener.Addr().String(), stopped: make(chan struct{})}
	if secure {
		certified := httptest.NewTLSServer(nil)
		listener = tls.NewListener(listener, &tls.Config{Certificates: certified.TLS.Certificates})
		certified.Close()
		p.url = strings.Replace(p.url, "http:", "https:", 1)
	}
	t.Cleanup(func() { _ = listener.Close() })
	left := &budget{left: limit, none: p.stopped}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.ended.Go(func() { err = pass(client, left) })
		}
	}()
	return p
}

// pass connects the client to the server until one of them ends.
func pass(client net.Conn, left *budget) error {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", strings.TrimPrefix(s3test.Get().Endpoint, "http://"))
	if err != nil {
		return err
	}
	answered := make(chan error, 1)
	go func() {
		_, err := io.Copy(client, server)
		answered <- fmt.Errorf("%w", errors.Join(err, client.Close()))
	}()
	buf := make([]byte, 32<<10)
	for err == nil {
		var n int
		n, err = client.Read(buf)
		if n = left.take(n); n > 0 {
			_, _ = server.Write(buf[:n])
		}
	}
	err = server.(*net.TCPConn).CloseWrite()
	return errors.Join(err, <-answered, server.Close())
}

// budget counts bytes down, and closes its channel when no byte is left.
type budget struct {
	mu   sync.Mutex
	left int64
	none chan struct{}
}

func (b *budget) take(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left == 0 {
		return 0
	}
	got := min(int64(n), b.left)
	if b.left -= got; b.left == 0 {
		close(b.none)
	}
	return int(got)
}
