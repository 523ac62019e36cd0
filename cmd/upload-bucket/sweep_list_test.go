package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// listOf writes a list of lines, and gives its file that age.
func listOf(t *testing.T, age time.Duration, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "list")
	require.NoError(t, os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	written := time.Now().Add(-age)
	require.NoError(t, os.Chtimes(name, written, written))
	return name
}

// each returns the keys of newSoundBucket after a change of each.
func each(change func(i int, key string) string) (lines []string) {
	for i := range 250 {
		lines = append(lines, change(i, fmt.Sprintf("p/%04d", i)))
	}
	return lines
}

// newSoundBucket returns a bucket of 250 objects, all nine days old. Until Heal, each removal fails
// the test.
func newSoundBucket(t *testing.T) *sweptBucket {
	t.Helper()
	b := newBucket(t)
	for _, key := range each(func(_ int, key string) string { return key }) {
		b.Put(key, []byte("x"))
	}
	b.Age(9 * 24 * time.Hour)
	b.Inject("DeleteObject", -1, func(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) { t.Errorf("%s is removed", r.URL) })
	return b
}

// TestSweepRefusesLists checks that a list that does not match the bucket, or is of another time,
// is refused, without flags and with -remove -allow-any-share. Nothing is removed, and the message
// says what is wrong.
func TestSweepRefusesLists(t *testing.T) {
	b := newSoundBucket(t)
	good := each(func(_ int, key string) string { return key })
	form := func(format string) []string {
		return each(func(_ int, key string) string { return fmt.Sprintf(format, key) })
	}
	for _, row := range []struct {
		name  string
		age   time.Duration
		lines []string
		text  string
	}{
		{"of 30 days ago", 30 * 24 * time.Hour, good, "write it again"},
		{"of two days and a minute ago", 48*time.Hour + time.Minute, good, "write it again"},
		{"of tomorrow", -24 * time.Hour, good, "in the future"},
		{"of a minute ahead", -time.Minute, good, "in the future"},
		{"JSON strings", 0, form(`"%s"`), "the keys look quoted"},
		{"a JSON array", 0, slices.Concat([]string{"["}, form(`  "%s",`), []string{"]"}), "the keys look quoted"},
		{"JSON objects", 0, form(`{"key":"%s"}`), "the keys look quoted"},
		{"CSV with quotes", 0, form(`"%s","Ada"`), "the keys look quoted"},
		{"SQL strings", 0, form(`'%s'`), "the keys look quoted"},
		{"CSV of another column first", 0, form(`17,%s`), "stands in front of the keys"},
		{"CSV of another column last", 0, form(`%s,17`), "are in the bucket"},
		{"a comma after the key", 0, form(`%s,`), "are in the bucket"},
		{"a blank after the key", 0, form(`%s `), "are in the bucket"},
		{"a number in front", 0, each(func(i int, key string) string { return fmt.Sprintf("%d %s", i, key) }), "stands in front of the keys"},
		{"psql's leading blank", 0, form(` %s`), "a blank stands in front"},
		{"psql's table", 0, slices.Concat([]string{"  key   ", "--------"}, form(" %s"), []string{"(250 rows)"}), "a blank stands in front"},
		{"./ in front", 0, form(`./%s`), "invalid key: segment"},
		{"the bucket's name in front", 0, form(`s3://pictures/%s`), "invalid key: segment"},
		{"no prefix", 0, each(func(_ int, key string) string { return strings.TrimPrefix(key, "p/") }), `begin with "p/"`},
		{"upper case", 0, each(func(_ int, key string) string { return strings.ToUpper(key) }), `begin with "p/"`},
		{"another prefix", 0, each(func(_ int, key string) string { return "q" + key }), `begin with "p/"`},
		{"another table", 0, each(func(i int, _ string) string { return fmt.Sprintf("p/user-%d", i) }), "are in the bucket"},
		{"nearly only of another table", 0, append(each(func(i int, _ string) string { return fmt.Sprintf("p/user-%d", i) }), "p/0001"), "are in the bucket"},
		{"more of other prefixes", 0, append(each(func(_ int, key string) string { return "q" + key }), good[:249]...), "249 of its 499 keys"},
	} {
		for _, flags := range [][]string{{"-remove", "-allow-any-share"}, {}} {
			t.Run(fmt.Sprint(row.name, flags), func(t *testing.T) {
				list := listOf(t, row.age, row.lines...)
				status, stdout, stderr := b.run(t.Context(), append([]string{"-s3-prefix", "p", "-references", list}, flags...)...)
				require.Equal(t, 2, status, stdout)
				require.Contains(t, stderr, row.text)
				require.Empty(t, stdout)
			})
		}
	}
}

// TestSweepOfAList checks that Grace counts back from the list, so that a file whose row came after
// the list was written stays.
func TestSweepOfAList(t *testing.T) {
	for _, row := range []struct {
		name    string
		file    time.Duration // how long ago it was published
		list    time.Duration // how long ago the list was written, which lacks the file
		removed bool
	}{
		{"a list of now", 8*24*time.Hour + time.Hour, 0, true},
		{"younger than grace plus the age of the list", 8*24*time.Hour + time.Hour, 24 * time.Hour, false},
		{"older than grace plus the age of the list", 9*24*time.Hour + time.Hour, 24 * time.Hour, true},
		{"a list of nearly two days", 9*24*time.Hour + 23*time.Hour, 47*time.Hour + 30*time.Minute, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := newSoundBucket(t)
			b.Heal()
			b.Age(30 * 24 * time.Hour)
			b.Put("p/late", []byte("x"))
			b.Age(row.file)
			list := listOf(t, row.list, each(func(_ int, key string) string { return key })...)
			status, stdout, stderr := b.run(t.Context(), "-s3-prefix", "p", "-references", list, "-remove")
			require.Zero(t, status, stdout+stderr)
			require.Contains(t, stderr, "files that were younger than 192h0m0s then stay")
			require.Equal(t, row.removed, b.Get("p/late") == nil)
			require.Len(t, b.Keys(), map[bool]int{true: 250, false: 251}[row.removed])
		})
	}
}

// TestSweepStopsAtAShare checks that a sweep by a list or a database stops at a share, unless a
// larger one is allowed.
func TestSweepStopsAtAShare(t *testing.T) {
	b := newSoundBucket(t)
	b.Heal()
	list := listOf(t, 0, each(func(_ int, key string) string { return key })[:25]...)
	database := sqliteOf(t, "p/0001")
	foreign := "SELECT name FROM users WHERE name IN (SELECT value FROM json_each(?1))"
	for _, row := range []struct {
		name string
		args []string
		text string // of the error, "" if the sweep does its work
		left int
	}{
		{"a list", []string{"-references", list}, "leaves out 225 of the 250 objects", 250},
		{"a list, more", []string{"-references", list, "-max-share", "0.89"}, "and MaxShare is 0.89", 250},
		{"a database", []string{"-sqlite", database, "-query", askPictures}, "leaves out 249 of the 250 objects", 250},
		{"another table", []string{"-sqlite", database, "-query", foreign}, "leaves out 250 of the 250 objects", 250},
		{"another table, nearly any share", []string{"-sqlite", database, "-query", foreign, "-max-share", "0.9999"}, "leaves out 250 of the 250 objects", 250},
		{"a list, as much as it is", []string{"-references", list, "-max-share", "0.9"}, "", 25},
		{"a database, anything", []string{"-sqlite", database, "-query", foreign, "-allow-any-share"}, "", 0},
	} {
		for _, remove := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, -remove=%v", row.name, remove), func(t *testing.T) {
				before := len(b.Keys())
				args := append([]string{"-s3-prefix", "p", "-rate", "100000", fmt.Sprintf("-remove=%v", remove)}, row.args...)
				status, stdout, stderr := b.run(t.Context(), args...)
				if row.text == "" {
					require.Zero(t, status, stderr)
				} else {
					require.Equal(t, 1, status, stdout)
					require.Contains(t, stderr, row.text)
					require.Contains(t, stderr, "-max-share")
					require.Contains(t, stderr, "-allow-any-share")
				}
				if remove {
					require.Len(t, b.Keys(), row.left)
				} else {
					require.Contains(t, stdout, fmt.Sprintf("%d seen", before))
					require.Len(t, b.Keys(), before)
				}
			})
		}
	}
}

// TestSweepBeginsAnew checks that after a stop by a share the next sweep begins again. From the
// place of the first, only a few objects could be measured.
func TestSweepBeginsAnew(t *testing.T) {
	b := newSweptBucket(t)
	var first []string
	for i := range 1000 {
		first = append(first, fmt.Sprintf("p/%04d", i))
	}
	place := filepath.Join(t.TempDir(), "place")
	args := []string{"-s3-prefix", "p", "-references", listOf(t, 0, first...), "-cursor", place, "-remove", "-rate", "100000"}
	status, _, stderr := b.run(t.Context(), append(args, "-max-share", "0.5")...)
	require.Equal(t, 1, status, stderr)
	require.Contains(t, stderr, "leaves out 999 of the 1000 objects")
	require.NoFileExists(t, place)
	require.Len(t, b.Keys(), 2503)

	status, stdout, stderr := b.run(t.Context(), append(args, "-allow-any-share")...)
	require.Zero(t, status, stderr)
	require.Contains(t, stdout, "2502 seen: 1000 kept")
}

// TestSweepOfACopiedDatabase checks that Grace counts back from the last write of a database.
func TestSweepOfACopiedDatabase(t *testing.T) {
	for _, age := range []time.Duration{0, 24 * time.Hour} {
		b := newBucket(t)
		b.Put("p/late", []byte("x"))
		b.Put("p/kept", []byte("x"))
		b.Age(8*24*time.Hour + time.Hour)
		database := sqliteOf(t, "p/kept")
		written := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(database, written, written))
		status, stdout, stderr := b.run(t.Context(), "-s3-prefix", "p", "-sqlite", database, "-query", askPictures, "-max-share", "0.5", "-remove")
		require.Zero(t, status, stdout+stderr)
		require.NotNil(t, b.Get("p/kept"))
		require.Equal(t, age > 0, b.Get("p/late") != nil, stderr)
	}
}
