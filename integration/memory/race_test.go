//go:build race

package memory_test

const directSize = 128 * mib // a gibibyte takes minutes under the race detector
