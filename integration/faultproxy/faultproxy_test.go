package faultproxy_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/faultproxy"
)

// setup returns a proxy, its URL, and a counter of the requests that its server has carried out.
func setup(t *testing.T) (*faultproxy.Proxy, string, *atomic.Int64) {
	t.Helper()
	var processed atomic.Int64
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		processed.Add(1)
		w.Header().Set("X-Host", r.Host)
	}))
	t.Cleanup(upstream.Close)
	u, err := url.Parse(upstream.URL)
	require.NoError(t, err)
	p := faultproxy.New(u)
	s := httptest.NewServer(p)
	t.Cleanup(func() {
		p.Release()
		s.Close()
	})
	return p, s.URL, &processed
}

// patience is for calls that end by themselves, on a busy machine.
const patience = time.Minute

func do(t *testing.T, method, url string, timeout time.Duration) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("body"))
	require.NoError(t, err)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: timeout}).Do(r)
	if err == nil {
		_ = resp.Body.Close()
	}
	return resp, err
}

func TestFaults(t *testing.T) {
	rows := []struct {
		fault     faultproxy.Fault
		status    int // 0 without an answer
		processed int64
	}{
		{"", 200, 1},
		{faultproxy.InternalError, 500, 0},
		{faultproxy.SlowDown, 503, 0},
		{faultproxy.Reset, 0, 0},
		{faultproxy.Stall, 0, 0},
		{faultproxy.Delay, 200, 1},
		{faultproxy.Drop, 0, 1},
		{faultproxy.Silent, 200, 0},
		{faultproxy.Page, 200, 0},
		{faultproxy.Muted, 200, 1},
	}
	for _, row := range rows {
		t.Run(string(row.fault), func(t *testing.T) {
			p, base, processed := setup(t)
			p.Inject(faultproxy.Put, row.fault, 1)
			timeout := patience
			if row.fault == faultproxy.Stall {
				timeout = time.Second
			}
			resp, err := do(t, http.MethodPut, base+"/bucket/key", timeout)
			if row.status == 0 {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				require.Equal(t, row.status, resp.StatusCode)
			}
			require.Equal(t, row.processed, processed.Load())

			resp, err = do(t, http.MethodPut, base+"/bucket/key", patience) // the next call succeeds
			require.NoError(t, err)
			require.Equal(t, 200, resp.StatusCode)
			require.Equal(t, strings.TrimPrefix(base, "http://"), resp.Header.Get("X-Host"), "the server gets the client's Host")
		})
	}
}

func TestRepeats(t *testing.T) {
	for _, status := range []int{0, 404, 412} {
		p, base, processed := setup(t)
		p.AnswerRepeats(status)
		p.Inject(faultproxy.Complete, faultproxy.Drop, 1)
		_, err := do(t, http.MethodPost, base+"/bucket/key?uploadId=1", patience)
		require.Error(t, err)
		resp, err := do(t, http.MethodPost, base+"/bucket/key?uploadId=1", patience)
		require.NoError(t, err)
		if status == 0 {
			require.Equal(t, 200, resp.StatusCode)
			require.EqualValues(t, 2, processed.Load())
			continue
		}
		require.Equal(t, status, resp.StatusCode)
		require.EqualValues(t, 1, processed.Load())
		resp, err = do(t, http.MethodDelete, base+"/bucket/key?uploadId=1", patience)
		require.NoError(t, err)
		require.Equal(t, 204, resp.StatusCode)
		resp, err = do(t, http.MethodPost, base+"/bucket/key?uploadId=2", patience)
		require.NoError(t, err)
		require.Equal(t, 200, resp.StatusCode)
	}
}

func TestCallOf(t *testing.T) {
	rows := map[string]faultproxy.Call{
		"PUT /b/k":                         faultproxy.Put,
		"POST /b/k?uploads":                faultproxy.Create,
		"PUT /b/k?partNumber=1&uploadId=u": faultproxy.UploadPart,
		"POST /b/k?uploadId=u":             faultproxy.Complete,
		"DELETE /b/k?uploadId=u":           faultproxy.Abort,
		"HEAD /b/a/k":                      faultproxy.Head,
		"GET /b/k":                         faultproxy.Get,
		"DELETE /b/k?versionId=v":          faultproxy.Delete,
		"GET /b?uploads":                   faultproxy.ListUploads,
		"GET /b/?versions":                 faultproxy.ListVersions,
		"PUT /b":                           faultproxy.Other,
		"POST /b/k?restore":                faultproxy.Other,
		"OPTIONS /b/k":                     faultproxy.Other,
	}
	for request, want := range rows {
		method, target, _ := strings.Cut(request, " ")
		require.Equal(t, want, faultproxy.CallOf(httptest.NewRequest(method, target, nil)), request)
	}
}
