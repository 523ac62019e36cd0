// Package partsize has the least size of parts, and how many a list has. Tests lower both: under
// the race detector each byte and each part costs time.
package partsize

import "github.com/airlock-go/upload/storage"

// Least is the least size in bytes of each part and piece except the last. A TestMain may lower it
// for package memstore and the suites of package storetest.
var Least = storage.MinPartSize

// Listed is the most parts that S3 lists in one answer. A TestMain may lower it for the suites,
// with a store that asks for fewer.
var Listed = 1000
