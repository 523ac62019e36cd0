package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

// TestProgress watches an upload from its first bytes to its end.
func TestProgress(t *testing.T) {
	for name, want := range map[string]upload.ProgressStatus{
		"cat.png": {State: upload.StateDone, Files: 1},
		"cat.pdf": {State: upload.StateRefused, Code: upload.CodeTypeMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			base, _ := start(t)
			parts := uploadtest.Form{uploadtest.File("file", name, pngBytes(t))}
			total, form := parts.Size(), parts.Body()
			body, send := io.Pipe()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/upload", body)
			require.NoError(t, err)
			r.ContentLength = total
			r.Header = http.Header{"Content-Type": {uploadtest.ContentType}, "Upload-Id": {"0123456789abcdef"}}
			answered := make(chan error, 1)
			go func() {
				res, err := http.DefaultClient.Do(r)
				if err == nil {
					err = res.Body.Close()
				}
				answered <- err
			}()
			_, err = io.CopyN(send, form, 20)
			require.NoError(t, err)

			w, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/progress/0123456789abcdef", nil)
			require.NoError(t, err)
			res, err := http.DefaultClient.Do(w)
			require.NoError(t, err)
			defer func() { _ = res.Body.Close() }()
			require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
			require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
			require.Equal(t, "no", res.Header.Get("X-Accel-Buffering"))
			events := bufio.NewScanner(res.Body)
			var last upload.ProgressStatus
			next := func() bool {
				for events.Scan() {
					if event, ok := strings.CutPrefix(events.Text(), "data: "); ok {
						require.NoError(t, json.Unmarshal([]byte(event), &last))
						return true
					}
					require.Empty(t, events.Text())
				}
				return false
			}
			require.True(t, next())
			for last.State == upload.StateWaiting { // the first event was sent before the upload had a slot
				require.True(t, next())
			}
			require.Equal(t, upload.StateReceiving, last.State)
			require.Equal(t, total, last.Total)
			require.LessOrEqual(t, last.Received, int64(20))
			_, err = io.Copy(send, form)
			require.NoError(t, err)
			require.NoError(t, send.Close())
			for next() {
			}
			require.NoError(t, events.Err(), "the events end by themselves")
			require.NoError(t, <-answered)
			want.Total, want.Received, want.Staged = total, total, last.Staged
			require.Equal(t, want, last)
		})
	}
}

// TestNoProgress checks that an upload that never comes has no events.
func TestNoProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, begin := httptest.NewRecorder(), time.Now()
		newProgress(&upload.Progress{}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/progress/none", nil))
		require.Equal(t, http.StatusNoContent, w.Code)
		require.Less(t, time.Since(begin), time.Minute)
	})
}
