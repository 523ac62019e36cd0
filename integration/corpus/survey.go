package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/airlock-go/upload"
)

// maxFile is the size of the largest file that is judged.
const maxFile = 256 << 20

// survey judges files and records the outcomes.
type survey struct {
	policies map[string]upload.Validator // by extension
	results  map[string]*result
	refused  []refusal
	unknown  int // files of other extensions
	empty    int
}

// result counts the files of one extension.
type result struct {
	accepted int
	reasons  map[string]int // of refused files
}

type refusal struct{ path, why string }

func newSurvey() *survey {
	s := &survey{policies: map[string]upload.Validator{}, results: map[string]*result{}}
	for _, p := range presets {
		policy := p.policy()
		for ext := range strings.FieldsSeq(p.extensions) {
			s.policies[ext] = policy
		}
	}
	return s
}

// folders judges the files in folders with these names, and below. It skips and counts empty files
// and those of other extensions. It skips unreadable files and those above maxFile without counting
// them.
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
	policy := s.policies[ext]
	if policy == nil {
		s.unknown++
		return
	}
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil || info.Size() > maxFile:
		return
	case info.Size() == 0:
		s.empty++
		return
	}
	r := s.results[ext]
	if r == nil {
		r = &result{reasons: map[string]int{}}
		s.results[ext] = r
	}
	reason, why := judge(policy, filepath.Base(path), f)
	if reason == "" {
		r.accepted++
		return
	}
	r.reasons[reason]++
	s.refused = append(s.refused, refusal{path, reason + ": " + why})
}

// judge returns why a file is refused, and "" if it is accepted. The reason is the refusal's code,
// with its kind; why is for the log.
func judge(policy upload.Validator, name string, content io.Reader) (reason, why string) {
	_, err := upload.Check(context.Background(), policy, upload.File{Name: name}, maxFile, content)
	var e *upload.Error
	switch {
	case err == nil:
		return "", ""
	case !errors.As(err, &e): // a mistake in presets
		return "not judged", err.Error()
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
