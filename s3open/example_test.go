package s3open_test

import (
	"context"
	"log"

	"github.com/airlock-go/upload/s3open"
	"github.com/airlock-go/upload/s3store"
)

// A bucket on AWS, in the region and with the credentials of the AWS configuration.
func ExampleOpen() {
	run := func(ctx context.Context) {
		store, err := s3open.Open(ctx, "s3://my-uploads", &s3store.Options{ExpectedBucketOwner: "123456789012"})
		if err != nil {
			log.Fatal(err)
		}
		_ = store // give it to upload.New
	}
	_ = run // when the program starts
	// Output:
}

// A MinIO without TLS, in the same network of containers.
func ExampleOpen_minIO() {
	run := func(ctx context.Context) {
		store, err := s3open.Open(ctx, "s3://my-uploads?endpoint=http://minio:9000&insecure=true&profile=minio", nil)
		if err != nil {
			log.Fatal(err)
		}
		_ = store
	}
	_ = run
	// Output:
}
