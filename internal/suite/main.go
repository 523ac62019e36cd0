// Command suite runs the tests of several modules with go test, and prints what go test prints. At
// its end it lists the slowest tests, how long each module took, and what was skipped for which
// reason. It fails if a test fails, or if a module does not build.
//
//	go run ./internal/suite [-with flags] [-first packages] [-at-once n] folder...
//
// Each argument is the folder of a module. The modules begin in this order. The packages of a module
// that -first names begin before its others: those that take longest should not run alone at the
// end.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	with := flag.String("with", "", "further flags of go test")
	first := flag.String("first", "", "folders of packages that begin before the others of their module")
	atOnce := flag.Int("at-once", 1, "run so many modules at the same time")
	flag.Parse()
	all := newSummary(os.Stdout)
	args := []string{"test", "-json", "-vet=off", "-shuffle=on", "-timeout=20m"} // make lint vets
	args = append(args, strings.Fields(*with)...)
	folders := make(chan string)
	var busy sync.WaitGroup
	for range max(*atOnce, 1) {
		busy.Go(func() {
			for folder := range folders {
				began := time.Now()
				err := test(folder, append(args[:len(args):len(args)], packages(folder, *first)...), all)
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
	if !slices.Contains(args, "-race") {
		fmt.Println("no test had the race detector, which needs a C compiler: apt-get install gcc libc6-dev")
	}
	if len(all.failed) > 0 {
		os.Exit(1)
	}
}

// packages returns the arguments of go test for all packages of a module, those named by first at
// the beginning.
func packages(folder, first string) (all []string) {
	for name := range strings.FieldsSeq(first) {
		if tests, _ := filepath.Glob(filepath.Join(folder, name, "*_test.go")); len(tests) > 0 {
			all = append(all, "./"+name)
		}
	}
	return append(all, "./...")
}

// settings are variables of the environment that tests get if they are not set. The race detector
// makes garbage collection slow, and tests hold little memory. A process with the race detector also
// sleeps for a second at its end.
var settings = []string{"GOGC=400", "GORACE=atexit_sleep_ms=0"}

// test runs the tests of one module.
func test(folder string, args []string, all *summary) error {
	cmd := exec.Command("go", args...) //nolint:gosec // the arguments are main's
	cmd.Dir, cmd.Stderr, cmd.Env = folder, os.Stderr, append(settings[:len(settings):len(settings)], os.Environ()...)
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
