package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// sum has the checksums of a version of a module, as go.sum has them.
type sum struct {
	path, version string
	zip, mod      string
}

func (s sum) lines() []string {
	head := s.path + " " + s.version
	return []string{head + " " + s.zip + "\n", head + "/go.mod " + s.mod + "\n"}
}

// zip puts the module in a folder of the tree into the proxy, as the files list, .info, .mod and
// .zip of the GOPROXY protocol.
func (r *release) zip(folder, version string) (sum, error) {
	m := module.Version{Path: pathOf(folder), Version: version}
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return sum{}, err
	}
	at := filepath.Join(r.proxy, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(at, 0o755); err != nil { //nolint:gosec // for everybody to read
		return sum{}, err
	}
	dir := filepath.Join(r.tree, folder)
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return sum{}, err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{version, time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return sum{}, err
	}
	for name, text := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": mod} {
		if err := os.WriteFile(filepath.Join(at, name), text, 0o644); err != nil { //nolint:gosec // for everybody to read
			return sum{}, err
		}
	}
	file := filepath.Join(at, version+".zip")
	if err := writeZip(file, m, dir); err != nil {
		return sum{}, err
	}
	return sumOf(m, file, mod)
}

func writeZip(name string, m module.Version, dir string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(zip.CreateFromDir(file, m, dir), file.Close())
}

func sumOf(m module.Version, file string, mod []byte) (sum, error) {
	zipped, err := dirhash.HashZip(file, dirhash.Hash1)
	if err != nil {
		return sum{}, err
	}
	ofMod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(mod)), nil
	})
	return sum{m.Path, m.Version, zipped, ofMod}, err
}
