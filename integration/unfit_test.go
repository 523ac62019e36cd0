package integration_test

import (
	"embed"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/example"
	"github.com/airlock-go/upload/integration/internal/npm"
	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

//go:embed testdata/s3rver
var s3rver embed.FS

// unfit are servers that check no signatures, each with an empty bucket named unfit.
var unfit = map[string]func(t *testing.T) s3test.Server{
	"gofakes3": func(t *testing.T) s3test.Server {
		backend := s3mem.New()
		require.NoError(t, backend.CreateBucket("unfit"))
		server := httptest.NewServer(gofakes3.New(backend).Server())
		t.Cleanup(server.Close)
		return s3test.Server{Endpoint: server.URL, AccessKey: "access", SecretKey: "secretsecret", Region: "us-east-1"}
	},
	"s3rver": func(t *testing.T) s3test.Server {
		node, dir := program.Find(t, "node"), t.TempDir()
		folder, err := fs.Sub(s3rver, "testdata/s3rver")
		require.NoError(t, err)
		require.NoError(t, npm.Install(program.Find(t, "npm"), dir, folder))
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		addr := l.Addr().String()
		require.NoError(t, l.Close())
		_, port, err := net.SplitHostPort(addr)
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), node, "node_modules/s3rver/bin/s3rver.js", "-d", t.TempDir(), "-a", "127.0.0.1", "-p", port, "--silent", "--configure-bucket", "unfit")
		cmd.Dir = dir
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Wait() }) // the context of the test has ended by then
		answers := func() bool {
			resp, err := http.Get("http://" + addr)
			return err == nil && resp.Body.Close() == nil
		}
		require.Eventually(t, answers, time.Minute, 10*time.Millisecond)
		return s3test.Server{Endpoint: "http://" + addr, AccessKey: "S3RVER", SecretKey: "S3RVER", Region: "us-east-1"}
	},
}

// TestUnfitServer checks that Check reports a server that checks no signatures, and proposes no
// profile for it. The example server does not start on it with direct uploads.
func TestUnfitServer(t *testing.T) {
	for name, start := range unfit {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			client, closeIdle := server.Client(server.Endpoint)
			t.Cleanup(closeIdle)
			store, err := s3store.New(client, "unfit", nil)
			require.NoError(t, err)
			r := lookAfter(t, store, s3bucket.Layout{StagingPrefixes: []string{""}}).Check(t.Context())
			require.Equal(t, s3bucket.FitsNot, r.Proposal.Fit, "%s", r)
			require.Equal(t, s3bucket.StateWrong, r.Worst())
			require.Empty(t, r.Proposal.Go)
			require.Contains(t, r.String(), "not this service: the service accepts a write with a forged signature")

			status, log := example.Refuses(t, server, "-s3-bucket", "unfit", "-s3-endpoint", server.Endpoint, "-direct")
			require.Equal(t, 2, status, log)
			require.Contains(t, log, "-direct is not safe with the bucket")
			require.Contains(t, log, "signatures: the service accepts a write with a forged signature")
		})
	}
}
