package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"github.com/airlock-go/upload"
)

// references say what the application still refers to: a list of keys, or its
// database.
type references struct {
	list   string
	sqlite string
	query  string
	stdin  io.Reader
}

func (r *references) flags(fs *flag.FlagSet) {
	r.stdin = os.Stdin
	fs.StringVar(&r.list, "references", "", "`file` of all keys that are referred to, one a line; - is stdin, for looking only")
	fs.StringVar(&r.sqlite, "sqlite", "", "SQLite `database` to ask instead, which is only read")
	fs.StringVar(&r.query, "query", "", "`SELECT` of those keys that are referred to, of the JSON array ?1,\nas in SELECT key FROM pictures WHERE key IN (SELECT value FROM json_each(?1))")
}

// open returns nil if there is nothing to ask, which is enough for a sweep of
// staging keys alone.
func (r *references) open(ctx context.Context, remove bool) (referenced upload.Referenced, done func(), err error) {
	done = func() {}
	switch {
	case r.list != "" && r.sqlite != "":
		return nil, nil, errors.New("-references and -sqlite: one of them, please")
	case r.list == "-" && remove:
		// A pipe whose other end fails looks like a short list.
		return nil, nil, errors.New("-references -: a list for -remove must be a file, written before")
	case r.list != "":
		referenced, err = r.openList()
	case r.sqlite != "":
		return r.openDatabase(ctx)
	}
	return referenced, done, err
}

// openList reads the list into memory, all of it.
func (r *references) openList() (upload.Referenced, error) {
	in := r.stdin
	if r.list != "-" {
		file, err := os.Open(r.list)
		if err != nil {
			return nil, fmt.Errorf("-references: %w", err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	known, err := readKeys(in)
	if err != nil {
		return nil, fmt.Errorf("-references: %w", err)
	}
	return func(_ context.Context, keys []string) (found []string, _ error) {
		for _, key := range keys {
			if known[key] {
				found = append(found, key)
			}
		}
		return found, nil
	}, nil
}

// readKeys refuses whatever looks as if it were not the whole list: with a list
// that is short, files that are referred to are removed.
func readKeys(in io.Reader) (map[string]bool, error) {
	known := map[string]bool{}
	lines := bufio.NewReader(in)
	for number := 1; ; number++ {
		line, err := lines.ReadString('\n')
		switch {
		case err == io.EOF && line == "" && len(known) > 0:
			return known, nil
		case err == io.EOF && line == "":
			return nil, errors.New("the list is empty")
		case err == io.EOF:
			return nil, fmt.Errorf("line %d has no end: the list was cut off", number)
		case err != nil:
			return nil, err
		}
		key := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if err := upload.ValidKey(key); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		known[key] = true
	}
}

func (r *references) openDatabase(ctx context.Context) (upload.Referenced, func(), error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: r.sqlite}).EscapedPath()+"?mode=ro")
	if err != nil {
		return nil, nil, fmt.Errorf("-sqlite: %w", err)
	}
	ask := func(ctx context.Context, keys []string) ([]string, error) { return askDatabase(ctx, db, r.query, keys) }
	if r.query == "" {
		err = errors.New("-query is missing")
	} else {
		_, err = ask(ctx, []string{}) // so that a mistake is told at once
	}
	if err != nil {
		return nil, nil, fmt.Errorf("-sqlite: %w", errors.Join(err, db.Close()))
	}
	return ask, func() { _ = db.Close() }, nil
}

// askDatabase is all that an application needs to be asked by a sweeper.
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
	return found, rows.Err() // a query that broke off is no answer
}
