package upload_test

import (
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	testDecl = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	testWord = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`)
	testName = regexp.MustCompile("`([a-z0-9/-]+)\\.((?:Test|Fuzz)[A-Z]\\w*)`")
	mdLink   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	mdFence  = regexp.MustCompile("(?s)```.*?```")
	mdCode   = regexp.MustCompile("`[^`\n]*`")
	mdHead   = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	mdMark   = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// files calls do with every file of the repository whose name ends in suffix, except in hidden
// folders and node_modules.
func files(t *testing.T, suffix string, do func(path, text string)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != "." && (d.Name()[0] == '.' || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) {
			return err
		}
		text, err := os.ReadFile(path)
		do(path, string(text))
		return err
	}))
}

// TestSecurityTable: docs/security.md names each test with its package, such as
// `s3store.TestShare`, and the package has that test. `upload` is the root.
func TestSecurityTable(t *testing.T) {
	exists := map[string]bool{}
	files(t, "_test.go", func(path, source string) {
		dir := strings.Replace(filepath.ToSlash(filepath.Dir(path)), ".", "upload", 1)
		for _, m := range testDecl.FindAllStringSubmatch(source, -1) {
			exists[dir+"."+m[1]] = true
		}
	})
	text, err := os.ReadFile("docs/security.md")
	require.NoError(t, err)
	page := strings.ReplaceAll(string(text), "go test ./s3store -run '^TestShare$'", "") // how to run one
	for _, m := range testName.FindAllStringSubmatch(page, -1) {
		require.True(t, exists[m[1]+"."+m[2]], "no %s in %s", m[2], m[1])
	}
	require.Empty(t, testWord.FindAllString(testName.ReplaceAllString(page, ""), -1), "name tests with their package: `s3store.TestShare`")
}

// TestSecurityRows: the table of ASVS 5.0 V5 has every requirement. Every row of that table
// and of the cheat sheet's names a test, or says that it has none.
func TestSecurityRows(t *testing.T) {
	text, err := os.ReadFile("docs/security.md")
	require.NoError(t, err)
	_, page, found := strings.Cut(string(text), "## OWASP ASVS 5.0")
	require.True(t, found)
	for id := range strings.FieldsSeq("5.1.1 5.2.1 5.2.2 5.2.3 5.2.4 5.2.5 5.2.6 5.3.1 5.3.2 5.3.3 5.4.1 5.4.2 5.4.3") {
		require.Equal(t, 1, strings.Count(page, "\n| "+id+" (L"), id)
	}
	rows := 0
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "| ") || strings.Contains(line, "---") || strings.HasPrefix(line, "| **") || strings.HasSuffix(line, "| Tests |\n") {
			continue
		}
		rows++
		require.Len(t, cells, 4, line)
		last := strings.TrimSpace(cells[3])
		require.True(t, testName.MatchString(last) || strings.HasPrefix(last, "No test"), line)
	}
	require.Greater(t, rows, 45)
}

// TestLinks: every relative link of every page leads to a file or folder. If the link names a
// heading, the file has that heading.
func TestLinks(t *testing.T) {
	files(t, ".md", func(path, text string) {
		for _, m := range mdLink.FindAllStringSubmatch(mdCode.ReplaceAllString(mdFence.ReplaceAllString(text, ""), ""), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, ":") { // of the web
				continue
			}
			to := path
			if target != "" {
				to = filepath.Join(filepath.Dir(path), target)
			}
			info, err := os.Stat(to)
			require.NoError(t, err, "%s links to %s", path, m[1])
			if anchor != "" {
				require.False(t, info.IsDir(), "%s links to %s", path, m[1])
				require.Contains(t, anchors(t, to), anchor, "%s links to %s", path, m[1])
			}
		}
	})
}

// anchors are the names that GitHub gives to a page's headings.
func anchors(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var names []string
	for _, m := range mdHead.FindAllStringSubmatch(mdFence.ReplaceAllString(string(text), ""), -1) {
		names = append(names, strings.ReplaceAll(mdMark.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return names
}

// TestCodePage: docs/code.md lists the files of the root, without tests. Its table of packages has
// what each imports of this module.
func TestCodePage(t *testing.T) {
	text, err := os.ReadFile("docs/code.md")
	require.NoError(t, err)
	_, page, found := strings.Cut(string(text), "The files of the root, from the ground up:")
	require.True(t, found)
	page, _, _ = strings.Cut(page, "\n## ")
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+\\.go)` \\|").FindAllStringSubmatch(page, -1) {
		listed = append(listed, m[1])
	}
	require.ElementsMatch(t, sources(t, "."), listed)

	rows := regexp.MustCompile("(?m)^\\| `([\\w./]+)` \\| [^|]+ \\| (none|`[^|]+`) \\|$").FindAllStringSubmatch(string(text), -1)
	require.Len(t, rows, 16)
	for _, row := range rows {
		var imports []string
		for _, m := range mdCode.FindAllString(row[2], -1) {
			imports = append(imports, strings.Trim(m, "`"))
		}
		require.ElementsMatch(t, importsOf(t, row[1]), imports, row[1])
	}
}

// sources lists the files of a package, without tests.
func sources(t *testing.T, dir string) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(dir + "/*.go")
	require.NoError(t, err)
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			names = append(names, filepath.Base(path))
		}
	}
	return names
}

// importsOf lists what a package imports of this module, "." for the root.
func importsOf(t *testing.T, dir string) (imports []string) {
	t.Helper()
	for _, name := range sources(t, dir) {
		file, err := parser.ParseFile(gotoken.NewFileSet(), filepath.Join(dir, name), nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			path, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), "github.com/airlock-go/upload")
			if path = "." + path; path != "." {
				path = strings.TrimPrefix(path, "./")
			}
			if ours && !slices.Contains(imports, path) {
				imports = append(imports, path)
			}
		}
	}
	return imports
}

// TestDocsIndex checks that docs/README.md leads to every page beside it, by its title. After its
// title each page says for whom it is.
func TestDocsIndex(t *testing.T) {
	index := readPage(t, "docs/README.md")
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	for _, page := range pages {
		require.Regexp(t, `\A# [^\n]+\n\nFor `, readPage(t, page), page)
		if name := filepath.Base(page); name != "README.md" {
			title, _, _ := strings.Cut(strings.TrimPrefix(readPage(t, page), "# "), "\n")
			require.Contains(t, index, "\n- ["+title+"]("+name+"): ", page)
		}
	}
}
