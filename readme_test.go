package upload_test

import (
	"bytes"
	"cmp"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	mdBlock   = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	mdTarget  = regexp.MustCompile(`\]\([^)]*\)`)
	mdTag     = regexp.MustCompile(`<[^>\n]*>`)
	mdPicture = regexp.MustCompile(`(?:src|srcset)="([^"]+)"`)
	hasWord   = regexp.MustCompile(`[\p{L}\p{N}]`)
)

func readPage(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n") // git may check out CRLF
}

// TestReadmeOutline pins the headings of the README and their order.
func TestReadmeOutline(t *testing.T) {
	var headings []string
	for _, m := range mdHead.FindAllStringSubmatch(mdFence.ReplaceAllString(readPage(t, "README.md"), ""), -1) {
		headings = append(headings, m[1])
	}
	require.Equal(t, []string{
		"upload", "Install", "Quick start", "Try it", "Why not `r.FormFile` and an SDK call", "Highlights", "S3", "Your handler",
		"Beyond receiving", "Comparison", "What it does not protect against", "Documentation", "Contributing", "Licence",
	}, headings)
}

// TestReadmeIsShort bounds the README: its words outside code blocks, the lines of its first Go
// program without blank ones, and the width of its code blocks.
func TestReadmeIsShort(t *testing.T) {
	const mostWords, mostLines, mostColumns = 950, 15, 100
	text := readPage(t, "README.md")
	prose := mdTag.ReplaceAllString(mdTarget.ReplaceAllString(mdFence.ReplaceAllString(text, ""), "]"), "")
	words := 0
	for word := range strings.FieldsSeq(prose) {
		if hasWord.MatchString(word) {
			words++
		}
	}
	require.LessOrEqual(t, words, mostWords)

	var programs []string
	for _, block := range mdBlock.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[2]) {
			columns := len([]rune(strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    ")))
			require.LessOrEqual(t, columns, mostColumns, line)
		}
		if block[1] == "go" {
			programs = append(programs, block[2])
		}
	}
	require.NotEmpty(t, programs)
	lines := 0
	for line := range strings.Lines(programs[0]) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	require.LessOrEqual(t, lines, mostLines)
}

// TestReadmeTests checks that each row of "Why not" names a test of the file that it links to.
func TestReadmeTests(t *testing.T) {
	_, table, _ := strings.Cut(readPage(t, "README.md"), "\n## Why not")
	table, _, _ = strings.Cut(table, "\n## ")
	links := regexp.MustCompile(`(?m)^\| .* \| \[.*\]\((\S+) "(Test\w+)"\) \|$`).FindAllStringSubmatch(table, -1)
	require.Len(t, links, strings.Count(table, "\n| ")-2, "a row has no test")
	for _, m := range links {
		require.Contains(t, readPage(t, m[1]), "\nfunc "+m[2]+"(t *testing.T) {\n")
	}
}

// TestReadmePictures checks that both pictures of the README are PNG files of less than 80 KiB.
func TestReadmePictures(t *testing.T) {
	pictures := mdPicture.FindAllStringSubmatch(readPage(t, "README.md"), -1)
	require.Len(t, pictures, 2)
	for _, m := range pictures {
		picture, err := os.ReadFile(m[1])
		require.NoError(t, err)
		require.Less(t, len(picture), 80<<10, m[1])
		_, err = png.DecodeConfig(bytes.NewReader(picture))
		require.NoError(t, err, m[1])
	}
}

// TestReadmeBenchmarks checks that the figures of the README are those of docs/benchmarks.md. Of
// several rounds the median counts.
func TestReadmeBenchmarks(t *testing.T) {
	measured := readPage(t, "docs/benchmarks.md")
	figureOf := func(heading, server, load string, column int) string {
		_, table, found := strings.Cut(measured, "\n## "+heading+"\n")
		require.True(t, found, heading)
		table, _, _ = strings.Cut(table, "\n## ")
		var rounds []string
		for line := range strings.Lines(table) {
			cells := strings.Split(strings.Trim(line, "| \n"), " | ")
			if cells[0] == server && strings.Contains(cells[1], load) {
				rounds = append(rounds, cells[column])
			}
		}
		require.NotEmpty(t, rounds, "%s: no row of %s, %s", heading, server, load)
		slices.SortFunc(rounds, func(a, b string) int { return cmp.Compare(number(t, a), number(t, b)) })
		return rounds[len(rounds)/2]
	}
	rows := regexp.MustCompile(`(?m)^\| ([\w +()]+) \| ([\d.]+) \| (\d+) \|$`).FindAllStringSubmatch(readPage(t, "README.md"), -1)
	require.Len(t, rows, 4)
	for _, row := range rows {
		require.Equal(t, figureOf("Large: one file of 512 MiB, S3 over https", row[1], "", 1), row[2], row[1])
		load := "clients of 2 MiB/s"
		if row[1] == "this library" {
			load = "MaxMemory 1.1 GiB, " + load
		}
		require.Equal(t, figureOf("Many at once: 200 uploads of 20 MiB", row[1], load, 2), row[3], row[1])
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return n
}

var (
	goRuns    = regexp.MustCompile("(?m)(?:^|[ `(])go (?:run|test) ([^`#\n]*)")
	goGets    = regexp.MustCompile("(?m)(?:^|[ `(])go (?:get|install) github\\.com/airlock-go/upload([\\w/-]*)")
	makes     = regexp.MustCompile("(?m)(?:^ *|`|[\\w=]+ )make ([a-z][a-z0-9-]*)(?: [\\w]+=\\S+)?(?:`|$| +#)")
	buckets   = regexp.MustCompile("(?m)(?:^ *|[`/])upload-bucket ([a-z]+)((?: [^`#\n]+)?)")
	flagNames = regexp.MustCompile(` -([a-z][a-z0-9-]*)`)
)

// TestCommands checks that commands on the pages name existing folders (go run, go test), packages
// (go get, go install), targets (make), and commands and flags of upload-bucket.
func TestCommands(t *testing.T) {
	makefile := readPage(t, "Makefile")
	var program strings.Builder
	for _, name := range sources(t, "cmd/upload-bucket") {
		program.WriteString(readPage(t, filepath.Join("cmd/upload-bucket", name)))
	}
	found := map[string]int{}
	files(t, ".md", func(path, text string) {
		for _, m := range goRuns.FindAllStringSubmatch(text, -1) {
			dir, words := ".", strings.Fields(m[1])
			for i, word := range words {
				switch {
				case i > 0 && words[i-1] == "-C":
					dir = word
				case strings.HasPrefix(word, "./") && !strings.Contains(word, "..."):
					require.DirExists(t, filepath.Join(dir, word), "%s: go %s", path, m[1])
					found["go"]++
				}
			}
		}
		for _, m := range goGets.FindAllStringSubmatch(text, -1) {
			require.DirExists(t, "."+m[1], path)
			found["get"]++
		}
		for _, m := range makes.FindAllStringSubmatch(text, -1) {
			require.Regexp(t, `(?m)^`+m[1]+`:`, makefile, path)
			found["make"]++
		}
		for _, m := range buckets.FindAllStringSubmatch(text, -1) {
			require.Contains(t, program.String(), `{"`+m[1]+`", "`, "%s: %s", path, m[0])
			for _, flag := range flagNames.FindAllStringSubmatch(m[2], -1) {
				require.Contains(t, program.String(), `"`+flag[1]+`"`, "%s: %s", path, m[0])
			}
			found["upload-bucket"]++
		}
	})
	t.Log(found)
	for _, kind := range []string{"go", "get", "make", "upload-bucket"} {
		require.Greater(t, found[kind], 1, kind)
	}
}
