package s3store_test

import (
	"log"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3store"
)

// This example makes two stores over one bucket. An identity that may not read signs what clients
// send, and one that may not write signs what they fetch.
func ExampleOptions_signers() {
	var app, mayPut, mayGet *s3.Client // with the credentials of three roles
	sending := &s3store.Options{Signer: mayPut}
	fetching := &s3store.Options{Signer: mayGet}
	open := func(opts *s3store.Options) *s3store.Store {
		store, err := s3store.New(app, "uploads", opts)
		if err != nil {
			log.Fatal(err)
		}
		return store
	}
	setUp := func() (*upload.Presigner, *upload.Links, error) {
		handler, err := upload.New(open(sending), upload.Images(nil), upload.AllowAnonymous, nil)
		if err != nil {
			return nil, nil, err
		}
		presigner, err := upload.NewPresigner(handler, [][]byte{[]byte("32 random bytes at least, from a secret store")}, nil)
		if err != nil {
			return nil, nil, err
		}
		links, err := upload.NewLinks(open(fetching), nil)
		return presigner, links, err
	}
	_ = setUp // when the program starts
	// Output:
}
