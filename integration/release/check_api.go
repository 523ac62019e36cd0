package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// apidiff is the program that compares two versions of a module. It is built apart from this
// module, whose version of Go is older.
const apidiff = "golang.org/x/exp/cmd/apidiff@v0.0.0-20261113113407-e3970619a1a4"

// libraries are the published modules that programs import.
var libraries = published[:len(published)-1]

// api compares the libraries with those of the last version. It needs the module proxy only to
// build apidiff, and for modules of others that the go command does not have yet.
func (h *history) api(repo, version string) []finding {
	if h.highest == "" {
		return []finding{{"api", unchecked, "no version is tagged yet, so there is nothing to compare with"}}
	}
	folder, err := os.MkdirTemp("", "release-check")
	if err != nil {
		return []finding{{"api", faulty, err.Error()}}
	}
	defer func() { _ = os.RemoveAll(folder) }()
	c := &comparison{program: filepath.Join(folder, "apidiff"), before: filepath.Join(folder, "before"), now: repo}
	if err := c.prepare(h.highest); err != nil {
		return []finding{{"api", faulty, "it cannot be compared: " + err.Error()}}
	}
	var all []finding
	for _, module := range libraries {
		all = append(all, c.module(module, h.highest, version))
	}
	return all
}

// comparison compares two checkouts.
type comparison struct {
	program     string
	before, now string // folders
}

// prepare builds the program and checks the last version out, in which published modules have no
// replace lines. It adds such lines.
func (c *comparison) prepare(last string) error {
	install := exec.Command("go", "install", apidiff)
	install.Env = append(os.Environ(), "GOBIN="+filepath.Dir(c.program), "GOFLAGS=-mod=mod")
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("apidiff cannot be built: %w: %s", err, out)
	}
	if _, err := git(c.now, "clone", "--quiet", "--shared", "--no-checkout", c.now, c.before); err != nil {
		return err
	}
	if _, err := git(c.before, "checkout", "--quiet", last); err != nil {
		return err
	}
	for _, folder := range libraries {
		if err := replaceNeighbours(c.before, folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// replaceNeighbours adds replace lines to the go.mod of a folder. By them the go command takes from
// repo the modules of this repository that the folder requires.
func replaceNeighbours(repo, folder string) error {
	mod, err := readMod(repo, folder)
	if err != nil {
		return err
	}
	for _, r := range mod.Require {
		if !ours(r.Mod.Path) {
			continue
		}
		to := filepath.Join(repo, strings.TrimPrefix(strings.TrimPrefix(r.Mod.Path, root), "/"))
		if err := mod.AddReplace(r.Mod.Path, "", to, ""); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(repo, folder, "go.mod"), modfile.Format(mod.Syntax), 0o644) //nolint:gosec // as git has it
}

// module compares one module. It reports a fault if the version is too low for the changes.
func (c *comparison) module(folder, last, version string) finding {
	check := "api " + folder
	if _, err := os.Stat(filepath.Join(c.before, folder, "go.mod")); err != nil {
		return finding{check, sound, "it is new"}
	}
	data := filepath.Join(filepath.Dir(c.program), "data")
	if _, err := c.run(filepath.Join(c.before, folder), "-w", data, pathOf(folder)); err != nil {
		return finding{check, faulty, err.Error()}
	}
	changes, err := c.run(filepath.Join(c.now, folder), data, pathOf(folder))
	if err != nil {
		return finding{check, faulty, err.Error()}
	}
	text := strings.TrimSpace(changes)
	needed := next(last, strings.Contains(changes, "Incompatible changes:"), text != "")
	switch {
	case text == "":
		return finding{check, sound, "it is that of " + last}
	case version != "" && semver.Compare(version, needed) < 0:
		return finding{check, faulty, fmt.Sprintf("%s is too low: since %s the changes need %s\n%s", version, last, needed, text)}
	}
	return finding{check, sound, fmt.Sprintf("since %s the changes need %s\n%s", last, needed, text)}
}

func (c *comparison) run(dir string, args ...string) (string, error) {
	cmd := exec.Command(c.program, append([]string{"-m"}, args...)...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("apidiff: %w: %s", err, stderr.String())
	}
	return string(out), nil
}

// next returns the lowest version that may follow last with such changes. Before v1.0.0 a minor
// version may change the API. After a pre-release any later version may, so next returns last.
func next(last string, incompatible, changed bool) string {
	if semver.Prerelease(last) != "" {
		return last
	}
	var major, minor, patch int
	_, _ = fmt.Sscanf(last, "v%d.%d.%d", &major, &minor, &patch)
	switch {
	case incompatible && major > 0:
		return fmt.Sprintf("v%d.0.0", major+1)
	case changed:
		return fmt.Sprintf("v%d.%d.0", major, minor+1)
	}
	return fmt.Sprintf("v%d.%d.%d", major, minor, patch+1)
}
