package main

import (
	"fmt"
	"io"
	"strings"
)

// finding is the result of one check.
type finding struct {
	check string // the name of the check
	state state
	text  string
}

// state says how a check ended.
type state string

const (
	sound     state = "ok"
	faulty    state = "FAULT"
	unchecked state = "not checked"
)

// inspect runs all checks of a release, or none if it cannot read the tags. An empty version is one
// that is not chosen yet.
func inspect(repo, version string) []finding {
	h, err := readHistory(repo)
	if err != nil {
		return []finding{{"tags", faulty, err.Error()}}
	}
	return append([]finding{
		result("modules", checkModules(repo), "requirements, replace lines and versions of Go are as they should be"),
		result("changelog", checkChangelog(repo, version), "the heading "+heading(version)+" is as it should be"),
		h.checkTags(version),
	}, h.api(repo, version)...)
}

// result makes a finding of the faults of a check.
func result(check string, faults []string, otherwise string) finding {
	if len(faults) > 0 {
		return finding{check, faulty, strings.Join(faults, "\n")}
	}
	return finding{check, sound, otherwise}
}

// report prints the findings, and returns an error if one of them is a fault.
func report(w io.Writer, findings []finding) error {
	faults := 0
	for _, f := range findings {
		_, _ = fmt.Fprintf(w, "%-11s  %-9s  %s\n", f.state, f.check, strings.ReplaceAll(f.text, "\n", "\n                        "))
		if f.state == faulty {
			faults++
		}
	}
	if faults > 0 {
		return fmt.Errorf("%d of %d checks found a fault", faults, len(findings))
	}
	return nil
}
