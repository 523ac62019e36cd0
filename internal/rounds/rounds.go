// Package rounds determines how often tests repeat slow cases.
package rounds

import "os"

// Of returns usual, or all if the environment has UPLOAD_TEST_LONG=1, which continuous integration
// sets.
func Of(usual, all int) int {
	if os.Getenv("UPLOAD_TEST_LONG") == "1" {
		return all
	}
	return usual
}

// Turns returns a function that reports whether to run the next case of a test: one of every, or
// each if the environment has UPLOAD_TEST_LONG=1. In nested loops cases take turns, so that each
// value of each loop is still run.
func Turns(every int) func() bool {
	every, turn := Of(every, 1), 0
	return func() bool { turn++; return turn%every == 0 }
}
