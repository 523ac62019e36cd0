//go:build !race

package memory_test

const directSize = 1024 * mib
