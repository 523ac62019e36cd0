package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// event is a line of go test -json; go doc test2json describes it.
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64 // seconds
	Output  string
}

// slowest is how many of the slowest tests are listed.
const slowest = 10

// summary writes the output of tests, and collects what print reports at the end. Several modules
// may use it at once.
type summary struct {
	mu      sync.Mutex
	out     io.Writer
	began   time.Time
	skipped map[string]int // number of tests, by reason
	slow    []event
	modules []string
	failed  []string
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, began: time.Now(), skipped: map[string]int{}}
}

func (s *summary) write(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = io.WriteString(s.out, text)
}

// count records a test that has ended.
func (s *summary) count(e event, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Action == "skip" {
		s.skipped[reason]++
	}
	if strings.Contains(e.Test, "/") { // its parent's time includes it
		return
	}
	s.slow = append(s.slow, e)
	slices.SortStableFunc(s.slow, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	s.slow = s.slow[:min(len(s.slow), slowest)]
}

// module records a module that has ended, with err if it did not build or a test failed.
func (s *summary) module(folder string, took time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := fmt.Sprintf("%6.1f s  %s", took.Seconds(), folder)
	if err != nil {
		line += fmt.Sprintf(": %v", err)
		s.failed = append(s.failed, folder)
	}
	s.modules = append(s.modules, line)
}

func (s *summary) print() {
	s.section("the slowest tests")
	for _, e := range s.slow {
		_, _ = fmt.Fprintf(s.out, "%6.1f s  %s %s\n", e.Elapsed, e.Package, e.Test)
	}
	s.section("modules")
	for _, line := range s.modules {
		_, _ = fmt.Fprintln(s.out, line)
	}
	s.section("skipped")
	for _, reason := range slices.Sorted(maps.Keys(s.skipped)) {
		_, _ = fmt.Fprintf(s.out, "skipped: %d tests: %s\n", s.skipped[reason], reason)
	}
	verdict := "passed"
	if len(s.failed) > 0 {
		verdict = "FAILED in " + strings.Join(s.failed, ", ")
	}
	s.section(fmt.Sprintf("%s in %.0f s", verdict, time.Since(s.began).Seconds()))
}

func (s *summary) section(title string) { _, _ = fmt.Fprintln(s.out, "\n== "+title) }
