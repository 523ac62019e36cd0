package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// history is what a clone says of earlier versions.
type history struct {
	all     []string // tags
	last    string   // the highest version of the root, "" if there is none
	shallow bool     // tags may be missing
}

func readHistory(repo string) (*history, error) {
	listed, err := git(repo, "tag", "--list")
	if err != nil {
		return nil, err
	}
	shallow, err := git(repo, "rev-parse", "--is-shallow-repository")
	if err != nil {
		return nil, err
	}
	return historyOf(strings.Fields(listed), shallow == "true"), nil
}

func historyOf(tags []string, shallow bool) *history {
	h := &history{all: tags, shallow: shallow}
	for _, tag := range tags {
		if check(tag) == nil && semver.Compare(tag, h.last) > 0 {
			h.last = tag
		}
	}
	return h
}

// tags checks that the clone has all tags, and that version has none and comes after the last one.
// It names the modules that the last version lacks, which is not a fault.
func (h *history) tags(version string) finding {
	var faults []string
	if h.shallow {
		faults = append(faults, "the clone is shallow and may lack tags: git fetch --unshallow --tags")
	}
	for _, tag := range tags(version) {
		if version != "" && slices.Contains(h.all, tag) {
			faults = append(faults, "there is a tag "+tag)
		}
	}
	if h.last == "" {
		return result("tags", faults, "there is no version yet")
	}
	if version != "" && semver.Compare(version, h.last) <= 0 {
		faults = append(faults, fmt.Sprintf("%s does not come after %s", version, h.last))
	}
	var lacks []string
	for _, tag := range tags(h.last) {
		if !slices.Contains(h.all, tag) {
			lacks = append(lacks, path.Dir(tag))
		}
	}
	otherwise := "the last version is " + h.last
	if len(lacks) > 0 {
		otherwise += ", which did not have " + strings.Join(lacks, ", ")
	}
	return result("tags", faults, otherwise)
}

// heading is the title of a version in CHANGELOG.md.
func heading(version string) string {
	if version == "" {
		return "Unreleased"
	}
	return strings.TrimPrefix(version, "v")
}

var entry = regexp.MustCompile(`(?m)^- \S`)

// checkChangelog returns the faults of CHANGELOG.md: a version has entries, and then there are none
// that wait for another one.
func checkChangelog(repo, version string) []string {
	text, err := os.ReadFile(filepath.Join(repo, "CHANGELOG.md"))
	if err != nil {
		return []string{err.Error()}
	}
	waiting, _ := section(string(text), heading(""))
	of, found := section(string(text), heading(version))
	switch {
	case !found:
		return []string{fmt.Sprintf("CHANGELOG.md has no heading \"## %s\"", heading(version))}
	case version != "" && !entry.MatchString(of):
		return []string{fmt.Sprintf("CHANGELOG.md has no entry under %q", heading(version))}
	case version != "" && entry.MatchString(waiting):
		return []string{fmt.Sprintf("CHANGELOG.md has entries under %q: move them to %q", heading(""), heading(version))}
	}
	return nil
}

// section returns what stands under a heading, which may go on with a date.
func section(page, title string) (text string, found bool) {
	for part := range strings.SplitSeq("\n"+page, "\n## ") {
		if first, rest, _ := strings.Cut(part, "\n"); first == title || strings.HasPrefix(first, title+" ") {
			return rest, true
		}
	}
	return "", false
}
