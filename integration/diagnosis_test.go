package integration_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
)

// TestDiagnosis checks that the log says in plain words what is wrong between the host and S3, and
// that the answer reveals none of it.
func TestDiagnosis(t *testing.T) {
	t.Parallel()
	good := s3test.Get()
	wrong := good
	wrong.SecretKey = "wrongwrong"
	anonymous := func(o *s3.Options) { o.Credentials = nil }
	rows := []struct {
		name     string
		server   s3test.Server
		endpoint string
		bucket   string // "" for one that exists
		option   func(*s3.Options)
		log      string
	}{
		{"missing bucket", good, good.Endpoint, "no-such-bucket", nil, `the bucket \"no-such-bucket\" does not exist`},
		{"wrong secret", wrong, good.Endpoint, "", nil, "the credentials are not valid"},
		{"no credentials", good, good.Endpoint, "", anonymous, "denied"},
		{"nobody listens", good, "http://127.0.0.1:1", "", nil, "the endpoint cannot be reached"},
		{"no such host", good, "http://s3.invalid", "", nil, "the endpoint cannot be reached"},
	}
	for _, row := range rows {
		for _, f := range []client.Part{small, large} {
			t.Run(row.name+"/"+f.Name, func(t *testing.T) {
				b := s3test.NewBucket(t, false)
				bucket := b.Name
				if row.bucket != "" {
					bucket = row.bucket
				}
				c, closeIdle := row.server.Client(row.endpoint)
				t.Cleanup(closeIdle)
				if row.option != nil {
					c = s3.New(c.Options(), row.option)
				}
				store, err := s3store.New(c, bucket, &s3store.Options{Logger: slog.New(slog.DiscardHandler)})
				require.NoError(t, err)
				var log bytes.Buffer
				h, err := upload.New(store, upload.Types("image/png"), upload.AllowAnonymous, &upload.Options{
					MaxFileSize: 16 * mib, Logger: slog.New(slog.NewTextHandler(&log, nil)),
				})
				require.NoError(t, err)
				a := post(t, host.Start(t, h), client.Form{f}, false)
				require.Equal(t, 502, a.Status, "%s", a.Body)
				require.Contains(t, log.String(), row.log)
				require.NotContains(t, string(a.Body), bucket)
				require.NotContains(t, string(a.Body), "s3")
				b.RequireNothing(t)
			})
		}
	}
}
