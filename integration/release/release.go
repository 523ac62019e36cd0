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
)

// release has the folders in which a version is made.
type release struct {
	tree  string // a clone, whose files become those of the tagged commit
	proxy string // a folder for GOPROXY
}

// clean returns an error if the repository has changes that are not committed.
func clean(repo string) error {
	changes, err := git(repo, "status", "--porcelain")
	if err == nil && changes != "" {
		err = errors.New("there are changes that are not committed:\n" + changes)
	}
	return err
}

// checkout clones the repository into folder/tree, with the files that the working tree has,
// except those that git ignores.
func checkout(repo, folder string) (*release, error) {
	r := &release{tree: filepath.Join(folder, "tree"), proxy: filepath.Join(folder, "proxy")}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil { //nolint:gosec // for everybody to read
		return nil, err
	}
	if err := os.Mkdir(folder, 0o755); err != nil { //nolint:gosec // likewise
		return nil, err
	}
	if _, err := git(folder, "clone", "--quiet", "--no-checkout", repo, r.tree); err != nil {
		return nil, err
	}
	names, err := git(repo, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(strings.Trim(names, "\x00"), "\x00") {
		if err := copyFile(repo, r.tree, name); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// copyFile copies a file unless it was removed from the working tree.
func copyFile(from, to, name string) error {
	source := filepath.Join(from, name)
	info, err := os.Lstat(source)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file, and module zips have nothing else", name)
	}
	text, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	target := filepath.Join(to, name)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil { //nolint:gosec // as git has it
		return err
	}
	return os.WriteFile(target, text, info.Mode().Perm())
}

// publish writes the version into docs/openapi.yaml and the go.mod files, makes the published
// modules independent of the checkout, fills the proxy, commits and tags.
func (r *release) publish(version string) error {
	if err := r.document(version); err != nil {
		return err
	}
	var sums []sum
	for _, folder := range published {
		dir := filepath.Join(r.tree, folder)
		if err := pin(dir, version, true, sums); err != nil {
			return err
		}
		if err := r.license(dir); err != nil {
			return err
		}
		s, err := r.zip(folder, version)
		if err != nil {
			return err
		}
		sums = append(sums, s)
	}
	for _, folder := range unpublished {
		if err := pin(filepath.Join(r.tree, folder), version, false, sums); err != nil {
			return err
		}
	}
	return r.commit(version)
}

// document writes the version into docs/openapi.yaml.
func (r *release) document(version string) error {
	name := filepath.Join(r.tree, "docs", "openapi.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before := []byte("\n  version: unreleased\n")
	if bytes.Count(text, before) != 1 {
		return errors.New("docs/openapi.yaml has not exactly one line \"version: unreleased\"")
	}
	text = bytes.Replace(text, before, []byte("\n  version: "+strings.TrimPrefix(version, "v")+"\n"), 1)
	return os.WriteFile(name, text, 0o644) //nolint:gosec // as git has it
}

// license puts the licence of the repository into a module.
func (r *release) license(dir string) error {
	text, err := os.ReadFile(filepath.Join(r.tree, "LICENSE"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "LICENSE"), text, 0o644) //nolint:gosec // as git has it
}

func (r *release) commit(version string) error {
	for _, args := range [][]string{{"add", "--all"}, {"commit", "--quiet", "--message", "release: " + version}} {
		if _, err := git(r.tree, args...); err != nil {
			return err
		}
	}
	for _, tag := range tags(version) {
		if _, err := git(r.tree, "tag", tag); err != nil {
			return err
		}
	}
	return nil
}

// git runs a git command in a folder and returns what it prints.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
