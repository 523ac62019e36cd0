package main

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
)

// reader reads the events of one module. It keeps the output of a test until the test has passed or
// was skipped, and other output until the package has ended.
type reader struct {
	all      *summary
	packages map[string]*output
}

// output is what the tests of one package have printed.
type output struct {
	names []string           // of tests, in the order of their first lines
	text  map[string]string  // by test; that of "" is the package's own
	parts map[string]float64 // seconds of the direct subtests, by test
}

func (r *reader) read(events io.Reader) error {
	r.packages = map[string]*output{}
	for lines := json.NewDecoder(events); ; {
		var e event
		switch err := lines.Decode(&e); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		r.take(e)
	}
}

func (r *reader) take(e event) {
	printed := r.packages[e.Package]
	if printed == nil {
		printed = &output{text: map[string]string{}, parts: map[string]float64{}}
		r.packages[e.Package] = printed
	}
	ended := e.Action == "pass" || e.Action == "skip" || e.Action == "fail"
	switch {
	case e.Action == "build-output":
		r.all.write(e.Output)
	case e.Action == "output":
		printed.add(e.Test, e.Output)
	case ended && e.Test == "":
		r.all.write(printed.left(e.Action == "fail"))
		delete(r.packages, e.Package)
	case ended:
		if at := strings.LastIndexByte(e.Test, '/'); at >= 0 {
			printed.parts[e.Test[:at]] += e.Elapsed
		}
		// The time of a test does not include that of its parallel subtests.
		e.Elapsed = max(e.Elapsed, printed.parts[e.Test])
		r.all.count(e, reason(printed.text[e.Test]))
		if e.Action != "fail" {
			delete(printed.text, e.Test)
		}
	}
}

func (o *output) add(test, line string) {
	if strings.HasPrefix(line, "=== ") { // the test runs, pauses or continues
		return
	}
	if _, begun := o.text[test]; !begun {
		o.names = append(o.names, test)
	}
	o.text[test] += line
}

// left returns what go test prints of a package that has ended: the closing line, and if it failed,
// also the output of tests that neither passed nor were skipped.
func (o *output) left(failed bool) string {
	closing := o.text[""]
	if !failed {
		return closing[strings.LastIndexByte(strings.TrimSuffix(closing, "\n"), '\n')+1:]
	}
	var all strings.Builder
	for _, test := range o.names {
		if test != "" {
			all.WriteString(o.text[test])
		}
	}
	all.WriteString(closing)
	return all.String()
}

var located = regexp.MustCompile(`(?m)^\s+\S+\.go:\d+: (.*)$`)

// reason returns the last line that a test has logged, without its position.
func reason(output string) string {
	if lines := located.FindAllStringSubmatch(output, -1); len(lines) > 0 {
		return lines[len(lines)-1][1]
	}
	return "no reason was given"
}
