// Package partsize has the minimum size of parts, and how many S3 lists in one answer. Tests lower
// both: under the race detector each byte and each part costs time.
package partsize

import "github.com/airlock-go/upload/storage"

// Least is the minimum size in bytes of each part and piece except the last. A TestMain may lower it
// for package memstore and the suites of package storetest.
var Least = storage.MinPartSize

// Listed is the most parts that S3 lists in one answer. A TestMain may lower it for the suites, if
// its store asks S3 for fewer.
var Listed = 1000
