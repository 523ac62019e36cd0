//go:build !race

package memory_test

const besideFactor = 1
