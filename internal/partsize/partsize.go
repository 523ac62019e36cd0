// Package partsize has the least size of parts, which tests lower: under the race detector each byte
// costs time.
package partsize

import "github.com/airlock-go/upload/storage"

// Least is the least size in bytes of each part and piece except the last. A TestMain may lower it
// for package memstore and the suites of package storetest.
var Least = storage.MinPartSize
