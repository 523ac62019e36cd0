// Package rounds says how often tests repeat what takes long.
package rounds

import "os"

// Of returns usual, or all if the environment has UPLOAD_TEST_LONG=1, as that of
// continuous integration does.
func Of(usual, all int) int {
	if os.Getenv("UPLOAD_TEST_LONG") == "1" {
		return all
	}
	return usual
}

// Turns returns a function that reports whether the next case of a test is run: one of
// every, or each if the environment has UPLOAD_TEST_LONG=1. Cases that are asked about
// in nested loops take turns, so that each value of each loop is still run.
func Turns(every int) func() bool {
	every, turn := Of(every, 1), 0
	return func() bool { turn++; return turn%every == 0 }
}
