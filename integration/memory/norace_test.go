//go:build !race

package memory_test

import "time"

const directSize = 1024 * mib

// neighbour is how long a small request may take beside large ones.
const neighbour = time.Second
