//go:build !race

package memory_test

import "time"

const (
	besideFactor = 1
	neighbour    = time.Second
)
