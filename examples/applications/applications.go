package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	_ "modernc.org/sqlite"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/sweep"
)

// policy says which files an application has.
var policy = upload.Form{
	"cv": {MaxSize: 5 << 20, Accept: upload.Documents(&upload.DocumentOptions{Types: []string{
		"application/pdf", "application/vnd.oasis.opendocument.text",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	}})},
	"certificate": {MaxSize: 3 << 20, MaxFiles: 3, Optional: true, Accept: upload.Any(
		upload.Documents(&upload.DocumentOptions{Types: []string{"application/pdf"}}),
		upload.Images(&upload.ImageOptions{Types: []string{"image/png", "image/jpeg"}}),
	)},
}

// checkText judges the text before a file is read.
func checkText(_ context.Context, text url.Values) error {
	for _, values := range text {
		if strings.TrimSpace(values[0]) == "" {
			return upload.Reject("no_text", "Fill in your name, your email address and a message.")
		}
	}
	return nil
}

// application is a row. A database gives no id twice, so an old page deletes no new application.
type application struct {
	ID                   int64
	Name, Email, Message string
	Files                []upload.File
}

func openDatabase(name string) *sql.DB {
	db := must(sql.Open("sqlite", name))
	db.SetMaxOpenConns(1) // each connection to :memory: would be a database of its own
	must(db.Exec(`CREATE TABLE IF NOT EXISTS applications (id INTEGER PRIMARY KEY AUTOINCREMENT,
		applicant TEXT NOT NULL UNIQUE CHECK (applicant <> ''), name TEXT NOT NULL,
		email TEXT NOT NULL, message TEXT NOT NULL, files TEXT NOT NULL) STRICT`))
	return db
}

// asJSON holds a value that is written as JSON, or a pointer to one that is read from JSON.
type asJSON struct{ v any }

func (j asJSON) Value() (driver.Value, error) { b, err := json.Marshal(j.v); return string(b), err }
func (j asJSON) Scan(text any) error          { return json.Unmarshal([]byte(text.(string)), j.v) }

// apply publishes the files before it adds their row, so that no row lacks a file. A program that
// is killed in between leaves files without a row, which the sweep finds.
func (s *site) apply(w http.ResponseWriter, r *http.Request) {
	applicant := s.userOf(r).Name // once: a session may end while files come
	err := s.uploads.Handle(w, r, func(tx *upload.Tx) error {
		if err := tx.Commit(r.Context()); err != nil {
			return err
		}
		// After an error Handle removes the files, so a client that leaves must not cause one.
		err := s.db.QueryRow(`INSERT INTO applications (applicant, name, email, message, files)
			VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`, applicant,
			r.PostForm.Get("name"), r.PostForm.Get("email"), r.PostForm.Get("message"),
			asJSON{tx.Files()}).Scan(new(int64))
		if errors.Is(err, sql.ErrNoRows) {
			return upload.Reject("applied_already", "You have applied already.")
		}
		return err
	})
	if err == nil { // else Handle has answered
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// find finds the file of a link. A file that the user may not have looks like one that is absent.
func (s *site) find(r *http.Request) (upload.Link, error) {
	u := s.userOf(r)
	link := upload.Link{Download: true, Subject: u.Name}
	err := s.db.QueryRowContext(r.Context(), `SELECT value ->> 'key' FROM applications,
		json_each(files) WHERE value ->> 'key' = ? AND (applicant = ? OR ?)`,
		chi.URLParam(r, "*"), u.Name, u.Admin).Scan(&link.Key)
	return link, err
}

// remove deletes a row before its files. Files that stay are for the sweep.
func (s *site) remove(w http.ResponseWriter, r *http.Request) {
	var files []upload.File
	err := s.db.QueryRowContext(r.Context(), `DELETE FROM applications WHERE id = ? AND ?
		RETURNING files`, chi.URLParam(r, "id"), s.userOf(r).Admin).Scan(asJSON{&files})
	if err != nil {
		slog.WarnContext(r.Context(), "nothing is deleted", "error", err)
		http.NotFound(w, r)
		return
	}
	for _, f := range files {
		if err := s.files.Delete(context.WithoutCancel(r.Context()), f.Key); err != nil {
			slog.WarnContext(r.Context(), "a file is left to the sweep", "key", f.Key, "error", err)
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// sweep removes files that no row refers to, once they are eight days old, and does so hourly.
func (s *site) sweep() {
	options := &sweep.Options{Prefix: "applications", Remove: true}
	_, err := must(sweep.New(s.files, s.referenced, options)).Run(context.Background(), "")
	if err != nil {
		slog.Error("the sweep ended early", "error", err)
	}
	time.AfterFunc(time.Hour, s.sweep)
}

func (s *site) referenced(ctx context.Context, keys []string) (known []string, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT json_group_array(value) FROM json_each(?)
		WHERE value IN (SELECT value ->> 'key' FROM applications, json_each(files))`,
		asJSON{keys}).Scan(asJSON{&known})
	return known, err
}
