package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// These are the servers that other code names: this library over two stores, and the two servers
// that tables compare with.
const (
	ours     = "this library"
	inMemory = "this library, memstore"
	baseline = "MultipartReader + manager"
	lowest   = "floor (nothing checked)"
)

var allKinds = []string{ours, baseline, "MultipartReader + transfermanager", "ParseMultipartForm + manager", lowest}

// bench is one run of all cases.
type bench struct {
	repeats int
	scale   int64 // sizes and numbers are divided by it
	every   int   // rows of tables by type that are measured: all, or one of so many
	only    string
	row     string // rows of tables by type whose file contains it
	out     *document
}

// runCases measures, and writes the document or, with -only, prints it.
func runCases(args []string) error {
	flags := flag.NewFlagSet("run", flag.ExitOnError)
	quick := flags.Bool("quick", false, "smaller and once, to see that it works")
	repeats := flags.Int("repeats", 5, "measurements of each server, at most, in a case that repeats them")
	only := flags.String("only", "", "cases whose name contains this; of tables by type, \"by type/PDF\" has the rows whose file contains PDF")
	out := flags.String("o", filepath.Join("..", "docs", "benchmarks.md"), "the document")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b := &bench{repeats: *repeats, scale: 1, every: 1, out: newDocument()}
	b.only, b.row, _ = strings.Cut(*only, "/")
	if *quick {
		b.repeats, b.scale, b.every = 1, 16, 4
	}
	for _, c := range []struct {
		name string
		run  func() error
	}{
		{"large over https", func() error { return b.large(true) }},
		{"large over http", func() error { return b.large(false) }},
		{"large by type", b.largeByType},
		{"small over https", func() error { return b.small(true) }},
		{"small over http", func() error { return b.small(false) }},
		{"many at once", b.many},
		{"refused early", b.refused},
		{"looking", b.looking},
		{"by type", b.byType},
		{"by size", b.bySize},
		{"by concurrency", b.byConcurrency},
		{"confirm", b.confirm},
		{"resumable", b.resumable},
		{"soak", func() error { return b.soak(int(50_000 / b.scale)) }},
	} {
		if !strings.Contains(c.name, b.only) {
			continue
		}
		fmt.Fprintln(os.Stderr, "==", c.name)
		if err := c.run(); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	if *only != "" {
		fmt.Print(b.out)
		return nil
	}
	text := b.out.String()
	if old, err := os.ReadFile(*out); err == nil { // keep what make soak wrote
		if _, soak, found := strings.Cut(string(old), marker); found {
			text += "\n" + marker + soak
		}
	}
	return os.WriteFile(*out, []byte(text), 0o644) //nolint:gosec // a document
}

// marker precedes the part of the document that make soak replaces.
const marker = "<!-- soak -->"

// setup is a server under test with its S3.
type setup struct {
	s3, server *process
}

func newSetup(kind string, tls bool, flags ...string) (s *setup, err error) {
	s = &setup{}
	args := []string{"s3"}
	if tls {
		args = append(args, "-tls")
	}
	if s.s3, err = start(args...); err != nil {
		return nil, err
	}
	s.server, err = start(append([]string{"serve", "-kind", kind, "-s3", s.s3.url}, flags...)...)
	if err != nil {
		s.s3.stop()
		return nil, err
	}
	return s, nil
}

func (s *setup) stop() {
	s.server.stop()
	s.s3.stop()
}

// sample is one measurement.
type sample struct {
	result
	cpu      time.Duration
	rss      int64
	received int64
}

// measure sends a load and returns what it cost the server.
func (s *setup) measure(flags ...string) (m sample, err error) {
	if err := s.server.resetPeak(); err != nil {
		return m, err
	}
	before, err := s.server.report("?gc")
	if err != nil {
		return m, err
	}
	cmd := exec.Command(os.Args[0], append([]string{"load", "-url", s.server.url}, flags...)...) //nolint:gosec // this program itself
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(out, &m.result); err != nil {
		return m, err
	}
	after, err := s.server.report("")
	if err != nil {
		return m, err
	}
	m.cpu, m.received = after.CPU-before.CPU, after.Received-before.Received
	m.rss, err = s.server.peakRSS()
	return m, err
}

// accepted requires that every upload is stored and nothing left open.
func (s *setup) accepted(m sample, n int) error {
	r, err := s.s3.report("")
	if err == nil && (m.Statuses["201"] != n || r.Open != 0) {
		err = fmt.Errorf("of %d uploads: %v, %d left open", n, m.Statuses, r.Open)
	}
	return err
}

// compare measures all kinds in turn, again and again, so that disturbances of the machine affect
// them equally.
func (b *bench) compare(kinds []string, tls bool, n int, load ...string) (map[string][]sample, error) {
	setups := map[string]*setup{}
	defer func() {
		for _, s := range setups {
			s.stop()
		}
	}()
	for _, kind := range kinds {
		s, err := newSetup(kind, tls)
		if err != nil {
			return nil, err
		}
		setups[kind] = s
	}
	samples := map[string][]sample{}
	for round := range b.repeats + 1 { // the first one warms up; with one repeat it counts, too
		for _, kind := range kinds {
			m, err := setups[kind].measure(load...)
			if err == nil {
				err = setups[kind].accepted(m, n)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
			if round > 0 || b.repeats == 1 {
				samples[kind] = append(samples[kind], m)
			}
		}
	}
	return samples, nil
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}
