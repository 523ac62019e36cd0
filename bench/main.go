// Command bench compares this library with common ways to write an upload server: the same uploads
// through servers of one skeleton, in most cases into an S3 that discards them. Then server, S3 and
// load generator are processes of their own. So a server's CPU time is its own, as the operating
// system counts it.
//
//	go run . run                        all cases; writes docs/benchmarks.md
//	go run . run -quick -o /tmp/a.md    smaller cases, to see that it works
//	go run . run -only "by type/PDF"    cases by their name, and in tables by type some rows
//	go run . soak                       50,000 uploads, and what they leave in the process
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: bench run|soak [flags]")
		os.Exit(2)
	}
	commands := map[string]func([]string) error{
		"run":   runCases,
		"soak":  runSoak,
		"serve": serve,
		"s3":    serveS3,
		"load":  load,
	}
	command, ok := commands[os.Args[1]]
	if !ok {
		fmt.Fprintf(os.Stderr, "bench: no command %q\n", os.Args[1])
		os.Exit(2)
	}
	if err := command(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
