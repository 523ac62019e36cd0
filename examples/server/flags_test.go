package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBadCommandLines(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	tests := []struct {
		args string
		says string
	}{
		{"-nonsense", "flag provided but not defined: -nonsense"},
		{"extra", `unexpected argument "extra"`},
		{"-max-file-size 0", "must be positive"},
		{"-max-file-size 5MB", `invalid value "5MB"`},
		{"-max-files -1", "must be positive"},
		{"-max-direct-size 0", "must be positive"},
		{"-max-files-per-hour 0", "must be positive"},
		{"-max-memory -1", "must be positive"},
		{"-max-memory 0", "must be positive"},
		{"-types image/nonsense", `-types: upload: Types cannot accept the media type "image/nonsense"`},
		{"-types image/png,", `-types: upload: Types cannot accept the media type ""`},
		{"-cors-origin *", "-cors-origin: invalid origin"},
		{"-cors-origin https://app.example.com/", "-cors-origin: invalid origin"},
		{"-clamd 127.0.0.1:9", "connection refused"},
		{"-clamd /there/is/no/clamd", "no such file"},
		{"-dir d -s3-bucket b", "-s3-bucket does not go with -dir"},
		{"-dir d -max-memory 1", "-max-memory does not go with -dir"},
		{"-dir d -direct", "-direct does not go with -dir"},
		{"-dir there/is/no/parent", "diskstore: "},
		{"-s3-endpoint http://127.0.0.1:9", "-s3-endpoint needs -s3-bucket"},
		{"-s3-prefix p/", "-s3-prefix needs -s3-bucket"},
		{"-s3-setup", "-s3-setup needs -s3-bucket"},
		{"-s3-lacks forms", "-s3-lacks needs -s3-bucket"},
		{"-s3-bucket b -s3-lacks form", `"form" is none of conditional-put, conditional-complete`},
		{"-s3-bucket b -s3-lacks forms,", `"" is none of`},
		{"-s3-bucket b -s3-setup", "-s3-setup needs -direct"},
		{"-s3-bucket b -s3-prefix ../p", "-s3-prefix: storage: invalid key: segment"},
		{"-s3-bucket b -s3-endpoint 127.0.0.1:9", "-s3-endpoint:"},
		{"-s3-bucket b -s3-endpoint ftp://127.0.0.1", "is not an http or https URL"},
		{"-s3-bucket b", "no region"},
		{"-s3-bucket b -s3-endpoint http://127.0.0.1:9 -max-memory 1", "MaxMemory"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, 2, run(t.Context(), strings.Fields(tt.args), &stdout, &stderr))
			require.Contains(t, stderr.String(), tt.says)
			require.Empty(t, stdout.String())
		})
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"-h"}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "-cors-origin origin")
}

func TestAddressInUse(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	var stdout, stderr bytes.Buffer
	require.Equal(t, 1, run(t.Context(), []string{"-addr", srv.Listener.Addr().String()}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "msg=stopped")
	require.Empty(t, stdout.String())
}
