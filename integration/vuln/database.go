package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
)

// database is a database of vulnerabilities.
type database struct {
	url     string // "" for that of govulncheck
	about   string
	probing bool // scans print nothing
}

// choose returns the database that GOVULNDB names, or else that of govulncheck if a scan with it
// does not fail, or else [records] of the module proxy or cache.
func choose(program, module string) (*database, error) {
	if url := os.Getenv("GOVULNDB"); url != "" {
		return &database{url: url, about: url + ", of GOVULNDB"}, nil
	}
	own := &database{about: "that of govulncheck, as it is now", probing: true}
	code, err := own.scan(program, module, "-scan", "module")
	if err != nil {
		return nil, err
	}
	if own.probing = false; code == 0 || code == vulnerable {
		return own, nil
	}
	return records()
}

// vulndb is the module whose folder data/osv has the records of the database.
const vulndb = "golang.org/x/vulndb"

// records returns the newest records of the module proxy or, if they cannot be downloaded, of the
// module cache. No go.mod requires their module: a pinned database would grow old.
func records() (*database, error) {
	dir, version, err := downloaded()
	if err != nil {
		var cached error
		if dir, version, cached = newestCached(); cached != nil {
			return nil, fmt.Errorf("neither the database nor the module %s can be reached: %w", vulndb, errors.Join(err, cached))
		}
	}
	osv := filepath.Join(dir, "data", "osv")
	if found, _ := filepath.Glob(filepath.Join(osv, "GO-*.json")); len(found) == 0 {
		return nil, fmt.Errorf("%s has no records", osv)
	}
	at, err := module.PseudoVersionTime(version)
	if err != nil {
		return nil, err
	}
	days := int(time.Since(at).Hours() / 24)
	about := fmt.Sprintf("the records of %s, %d days old, since govulncheck failed with its own", at.Format(time.DateOnly), days)
	return &database{url: "file://" + filepath.ToSlash(osv), about: about}, nil
}

// downloaded gets the newest version from the module proxy.
func downloaded() (dir, version string, err error) {
	cmd := exec.Command("go", "mod", "download", "-json", vulndb+"@latest")
	cmd.Dir = os.TempDir()
	out, err := cmd.Output()
	var got struct{ Dir, Version, Error string }
	if decoded := json.Unmarshal(out, &got); decoded != nil {
		return "", "", errors.Join(err, decoded)
	}
	if got.Error != "" {
		return "", "", errors.Join(err, errors.New(got.Error))
	}
	if err != nil {
		return "", "", err
	}
	return got.Dir, got.Version, nil
}

// newestCached finds the newest version in the module cache. Pseudo-versions sort by their time.
func newestCached() (dir, version string, err error) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return "", "", err
	}
	prefix := filepath.Join(strings.TrimSpace(string(out)), filepath.FromSlash(vulndb)+"@")
	all, err := filepath.Glob(prefix + "*")
	if err != nil || len(all) == 0 {
		return "", "", errors.Join(err, errors.New("the module cache does not have it"))
	}
	dir = slices.Max(all)
	return dir, strings.TrimPrefix(dir, prefix), nil
}
