package storetest_test

import (
	"testing"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
)

// Replace memstore with the storage to be tested. The function must return a fresh one at each
// call.
func ExampleRun() {
	testStore := func(t *testing.T) {
		storetest.Run(t, func(*testing.T) storage.Storage { return &memstore.Store{} })
	}
	_ = testStore // func TestStore(t *testing.T), in the package of the storage
	// Output:
}
