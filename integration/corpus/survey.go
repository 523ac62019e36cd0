package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// maxFile is the largest file that is sent.
const maxFile = 256 << 20

// survey sends files and records the outcomes.
type survey struct {
	doors   map[string]*door // by extension
	results map[string]*result
	refused []refusal
	unknown int // files of other extensions
	empty   int
}

// result counts the files of one extension.
type result struct {
	accepted int
	reasons  map[string]int // of refused files
}

type refusal struct{ path, why string }

// door is a handler with one preset.
type door struct {
	store   *memstore.Store
	handler *upload.Handler
	err     error // of the last request
}

func newDoor(policy upload.Validator) (d *door, err error) {
	d = &door{store: &memstore.Store{MaxBytes: 2 * maxFile}}
	d.handler, err = upload.New(d.store, policy, upload.AllowAnonymous, &upload.Options{
		MaxFileSize: maxFile,
		Logger:      slog.New(slog.DiscardHandler),
		Respond:     func(_ http.ResponseWriter, _ *http.Request, _ []upload.File, err error) { d.err = err },
	})
	return d, err
}

func newSurvey() (*survey, error) {
	s := &survey{doors: map[string]*door{}, results: map[string]*result{}}
	for _, p := range presets {
		d, err := newDoor(p.policy())
		if err != nil {
			return nil, err
		}
		for ext := range strings.FieldsSeq(p.extensions) {
			s.doors[ext] = d
		}
	}
	return s, nil
}

// folders sends every file below them. It skips unreadable files.
func (s *survey) folders(names []string) error {
	for _, name := range names {
		if _, err := os.Stat(name); err != nil {
			return err
		}
		err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				s.file(path)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) file(path string) {
	ext := strings.ToLower(filepath.Ext(path))
	d := s.doors[ext]
	if d == nil {
		s.unknown++
		return
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxFile {
		return
	}
	content, err := os.ReadFile(path)
	switch {
	case err != nil:
		return
	case len(content) == 0:
		s.empty++
		return
	}
	r := s.results[ext]
	if r == nil {
		r = &result{reasons: map[string]int{}}
		s.results[ext] = r
	}
	reason, why := d.send(filepath.Base(path), content)
	if reason == "" {
		r.accepted++
		return
	}
	r.reasons[reason]++
	s.refused = append(s.refused, refusal{path, reason + ": " + why})
}

// send uploads a file. The reason is its code, with its kind;
// why is for the log.
func (d *door) send(name string, content []byte) (reason, why string) {
	d.err = nil
	d.handler.ServeHTTP(httptest.NewRecorder(), uploadtest.NewRequest("/", uploadtest.File("file", name, content)))
	for _, key := range d.store.Keys() {
		_ = d.store.Delete(context.Background(), key)
	}
	var e *upload.Error
	if !errors.As(d.err, &e) {
		return "", ""
	}
	reason, why = string(e.Code), e.Text()
	if kind, ok := e.Params["kind"]; ok {
		reason += fmt.Sprintf(" %v", kind)
	}
	if e.Err != nil {
		why = e.Err.Error()
	}
	return reason, why
}
