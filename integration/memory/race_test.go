//go:build race

package memory_test

import "time"

const directSize = 128 * mib // a gibibyte takes minutes under the race detector

// neighbour is longer under the race detector, which slows six uploads down to
// where they take both processors for seconds.
const neighbour = 4 * time.Second
