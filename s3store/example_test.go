package s3store_test

import (
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3store"
)

// An application makes its client from the AWS configuration: s3.NewFromConfig(cfg). New makes no
// call to S3.
func ExampleNew() {
	client := s3.New(s3.Options{Region: "eu-central-1"})
	store, err := s3store.New(client, "my-uploads", &s3store.Options{
		ExpectedBucketOwner: "123456789012",
		MaxMemory:           128 << 20, // of all uploads together
	})
	if err != nil {
		log.Fatal(err)
	}
	h, err := upload.New(store, upload.Images(nil), upload.AllowAnonymous, &upload.Options{
		Keys: upload.Prefix("avatars/", upload.RandomKeys()),
	})
	if err != nil {
		log.Fatal(err)
	}
	_ = h // mux.Handle("POST /upload", h)
	used, _ := store.Memory()
	fmt.Println(used, "bytes of memory are in use")
	// Output: 0 bytes of memory are in use
}
