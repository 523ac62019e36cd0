package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"

	"github.com/airlock-go/upload/integration/internal/program"
)

// repository is the folder of this checkout.
func repository() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// gitAlone makes git independent of the user's configuration.
func gitAlone(t *testing.T) {
	t.Helper()
	program.Find(t, "git")
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "test", "GIT_AUTHOR_EMAIL": "test@example.com",
		"GIT_COMMITTER_NAME": "test", "GIT_COMMITTER_EMAIL": "test@example.com",
	} {
		t.Setenv(name, value)
	}
}

// released makes a release of the working tree as it is. Its version depends on the content, so
// that the module cache never has other content for it.
func released(t *testing.T) (r *release, version string) {
	t.Helper()
	gitAlone(t)
	r, err := checkout(repository(), filepath.Join(t.TempDir(), "release"))
	require.NoError(t, err)
	_, err = git(r.tree, "add", "--all")
	require.NoError(t, err)
	content, err := git(r.tree, "write-tree")
	require.NoError(t, err)
	version = "v0.0.0-test.t" + content[:12]
	require.NoError(t, r.publish(version))
	return r, version
}

// TestModules checks that each module is listed once, as published or as unpublished.
func TestModules(t *testing.T) {
	var folders []string
	repo := repository()
	require.NoError(t, filepath.WalkDir(repo, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != repo && (d.Name()[0] == '.' || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if err == nil && d.Name() == "go.mod" {
			folder, err := filepath.Rel(repo, filepath.Dir(path))
			require.NoError(t, err)
			folders = append(folders, filepath.ToSlash(folder))
		}
		return err
	}))
	require.ElementsMatch(t, append(published[:len(published):len(published)], unpublished...), folders)
}

func TestVersions(t *testing.T) {
	for version, sound := range map[string]bool{
		"v0.1.0": true, "v1.2.3": true, "v1.0.0-rc.1": true,
		"": false, "1.2.3": false, "v1": false, "v1.2": false, "v2.0.0": false, "v1.2.3+meta": false, "main": false,
	} {
		require.Equal(t, sound, checkVersion(version) == nil, version)
	}
}

// TestDirty checks that a checkout with uncommitted files cannot be released.
func TestDirty(t *testing.T) {
	gitAlone(t)
	repo := t.TempDir()
	_, err := git(repo, "init", "--quiet")
	require.NoError(t, err)
	require.NoError(t, clean(repo))
	require.NoError(t, os.WriteFile(filepath.Join(repo, "new"), nil, 0o600))
	require.ErrorContains(t, clean(repo), "?? new")
}

// TestRelease makes a release of this checkout. Its zips have the files of its tags, and a user
// without a checkout can use it.
func TestRelease(t *testing.T) {
	r, version := released(t)
	o := &outside{r: r, version: version}
	o.forget(t)
	t.Run("tagged", o.tagged)
	t.Run("outside", o.gets)
}

// tagged checks that the zips equal those that the go command makes of the tags. The go.mod files
// of the tagged commit need no changes, also those of the unpublished modules.
func (o *outside) tagged(t *testing.T) {
	r, version := o.r, o.version
	for _, folder := range published {
		m := module.Version{Path: pathOf(folder), Version: version}
		file := filepath.Join(t.TempDir(), "module.zip")
		out, err := os.Create(file)
		require.NoError(t, err)
		sub := strings.TrimPrefix(folder, ".")
		tag := filepath.ToSlash(filepath.Join(folder, version))
		require.NoError(t, zip.CreateFromVCS(out, m, r.tree, tag, sub))
		require.NoError(t, out.Close())
		fromTag, err := dirhash.HashZip(file, dirhash.Hash1)
		require.NoError(t, err)
		made, err := dirhash.HashZip(filepath.Join(r.proxy, m.Path, "@v", version+".zip"), dirhash.Hash1)
		require.NoError(t, err)
		require.Equal(t, fromTag, made, folder)

		mod, err := os.ReadFile(filepath.Join(r.tree, folder, "go.mod"))
		require.NoError(t, err)
		require.NotContains(t, string(mod), "replace", folder)
		require.NotContains(t, string(mod), "v0.0.0-0001", folder)
	}
	for _, folder := range append(published[:len(published):len(published)], unpublished...) {
		o.run(t, filepath.Join(r.tree, folder), "mod", "tidy", "-diff")
	}
	api, err := os.ReadFile(filepath.Join(r.tree, "docs", "openapi.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(api), "\n  version: "+strings.TrimPrefix(version, "v")+"\n")
	changes, err := git(r.tree, "status", "--porcelain")
	require.NoError(t, err)
	require.Empty(t, changes)
}
