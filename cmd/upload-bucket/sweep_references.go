package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"time"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// references say what the application still refers to: a list of keys, or its
// database.
type references struct {
	list   string
	sqlite string
	query  string
	stdin  io.Reader
}

// answers are opened references.
type answers struct {
	ask  sweep.Referenced // nil if there is nothing to ask, which is enough only for staging keys
	asOf time.Time        // when they were true, zero for now
	done func()
}

func (r *references) flags(fs *flag.FlagSet) {
	r.stdin = os.Stdin
	fs.StringVar(&r.list, "references", "", "`file` of all keys that are referred to, one a line, written in the last two days; - is stdin, for a run without -remove")
	fs.StringVar(&r.sqlite, "sqlite", "", "SQLite `database` to ask instead, which is only read; a copy needs the time of its source (cp -p)")
	fs.StringVar(&r.query, "query", "", "`SELECT` of those keys that are referred to, of the JSON array ?1,\nas in SELECT key FROM pictures WHERE key IN (SELECT value FROM json_each(?1))")
}

// open refuses a list that cannot belong to the objects under prefix, and a query that fails.
func (r *references) open(ctx context.Context, store storage.Lister, prefix string, remove bool) (answers, error) {
	switch {
	case r.list != "" && r.sqlite != "":
		return answers{}, errors.New("-references and -sqlite: one of them, please")
	case r.list != "":
		return r.openList(ctx, store, prefix, remove)
	case r.sqlite != "":
		return r.openDatabase(ctx)
	}
	return answers{done: func() {}}, nil
}
