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
