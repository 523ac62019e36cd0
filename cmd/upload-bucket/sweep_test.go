package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// sweptBucket is a bucket to sweep.
type sweptBucket struct {
	*s3fake.Server
	url  string
	list string // the file
}

// newSweptBucket returns a bucket of objects that are nine days old. Of the keys p/0000 to p/2499
// those that end in 0 are in the list of references.
func newSweptBucket(t *testing.T) *sweptBucket {
	t.Helper()
	b := newBucket(t)
	var list strings.Builder
	for i := range 2500 {
		key := fmt.Sprintf("p/%04d", i)
		b.Put(key, []byte("0123456789"))
		if i%10 == 0 {
			list.WriteString(key + "\n")
		}
	}
	b.Put("p/upload-staging/1", []byte("x"))
	b.Put("p//\x1b[2J", []byte("x"))
	b.Put("q/1", nil)
	b.Age(9 * 24 * time.Hour)
	require.NoError(t, os.WriteFile(b.list, []byte(list.String()), 0o600))
	return b
}

// newBucket returns an empty bucket.
func newBucket(t *testing.T) *sweptBucket {
	t.Helper()
	b := &sweptBucket{Server: s3fake.New("pictures"), list: filepath.Join(t.TempDir(), "keys.txt")}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	b.url = server.URL
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	return b
}

// run runs the command and returns its exit status, stdout and stderr.
func (b *sweptBucket) run(ctx context.Context, args ...string) (int, string, string) {
	var stdout, stderr bytes.Buffer
	args = append([]string{"sweep", "-s3-bucket", "pictures", "-s3-endpoint", b.url}, args...)
	return run(ctx, args, &stdout, &stderr), stdout.String(), stderr.String()
}

func TestSweepLooksOnly(t *testing.T) {
	b := newSweptBucket(t)
	status, stdout, stderr := b.run(t.Context(), "-s3-prefix", "p", "-references", b.list, "-max-share", "0.91")
	require.Zero(t, status, stderr)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	require.Len(t, lines, 1+2251+1)
	require.Contains(t, lines[0], `foreign  "p//\x1b[2J", 1 bytes, of `)
	require.Contains(t, lines[1], `orphaned "p/0001", 10 bytes, of `)
	require.Equal(t, "2502 seen: 250 kept, 0 young, 1 foreign, 2251 orphaned, of 22501 bytes; nothing was removed without -remove", lines[len(lines)-1])
	require.Equal(t, 4, strings.Count(stderr, " seen: ")) // three pages of objects and one of uploads
	require.Len(t, b.Keys(), 2503)
}

func TestSweepRemoves(t *testing.T) {
	b := newSweptBucket(t)
	status, stdout, stderr := b.run(t.Context(), "-s3-prefix", "p", "-references", b.list, "-max-share", "0.91", "-remove", "-rate", "100000", "-json")
	require.Zero(t, status, stderr)
	require.Len(t, b.Keys(), 250+2)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var found jsonFinding
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &found))
	require.Equal(t, "p/0001", found.Key)
	require.Equal(t, sweep.Removed, found.Outcome)
	require.JSONEq(t, `{"seen":2502,"young":0,"foreign":1,"kept":250,"orphaned":2251,"removed":2251,"changed":0,"failed":0,"bytes":22501}`, lines[len(lines)-1])
}

// TestSweepGoesOn checks that a run goes on from the place in the file, after one that was
// interrupted and after one that its limit stopped.
func TestSweepGoesOn(t *testing.T) {
	b := newSweptBucket(t)
	file := filepath.Join(t.TempDir(), "cursor")
	args := []string{"-s3-prefix", "p", "-references", b.list, "-max-share", "0.91", "-remove", "-rate", "100000", "-cursor", file}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var removed atomic.Int64
	b.Inject("DeleteObject", -1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		serve(w, r)
		if removed.Add(1) == 1000 {
			cancel()
		}
	})
	status, _, stderr := b.run(ctx, args...)
	require.Equal(t, 2, status)
	require.Contains(t, stderr, "another run with this -cursor goes on")
	require.FileExists(t, file)

	status, _, stderr = b.run(t.Context(), append(args, "-max-removals", "700")...)
	require.Equal(t, 1, status, stderr)
	require.Contains(t, stderr, "too many removals for one run")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, `{"cursor":"objects:p%2F:p%2F0998","passed":101,"remove":true}`, string(text)) // 100 that are referred to, and one that is foreign

	status, _, stderr = b.run(t.Context(), append(args[:6:6], "-cursor", file)...)
	require.Equal(t, 2, status, "a dry run")
	require.Contains(t, stderr, "with or without -remove")

	status, stdout, stderr := b.run(t.Context(), args...)
	require.Zero(t, status, stderr)
	require.NotContains(t, stdout, "p//") // which is on the first page
	require.EqualValues(t, 2251, removed.Load())
	require.Len(t, b.Keys(), 250+2)
	require.NoFileExists(t, file)
}

// TestSweepRefuses checks that runs that could remove too much, and other mistakes, are refused.
func TestSweepRefuses(t *testing.T) {
	b := newSweptBucket(t)
	b.Inject("DeleteObject", -1, func(http.ResponseWriter, *http.Request, http.HandlerFunc) { t.Error("something is removed") })
	write := func(content string) string {
		name := filepath.Join(t.TempDir(), "list")
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
		return name
	}
	database := write("")
	for _, row := range []struct {
		name string
		args []string
		text string
	}{
		{"no prefix", []string{"-references", b.list}, "needs a Prefix"},
		{"no references", []string{"-s3-prefix", "p"}, "no references to compare with"},
		{"a short grace", []string{"-s3-prefix", "p", "-references", b.list, "-grace", "24h"}, "InsecureGrace"},
		{"no list", []string{"-s3-prefix", "p", "-references", b.list + "2"}, "no such file"},
		{"an empty list", []string{"-s3-prefix", "p", "-references", write("")}, "empty"},
		{"a list that was cut off", []string{"-s3-prefix", "p", "-references", write("p/0001\np/00")}, "line 2 has no end"},
		{"something else than a list", []string{"-s3-prefix", "p", "-references", write("p/0001\n\n")}, "line 2"},
		{"a pipe", []string{"-s3-prefix", "p", "-references", "-"}, "must be a regular file"},
		{"a list and a database", []string{"-s3-prefix", "p", "-references", b.list, "-sqlite", database}, "one of them"},
		{"no share", []string{"-s3-prefix", "p", "-references", b.list, "-max-share", "0"}, "more than 0"},
		{"no removals", []string{"-s3-prefix", "p", "-references", b.list, "-max-removals", "0"}, "more than 0"},
		{"no rate", []string{"-s3-prefix", "p", "-references", b.list, "-rate", "0"}, "more than 0"},
		{"no grace", []string{"-s3-prefix", "p", "-references", b.list, "-grace", "0", "-insecure-grace"}, "more than 0"},
		{"a key prefix", []string{"-s3-prefix", "p", "-references", b.list, "-key-prefix", "p/0/"}, "-key-prefix does not limit"},
		{"a share of all", []string{"-s3-prefix", "p", "-references", b.list, "-max-share", "1"}, "AllowAnyShare"},
		{"a folder", []string{"-s3-prefix", "p", "-references", t.TempDir()}, "must be a regular file"},
		{"no query", []string{"-s3-prefix", "p", "-sqlite", database}, "-query is missing"},
		{"no table", []string{"-s3-prefix", "p", "-sqlite", database, "-query", "SELECT key FROM pictures"}, "no such table"},
		{"no database", []string{"-s3-prefix", "p", "-sqlite", database + "2", "-query", "SELECT 1"}, "unable to open"},
		{"a query that writes", []string{"-s3-prefix", "p", "-sqlite", database, "-query", "CREATE TABLE t (x)"}, "readonly"},
		{"a broken cursor", []string{"-s3-prefix", "p", "-references", b.list, "-cursor", write("{")}, "-cursor"},
		{"another's cursor", []string{"-s3-prefix", "p", "-references", b.list, "-cursor", write(`{"cursor":"objects:q%2F:q%2F1","remove":true}`)}, "invalid cursor"},
		{"an argument too many", []string{"-s3-prefix", "p", "-references", b.list, "p/0001"}, "unexpected argument"},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, stdout, stderr := b.run(t.Context(), append([]string{"-remove"}, row.args...)...)
			require.Equal(t, 2, status, stdout)
			require.Contains(t, stderr, row.text)
		})
	}
}

// TestSweepFails checks that the exit status is 1 if an orphan could not be removed.
func TestSweepFails(t *testing.T) {
	b := newSweptBucket(t)
	b.Inject("DeleteObject", 1, s3fake.Answer(http.StatusForbidden, "AccessDenied"))
	status, stdout, stderr := b.run(t.Context(), "-s3-prefix", "p/upload-staging", "-remove")
	require.Equal(t, 1, status, stderr)
	require.Contains(t, stdout, `failed   "p/upload-staging/1"`)
	require.Contains(t, stderr, "1 of 1 orphans could not be removed")
}

const askPictures = "SELECT key FROM pictures WHERE key IN (SELECT value FROM json_each(?1))"

// sqliteOf makes a database of two tables: pictures, of these keys, and users.
func sqliteOf(t *testing.T, keys ...string) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "app ?.db")
	db, err := sql.Open("sqlite", "file:"+strings.ReplaceAll(name, "?", "%3F"))
	require.NoError(t, err)
	_, err = db.Exec(`CREATE TABLE pictures (key TEXT); CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('ada')`)
	require.NoError(t, err)
	for _, key := range keys {
		_, err = db.Exec(`INSERT INTO pictures VALUES (?)`, key)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	return name
}

func TestSweepAsksSQLite(t *testing.T) {
	b := newSweptBucket(t)
	name := sqliteOf(t, "p/0001", "p/2499", "q/other")
	status, stdout, stderr := b.run(t.Context(), "-s3-prefix", "p", "-sqlite", name, "-query", askPictures, "-allow-any-share")
	require.Zero(t, status, stderr)
	require.Contains(t, stdout, "2502 seen: 2 kept, 0 young, 1 foreign, 2499 orphaned")
}

// TestBar checks what a bar writes to a terminal.
func TestBar(t *testing.T) {
	var stderr bytes.Buffer
	tell := &teller{env: &env{stdout: io.Discard, stderr: &stderr, prefix: "p/"}, bar: true, remove: true, passed: 2}
	store := &memstore.Store{}
	for i := range 10 {
		staged, err := store.Stage(t.Context(), storage.Object{Key: fmt.Sprintf("p/%d", i)}, strings.NewReader("x"))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))
	}
	require.NoError(t, tell.count(t.Context(), store))
	tell.page(sweep.Report{Seen: 3})
	tell.found(t.Context(), sweep.Finding{Outcome: sweep.Removed, Key: "p/5"})
	require.NoError(t, tell.end(sweep.Report{Seen: 8, Orphaned: 1, Removed: 1}))
	require.Equal(t, strings.Join([]string{
		"", "counting: 10", "[###############...............] 5 of 10, 0 orphaned, 0 removed", "",
		"[###############...............] 5 of 10, 1 orphaned, 1 removed", "[##############################] 10 of 10, 1 orphaned, 1 removed\n",
	}, "\r\x1b[K"), stderr.String())
}
