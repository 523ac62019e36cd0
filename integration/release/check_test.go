package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// clone is a small repository with the published and the unpublished modules, which pass the
// checks.
type clone string

func newClone(t *testing.T) clone {
	t.Helper()
	gitAlone(t)
	c := clone(t.TempDir())
	c.git(t, "init", "--quiet")
	for _, folder := range append(published[:len(published):len(published)], unpublished...) {
		mod := "module " + pathOf(folder) + "\n\ngo 1.25.0\n"
		if folder != "." {
			to := strings.Repeat("../", strings.Count(folder, "/")+1)
			mod += "\nreplace " + root + " => " + to + "\n\nrequire " + root + " " + placeholder + "\n"
			c.write(t, folder+"/a.go", "package a\n\nimport _ \""+root+"\"\n")
		}
		c.write(t, folder+"/go.mod", mod)
	}
	c.write(t, "a.go", "package upload\n\nfunc A() {}\n")
	c.write(t, "CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- one\n\n## 1.0.0 (today)\n\n### Added\n\n- two\n")
	c.commit(t)
	return c
}

func (c clone) git(t *testing.T, args ...string) {
	t.Helper()
	_, err := git(string(c), args...)
	require.NoError(t, err)
}

func (c clone) write(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join(string(c), name)
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

func (c clone) edit(t *testing.T, name, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(string(c), name))
	require.NoError(t, err)
	require.Contains(t, string(text), from)
	c.write(t, name, strings.Replace(string(text), from, to, 1))
}

func (c clone) commit(t *testing.T) {
	t.Helper()
	c.git(t, "add", "--all")
	c.git(t, "commit", "--quiet", "--message", "x")
}

// tag tags all published modules.
func (c clone) tag(t *testing.T, version string) {
	t.Helper()
	for _, tag := range tags(version) {
		c.git(t, "tag", tag)
	}
}

// inspected returns the report, and whether it has no fault.
func (c clone) inspected(version string) (text string, ok bool) {
	var b bytes.Buffer
	ok = report(&b, inspect(string(c), version)) == nil
	return b.String(), ok
}

// TestInspect makes one fault at a time, or none, and checks the report.
func TestInspect(t *testing.T) {
	for name, row := range map[string]struct {
		version string
		change  func(t *testing.T, c clone)
		fault   string // "" for none
	}{
		"no version chosen": {"", nil, ""},
		"another version is required": {"", func(t *testing.T, c clone) {
			c.edit(t, "s3open/go.mod", placeholder, "v0.1.0")
		}, "s3open requires " + root + " v0.1.0, and not the placeholder"},
		"no replace line": {"", func(t *testing.T, c clone) {
			c.edit(t, "bench/go.mod", "replace "+root+" => ../\n", "")
		}, "bench requires " + root + " without a replace line"},
		"replaced by another folder": {"", func(t *testing.T, c clone) {
			c.edit(t, "redislimit/go.mod", "=> ../", "=> ../s3open")
		}, "redislimit replaces " + root + " by something other than its folder"},
		"a module of others is replaced": {"", func(t *testing.T, c clone) {
			c.edit(t, "otelupload/go.mod", "replace ", "replace example.com/a => ../a\n\nreplace ")
		}, "otelupload replaces example.com/a, a module of others"},
		"replaced and not required": {"", func(t *testing.T, c clone) {
			c.edit(t, "examples/go.mod", "replace ", "replace "+root+"/s3open => ../s3open\n\nreplace ")
		}, "examples replaces " + root + "/s3open, which it does not require"},
		"another Go": {"", func(t *testing.T, c clone) {
			c.edit(t, "s3open/go.mod", "go 1.25.0", "go 1.26.0")
		}, "s3open is for Go 1.26.0, the root for Go 1.25.0"},
		"another path": {"", func(t *testing.T, c clone) {
			c.edit(t, "s3open/go.mod", "/s3open", "/s3opens")
		}, "s3open has the path " + root + "/s3opens"},
		"a module that is not listed": {"", func(t *testing.T, c clone) {
			c.write(t, "new/go.mod", "module "+root+"/new\n")
		}, "new has a go.mod, and modules.go does not list it"},
		"no changes": {"", func(t *testing.T, c clone) { c.edit(t, "CHANGELOG.md", "- one", "") }, ""},
		"no changes of the version": {"v1.0.0", func(t *testing.T, c clone) {
			c.edit(t, "CHANGELOG.md", "- one", "")
			c.edit(t, "CHANGELOG.md", "- two", "")
		}, `no entry under "1.0.0"`},
		"no heading for changes": {"", func(t *testing.T, c clone) {
			c.edit(t, "CHANGELOG.md", "## Unreleased", "## Next")
		}, `no heading "## Unreleased"`},
		"entries that were not moved": {"v1.0.0", nil, `entries under "Unreleased": move them to "1.0.0"`},
		"entries of the version":      {"v1.0.0", func(t *testing.T, c clone) { c.edit(t, "CHANGELOG.md", "- one", "") }, ""},
		"no heading":                  {"v1.1.0", nil, `no heading "## 1.1.0"`},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClone(t)
			if row.change != nil {
				row.change(t, c)
			}
			text, ok := c.inspected(row.version)
			require.Equal(t, row.fault == "", ok, text)
			require.Contains(t, text, row.fault)
			require.Contains(t, text, "ok           tags       no version is tagged yet")
			require.Contains(t, text, "not checked  api        no version is tagged yet")
		})
	}
}

// TestInspectAgain checks v0.1.1 after v0.1.0 is tagged, with the same API and with another one.
func TestInspectAgain(t *testing.T) {
	for name, row := range map[string]struct {
		source, says string
		ok           bool
	}{
		"the same API": {"func A() { _ = 1 }", "ok           api .      it is that of v0.1.0", true},
		"another API":  {"func B() {}", "v0.1.1 is too low: since v0.1.0 the changes need v0.2.0", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClone(t)
			c.tag(t, "v0.1.0")
			c.write(t, "a.go", "package upload\n\n"+row.source+"\n")
			c.write(t, "CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n## 0.1.1\n\n- one\n")
			text, ok := c.inspected("v0.1.1")
			require.Equal(t, row.ok, ok, text)
			require.Contains(t, text, row.says)
			require.Equal(t, !row.ok, strings.Contains(text, "- A: removed"), text)
			require.Contains(t, text, "api s3open")
		})
	}
}

func TestTags(t *testing.T) {
	for name, row := range map[string]struct {
		tags    []string
		version string
		state   state
		says    string
	}{
		"none":                         {nil, "v0.1.0", sound, "no version is tagged yet"},
		"no valid version of the root": {[]string{"v2.0.0", "nightly", "s3open/v0.1.0"}, "v0.2.0", sound, "no version is tagged yet"},
		"the next":                     {tags("v0.9.0"), "v0.10.0", sound, "the last version is v0.9.0"},
		"not chosen":                   {tags("v0.9.0"), "", sound, "the last version is v0.9.0"},
		"a new module":                 {tags("v0.1.0")[:3], "v0.2.0", sound, "v0.1.0; without a tag of it: s3open, cmd/upload-bucket"},
		"taken":                        {tags("v0.1.0"), "v0.1.0", faulty, "the tag s3open/v0.1.0 exists already"},
		"before the last":              {append(tags("v0.10.0"), "v0.2.0"), "v0.9.0", faulty, "v0.9.0 does not come after v0.10.0"},
	} {
		t.Run(name, func(t *testing.T) {
			h := historyOf(row.tags, false)
			f := h.checkTags(row.version)
			require.Equal(t, row.state, f.state, f.text)
			require.Contains(t, f.text, row.says)
		})
	}
}

func TestNext(t *testing.T) {
	for name, row := range map[string]struct {
		last              string
		incompatible, any bool
		want              string
	}{
		"a patch":                                 {"v1.2.3", false, false, "v1.2.4"},
		"a larger API":                            {"v1.2.3", false, true, "v1.3.0"},
		"an incompatible API":                     {"v1.2.3", true, true, "v2.0.0"},
		"an incompatible API before v1":           {"v0.2.3", true, true, "v0.3.0"},
		"an incompatible API after a pre-release": {"v1.0.0-rc.1", true, true, "v1.0.0-rc.1"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, row.want, next(row.last, row.incompatible, row.any))
		})
	}
}

// TestInspectShallow checks that a shallow clone without tags has a fault, unlike a repository
// before its first version.
func TestInspectShallow(t *testing.T) {
	c := newClone(t)
	c.write(t, "b.go", "package upload\n")
	c.commit(t)
	shallow := clone(filepath.Join(t.TempDir(), "shallow"))
	_, err := git(string(c), "clone", "--quiet", "--depth=1", "--no-tags", "file://"+string(c), string(shallow))
	require.NoError(t, err)
	text, ok := shallow.inspected("")
	require.False(t, ok, text)
	require.Contains(t, text, "the clone is shallow")
}
