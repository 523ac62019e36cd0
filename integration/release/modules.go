package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// root is the path of the module in the repository's top folder.
const root = "github.com/airlock-go/upload"

// published are the folders of the modules that a release publishes, each after those that it
// requires. The unpublished ones run only from a checkout.
var (
	published   = []string{".", "redislimit", "otelupload", "s3open", "cmd/upload-bucket"}
	unpublished = []string{"examples", "integration", "bench"}
)

// pathOf returns the path of the module in a folder of the repository.
func pathOf(folder string) string { return path.Join(root, folder) }

// tags returns the tags of the published modules, as the go command looks for them.
func tags(version string) []string {
	var all []string
	for _, folder := range published {
		all = append(all, path.Join(folder, version))
	}
	return all
}

// checkVersion refuses malformed versions and those of major versions after 1.
func checkVersion(version string) error {
	if err := module.Check(root, version); err != nil {
		return fmt.Errorf("the version %q: %w", version, err)
	}
	if semver.Canonical(version) != version {
		return fmt.Errorf("the version %q is not like v1.2.3 or v1.2.3-rc.1", version)
	}
	return nil
}

// pin sets the version in which a module requires others of this repository. If the module is
// published, it loses its replace lines for them, and its go.sum gets their sums.
func pin(dir, version string, published bool, sums []sum) error {
	name := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	mod, err := modfile.Parse(name, text, nil)
	if err != nil {
		return err
	}
	needed, err := requireIn(mod, version, published, sums)
	if err != nil {
		return err
	}
	if published {
		if err := dropReplace(mod); err != nil {
			return err
		}
	}
	mod.Cleanup()
	if text, err = mod.Format(); err != nil {
		return err
	}
	if err := os.WriteFile(name, text, 0o644); err != nil { //nolint:gosec // as git has it
		return err
	}
	if !published {
		return nil
	}
	return addSums(filepath.Join(dir, "go.sum"), needed)
}

// requireIn puts the version where mod requires other modules of this repository, and returns their
// sums.
func requireIn(mod *modfile.File, version string, published bool, sums []sum) (needed []sum, err error) {
	for _, r := range slices.Clone(mod.Require) {
		if !ours(r.Mod.Path) {
			continue
		}
		i := slices.IndexFunc(sums, func(s sum) bool { return s.path == r.Mod.Path })
		if published && i < 0 {
			return nil, fmt.Errorf("%s requires %s, which is not published before it", mod.Module.Mod.Path, r.Mod.Path)
		}
		if i >= 0 {
			needed = append(needed, sums[i])
		}
		if err := mod.AddRequire(r.Mod.Path, version); err != nil {
			return nil, err
		}
	}
	return needed, nil
}

func ours(modulePath string) bool {
	return modulePath == root || strings.HasPrefix(modulePath, root+"/")
}

func dropReplace(mod *modfile.File) error {
	for _, r := range slices.Clone(mod.Replace) {
		if !ours(r.Old.Path) {
			return errors.New(mod.Syntax.Name + " replaces a module outside this repository, which a published module must not")
		}
		if err := mod.DropReplace(r.Old.Path, r.Old.Version); err != nil {
			return err
		}
	}
	return nil
}

// addSums adds lines to a go.sum, in the order of the go command.
func addSums(name string, sums []sum) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	lines := slices.Collect(strings.Lines(string(text)))
	for _, s := range sums {
		at := slices.IndexFunc(lines, func(line string) bool {
			other, _, _ := strings.Cut(line, " ")
			return other > s.path
		})
		if at < 0 {
			at = len(lines)
		}
		lines = slices.Insert(lines, at, s.lines()...)
	}
	return os.WriteFile(name, []byte(strings.Join(lines, "")), 0o644) //nolint:gosec // as git has it
}
