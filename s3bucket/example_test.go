package s3bucket_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// This program prints a report if its S3 server does not enforce what uploads rely on. This server
// accepts forged signatures.
func ExampleBucket_Verify() {
	server := httptest.NewServer(s3fake.New("uploads")) // checks no signatures
	defer server.Close()

	store, err := s3store.New(client(server.URL), "uploads", nil)
	if err != nil {
		panic(err)
	}
	bucket, err := s3bucket.New(store, s3bucket.Layout{KeyPrefixes: []string{"avatars/"}})
	if err != nil {
		panic(err)
	}
	report := bucket.Verify(context.Background())
	if report.Worst() == s3bucket.StateWrong {
		fmt.Print(report)
	}
	// Output:
	// ok           reachable: the bucket answers
	// wrong        signatures: the service accepts a write with a forged signature; use another service: here the access key ID alone, which every signed URL shows, lets anybody write
	// ok           conditional writes: If-None-Match is enforced by PutObject and CompleteMultipartUpload
	// ok           probes removed: no probe is left
}
