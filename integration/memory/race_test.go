//go:build race

package memory_test

import "time"

// besideFactor makes room for the race detector, under which sync.Pool drops
// what it is given at random. The limit proper holds without it.
const (
	besideFactor = 2
	neighbour    = 8 * time.Second // the limit proper is a second, without it
)
