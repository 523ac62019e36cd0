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

// history is what the tags of a clone say.
type history struct {
	tagged  []string // all tags, of every module
	highest string   // version of the root, "" without one
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
	h := &history{tagged: tags, shallow: shallow}
	for _, tag := range tags {
		if checkVersion(tag) == nil && semver.Compare(tag, h.highest) > 0 {
			h.highest = tag
		}
	}
	return h
}

// checkTags refuses a shallow clone, which may lack tags, and a version that is tagged or does not
// come after the highest one. It does not notice that a full clone was made without tags. Without
// a fault it names the modules that lack a tag of the highest version.
func (h *history) checkTags(version string) finding {
	var faults []string
	if h.shallow {
		faults = append(faults, "the clone is shallow and may lack tags: git fetch --unshallow --tags")
	}
	for _, tag := range tags(version) {
		if version != "" && slices.Contains(h.tagged, tag) {
			faults = append(faults, "the tag "+tag+" exists already")
		}
	}
	if h.highest == "" {
		return result("tags", faults, "no version is tagged yet")
	}
	if version != "" && semver.Compare(version, h.highest) <= 0 {
		faults = append(faults, fmt.Sprintf("%s does not come after %s", version, h.highest))
	}
	var lacks []string
	for _, tag := range tags(h.highest) {
		if !slices.Contains(h.tagged, tag) {
			lacks = append(lacks, path.Dir(tag))
		}
	}
	otherwise := "the last version is " + h.highest
	if len(lacks) > 0 {
		otherwise += "; without a tag of it: " + strings.Join(lacks, ", ")
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

// checkChangelog returns the faults of CHANGELOG.md. A version needs a heading with entries, and
// Unreleased must then have no entries. Without a version, the heading Unreleased must be there.
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

// section returns the text under a heading. After the title the heading may have a space and more,
// such as a date.
func section(page, title string) (text string, found bool) {
	for part := range strings.SplitSeq("\n"+page, "\n## ") {
		if first, rest, _ := strings.Cut(part, "\n"); first == title || strings.HasPrefix(first, title+" ") {
			return rest, true
		}
	}
	return "", false
}
