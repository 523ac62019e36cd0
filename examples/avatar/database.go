package main

import (
	"context"
	"database/sql"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// database holds the keys and owners of the pictures and of their squares. The files themselves are
// in storage.
type database struct{ *sql.DB }

const schema = `CREATE TABLE IF NOT EXISTS pictures (
	user        TEXT PRIMARY KEY,
	key         TEXT NOT NULL UNIQUE,
	square      TEXT NOT NULL UNIQUE,
	description TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 120),
	private     INTEGER NOT NULL
) STRICT`

func openDatabase(name string) (*database, error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // each connection to :memory: would be a database of its own
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &database{db}, nil
}

// picture is a row.
type picture struct {
	User        string
	Key         string // of the file as it was stored
	Square      string // the key of its square
	Description string
	Private     bool // only the user may see it
}

// set makes p the picture of its user and returns the keys of the previous one. Before the commit
// it calls keep, which returns an error if the file does not stay. If the commit then fails, the
// sweep removes the files.
func (db *database) set(ctx context.Context, p picture, keep func(context.Context) error) (previous []string, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	var key, square string
	err = tx.QueryRowContext(ctx, `SELECT key, square FROM pictures WHERE user = ?`, p.User).Scan(&key, &square)
	switch {
	case err == nil:
		previous = []string{key, square}
	case !errors.Is(err, sql.ErrNoRows):
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO pictures (user, key, square, description, private) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (user) DO UPDATE SET key = excluded.key, square = excluded.square, description = excluded.description, private = excluded.private`,
		p.User, p.Key, p.Square, p.Description, p.Private)
	if err != nil {
		return nil, err
	}
	if err := keep(ctx); err != nil {
		return nil, err
	}
	return previous, tx.Commit()
}

// remove deletes a user's row and returns the keys of the user's files.
func (db *database) remove(ctx context.Context, user string) (keys []string, err error) {
	var key, square string
	err = db.QueryRowContext(ctx, `DELETE FROM pictures WHERE user = ? RETURNING key, square`, user).Scan(&key, &square)
	return []string{key, square}, err
}

// find returns a user's picture for a viewer. A picture that the viewer may not see looks like one
// that does not exist.
func (db *database) find(ctx context.Context, user, viewer string) (p picture, err error) {
	err = db.QueryRowContext(ctx, `SELECT key, square FROM pictures WHERE user = ?1 AND (private = 0 OR user = ?2)`, user, viewer).Scan(&p.Key, &p.Square)
	return p, err
}

// seenBy lists the pictures that a user may see.
func (db *database) seenBy(ctx context.Context, viewer string) (pictures []picture, err error) {
	rows, err := db.QueryContext(ctx, `SELECT user, key, description, private FROM pictures WHERE private = 0 OR user = ? ORDER BY user`, viewer)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var p picture
		if err := rows.Scan(&p.User, &p.Key, &p.Description, &p.Private); err != nil {
			return nil, err
		}
		pictures = append(pictures, p)
	}
	return pictures, rows.Err()
}

// violates reports whether err says that a CHECK of the table refuses a value.
func violates(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_CHECK
}
