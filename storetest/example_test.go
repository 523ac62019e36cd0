package storetest_test

import (
	"testing"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
)

// A storage of your own stands in place of memstore. Each case gets a fresh one.
func ExampleRun() {
	testStore := func(t *testing.T) {
		storetest.Run(t, func(*testing.T) storage.Storage { return &memstore.Store{} })
	}
	_ = testStore // func TestStore(t *testing.T), in the package of the storage
	// Output:
}
