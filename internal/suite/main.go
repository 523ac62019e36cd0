// Command suite runs the tests of several modules with go test, and prints what go test prints. At
// its end it lists the slowest tests, how long each module took, and what was skipped for which
// reason. It fails if a test fails.
//
//	go run ./internal/suite [-race] [-alone packages] [-first packages] [-at-once n] folder...
//
// Each argument is the folder of a module. They begin in this order. A module begins with its
// packages named by -first: those that take longest, so that they do not run alone at the end.
//
// With -race tests have the race detector, except those of packages named by -alone: one goroutine,
// which compares what other programs say. They run before the others of their module.
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
	race := flag.Bool("race", false, "run tests with the race detector")
	alone := flag.String("alone", "", "folders of packages whose tests are one goroutine")
	first := flag.String("first", "", "folders of packages that begin before the others of their module")
	atOnce := flag.Int("at-once", 1, "run so many modules at the same time")
	flag.Parse()
	all := newSummary(os.Stdout)
	folders := make(chan string)
	var busy sync.WaitGroup
	for range max(*atOnce, 1) {
		busy.Go(func() {
			for folder := range folders {
				began := time.Now()
				err := tests(folder, *race, *alone, *first, all)
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

// tests runs all tests of a module.
func tests(folder string, race bool, alone, first string, all *summary) error {
	args := []string{"test", "-json", "-vet=off", "-shuffle=on", "-timeout=20m"} // make lint vets
	single, others := tested(folder, alone), append(tested(folder, first), "./...")
	if !race || len(single) == 0 {
		if race {
			args = append(args, "-race")
		}
		return test(folder, append(args, others...), all)
	}
	others, err := without(folder, others, single)
	if err != nil {
		return err
	}
	return errors.Join(test(folder, append(args[:len(args):len(args)], single...), all), test(folder, append(append(args, "-race"), others...), all))
}

// tested returns those of the named packages that the module has, with tests.
func tested(folder, names string) (all []string) {
	for name := range strings.FieldsSeq(names) {
		if tests, _ := filepath.Glob(filepath.Join(folder, name, "*_test.go")); len(tests) > 0 {
			all = append(all, "./"+name)
		}
	}
	return all
}

// without returns the import paths of the patterns' packages, except some.
func without(folder string, patterns, except []string) ([]string, error) {
	all, err := list(folder, patterns)
	if err != nil {
		return nil, err
	}
	gone, err := list(folder, except)
	return slices.DeleteFunc(all, func(path string) bool { return slices.Contains(gone, path) }), err
}

func list(folder string, patterns []string) ([]string, error) {
	cmd := exec.Command("go", append([]string{"list"}, patterns...)...) //nolint:gosec // the patterns are main's
	cmd.Dir, cmd.Stderr = folder, os.Stderr
	out, err := cmd.Output()
	return strings.Fields(string(out)), err
}

// garbage is GOGC of tests, unless the environment has another. The race detector makes the
// collector slow, and tests hold little.
const garbage = "GOGC=400"

// test runs go test in a module.
func test(folder string, args []string, all *summary) error {
	cmd := exec.Command("go", args...) //nolint:gosec // the arguments are main's
	cmd.Dir, cmd.Stderr, cmd.Env = folder, os.Stderr, append([]string{garbage}, os.Environ()...)
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
