package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// place is where a sweep is, kept in a file so that it outlives the process.
type place struct {
	file   string // "" to keep nothing
	Cursor string `json:"cursor"`
	Passed int    `json:"passed"` // objects and uploads before the cursor that were not removed, for the bar
	Remove bool   `json:"remove"` // whether the runs are with -remove
}

// load reads the place if the file exists. A run that removes does not go on from a dry run: it
// would skip the files that the dry run has only looked at. Nor does a dry run go on from one that
// removes.
func (p *place) load(remove bool) error {
	defer func() { p.Remove = remove }()
	if p.file == "" {
		return nil
	}
	text, err := os.ReadFile(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, p)
	}
	switch {
	case err != nil:
		return fmt.Errorf("-cursor: %w", err)
	case p.Remove != remove:
		return errors.New("-cursor: the file is from a run of the other kind, with or without -remove; delete it to begin again")
	}
	return nil
}

// forget removes the file, so that the next run starts again.
func (p *place) forget() error {
	if p.file == "" {
		return nil
	}
	err := os.Remove(p.file)
	if errors.Is(err, fs.ErrNotExist) { // no page was saved
		return nil
	}
	return err
}

// save replaces the file in one step, or removes it if cursor is "", as at the end of a sweep.
func (p *place) save(cursor string, passed int) error {
	p.Cursor, p.Passed = cursor, passed
	switch {
	case p.file == "":
		return nil
	case cursor == "":
		return p.forget()
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.file+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(p.file+".new", p.file)
}
