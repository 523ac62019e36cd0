// Command suite runs the tests of several modules with go test, and prints what
// go test prints. At its end it says which tests took longest, how long each
// module took, and what was skipped for which reason. It fails if a test fails.
//
//	go run ./internal/suite [-race] [-at-once n] folder...
//
// Each argument is the folder of a module. They begin in this order.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"
)

func main() {
	race := flag.Bool("race", false, "turn the race detector on")
	atOnce := flag.Int("at-once", 1, "run so many modules at the same time")
	flag.Parse()
	all := newSummary(os.Stdout)
	args := []string{"test", "-json", "-vet=off", "-shuffle=on", "-timeout=20m"} // make lint vets
	if *race {
		args = append(args, "-race")
	}
	folders := make(chan string)
	var busy sync.WaitGroup
	for range max(*atOnce, 1) {
		busy.Go(func() {
			for folder := range folders {
				began := time.Now()
				err := test(folder, args, all)
				all.module(folder, time.Since(began), err)
			}
		})
	}
	for _, folder := range flag.Args() {
		folders <- folder
	}
	close(folders)
	busy.Wait()
	all.print()
	if !*race {
		fmt.Println("no test had the race detector, which needs a C compiler: apt-get install gcc libc6-dev")
	}
	if len(all.failed) > 0 {
		os.Exit(1)
	}
}

// test runs the tests of one module.
func test(folder string, args []string, all *summary) error {
	cmd := exec.Command("go", append(args[:len(args):len(args)], "./...")...) //nolint:gosec // the arguments are main's
	cmd.Dir, cmd.Stderr = folder, os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r := reader{all: all}
	reading := r.read(events)
	if reading != nil {
		_ = cmd.Process.Kill()
	}
	return errors.Join(reading, cmd.Wait())
}
