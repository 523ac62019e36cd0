package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// openDatabase opens a database. Its answers date from the last write to its files, so a copy must
// keep the times of the original files.
func (r *references) openDatabase(ctx context.Context) (answers, error) {
	asOf := lastWrite(r.sqlite)
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: r.sqlite}).EscapedPath()+"?mode=ro")
	if err != nil {
		return answers{}, fmt.Errorf("-sqlite: %w", err)
	}
	ask := func(ctx context.Context, keys []string) ([]string, error) { return askDatabase(ctx, db, r.query, keys) }
	if r.query == "" {
		err = errors.New("-query is missing")
	} else {
		_, err = ask(ctx, []string{}) // so that a mistake is reported at once
	}
	if err != nil {
		return answers{}, fmt.Errorf("-sqlite: %w", errors.Join(err, db.Close()))
	}
	return answers{ask: ask, asOf: asOf, done: func() { _ = db.Close() }}, nil
}

// lastWrite returns when the files of a database were last written to, zero if there are none.
func lastWrite(name string) (last time.Time) {
	for _, file := range []string{name, name + "-wal"} {
		if info, err := os.Stat(file); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// askDatabase runs the query with keys as its only argument, a JSON array, and returns the keys
// that the query returns.
func askDatabase(ctx context.Context, db *sql.DB, query string, keys []string) (found []string, err error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, query, string(list))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		found = append(found, key)
	}
	return found, rows.Err() // the answer of a query that broke off does not count
}
