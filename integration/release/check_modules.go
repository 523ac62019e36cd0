package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// placeholder is the version by which modules of a checkout require each other.
const placeholder = "v0.0.0-00010101000000-000000000000"

// checkModules returns the faults of the go.mod files. Only folders that modules.go lists may have
// one. The path of each module must be that of its folder. A module must require others of this
// repository by the placeholder, with a replace line. Published modules must be for the root's
// version of Go.
func checkModules(repo string) (faults []string) {
	all := slices.Concat(published, unpublished)
	found, err := git(repo, "ls-files", "--cached", "--others", "--exclude-standard", "go.mod", "*/go.mod")
	if err != nil {
		return []string{err.Error()}
	}
	for name := range strings.FieldsSeq(found) {
		if folder := path.Dir(name); !slices.Contains(all, folder) {
			faults = append(faults, folder+" has a go.mod, and modules.go does not list it")
		}
	}
	language := map[string]string{}
	for _, folder := range all {
		mod, err := readMod(repo, folder)
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		if mod.Module.Mod.Path != pathOf(folder) {
			faults = append(faults, fmt.Sprintf("%s has the path %s", folder, mod.Module.Mod.Path))
		}
		faults = append(faults, neighbours(folder, mod)...)
		if mod.Go != nil {
			language[folder] = mod.Go.Version
		}
	}
	for _, folder := range published {
		if language[folder] != language["."] {
			faults = append(faults, fmt.Sprintf("%s is for Go %s, the root for Go %s", folder, language[folder], language["."]))
		}
	}
	return faults
}

func readMod(repo, folder string) (*modfile.File, error) {
	name := filepath.Join(repo, folder, "go.mod")
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return modfile.Parse(path.Join(folder, "go.mod"), text, nil)
}

// neighbours returns the faults in what the module of a folder requires and replaces.
func neighbours(folder string, mod *modfile.File) (faults []string) {
	fault := func(format string, args ...any) {
		faults = append(faults, folder+" "+fmt.Sprintf(format, args...))
	}
	replaced := map[string]bool{}
	for _, r := range mod.Replace {
		switch to := path.Join(folder, r.New.Path); {
		case !ours(r.Old.Path):
			fault("replaces %s, a module of others", r.Old.Path)
		case r.Old.Version != "" || r.New.Version != "" || pathOf(to) != r.Old.Path:
			fault("replaces %s by something other than its folder", r.Old.Path)
		}
		replaced[r.Old.Path] = true
	}
	for _, r := range mod.Require {
		if !ours(r.Mod.Path) {
			continue
		}
		if r.Mod.Version != placeholder {
			fault("requires %s %s, and not the placeholder %s", r.Mod.Path, r.Mod.Version, placeholder)
		}
		if !replaced[r.Mod.Path] {
			fault("requires %s without a replace line", r.Mod.Path)
		}
		delete(replaced, r.Mod.Path)
	}
	for name := range replaced {
		if ours(name) {
			fault("replaces %s, which it does not require", name)
		}
	}
	return faults
}
