// Package events has tests of files that an event of the bucket confirms: a real S3 server reports
// them to examples/webhook.
package events_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
)

// patience is how long requireRow waits at most.
const patience = time.Minute

// reports receives the reports of the S3 server in all tests.
var reports relay

func TestMain(m *testing.M) {
	server := httptest.NewServer(&reports)
	s3test.EventsTo(server.URL)
	s3test.Main(m, server.Close)
}

// password is what the example asks for with an event.
const password = "a password"

// relay passes the server's reports on, as a queue does, and keeps them.
type relay struct {
	mu     sync.Mutex
	to     string // the URL of the example, "" while none runs
	bucket string // the reports about others are ignored
	kept   []string
}

// begin makes the relay pass on the reports about a bucket, and drop those that it has kept.
func (r *relay) begin(to, bucket string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.to, r.bucket, r.kept = to, bucket, nil
}

func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	r.mu.Lock()
	to, mine := r.to, err == nil && strings.Contains(string(body), r.bucket)
	if mine = mine && to != ""; mine {
		r.kept = append(r.kept, string(body))
	}
	r.mu.Unlock()
	if !mine { // such as the report by which a server tries the address
		return
	}
	if status, err := deliver(to, body); err != nil {
		w.WriteHeader(http.StatusBadGateway)
	} else {
		w.WriteHeader(status)
	}
}

func deliver(to string, body []byte) (status int, err error) {
	req, err := http.NewRequest(http.MethodPost, to+"/events", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.SetBasicAuth("s3", password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// again delivers all reports once more, and requires that each one is answered with 204.
func (r *relay) again(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	kept, to := r.kept, r.to
	r.mu.Unlock()
	require.NotEmpty(t, kept)
	for _, body := range kept {
		status, err := deliver(to, []byte(body))
		require.NoError(t, err)
		require.Equal(t, http.StatusNoContent, status, body)
	}
}
