// Package rounds determines how often tests repeat slow cases.
package rounds

import "os"

// Of returns usual, or all if the environment has UPLOAD_TEST_LONG=1, which CI sets on Linux.
func Of(usual, all int) int {
	if os.Getenv("UPLOAD_TEST_LONG") == "1" {
		return all
	}
	return usual
}

// Spread is set by a TestMain whose store takes long for large files. Then the suites of package
// storetest run some of many such cases, unless the environment has UPLOAD_TEST_LONG=1. Users of
// the suites always run all.
var Spread bool

// SpreadTurns is Turns for the suites: each case has a turn, unless Spread is set.
func SpreadTurns(n int) func() bool {
	if !Spread {
		n = 1
	}
	return Turns(n)
}

// Turns returns a function that reports whether to run the next case of a test: one of n, or each
// if the environment has UPLOAD_TEST_LONG=1. In nested loops, each value of the outer loop has a
// turn if the inner loop has at least n values. Each value of the inner loop has a turn within n
// rounds of the outer loop if n and the number of inner values have no common divisor above 1.
// Otherwise the inner values belong in a map, whose order changes with each loop.
func Turns(n int) func() bool {
	n, turn := Of(n, 1), 0
	return func() bool { turn++; return turn%n == 0 }
}
