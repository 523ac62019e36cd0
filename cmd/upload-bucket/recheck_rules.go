package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/airlock-go/upload"
)

var presets = map[string]func() upload.Validator{
	"images":    func() upload.Validator { return upload.Images(nil) },
	"documents": func() upload.Validator { return upload.Documents(nil) },
	"archives":  func() upload.Validator { return upload.Archives(nil) },
}

// accepting makes a policy of the words of -accept. It tries the policy on a file, so that unusable
// rules are reported as a wrong command line.
func accepting(ctx context.Context, words []string, maxSize int64) (upload.Validator, error) {
	var accepted []upload.Validator
	var types []string
	for _, word := range words {
		switch preset := presets[word]; {
		case preset != nil:
			accepted = append(accepted, preset())
		case strings.Contains(word, "/"):
			types = append(types, word)
		default:
			return nil, fmt.Errorf("-accept: %q is none of images, documents and archives, and not a media type", word)
		}
	}
	if len(types) > 0 {
		accepted = append(accepted, upload.Types(types...))
	}
	switch {
	case len(accepted) == 0:
		return nil, errors.New("-accept is missing")
	case maxSize <= 0:
		return nil, errors.New("-max-file-size must be more than 0")
	}
	policy := upload.Any(accepted...)
	var refused *upload.Error
	if _, err := upload.Check(ctx, policy, upload.File{Name: "a.txt"}, maxSize, strings.NewReader("a")); err != nil && !errors.As(err, &refused) {
		return nil, fmt.Errorf("-accept: %w", err)
	}
	return policy, nil
}

// recheckFinding is an object that would be refused, or that could not be judged.
type recheckFinding struct {
	Outcome string `json:"outcome"`
	Key     string `json:"key"`
	Code    string `json:"code,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Error   string `json:"error,omitempty"` // the cause
}

// print writes a finding to stdout. It quotes keys and causes, which may hold control
// sequences of terminals.
func (c *rechecking) print(f recheckFinding) error {
	line := fmt.Sprintf("%-8s %q", f.Outcome, f.Key)
	if f.Code != "" {
		line += fmt.Sprintf(" %s: %q", f.Code, f.Reason)
	}
	if f.Error != "" {
		line += fmt.Sprintf(" (%q)", f.Error)
	}
	if c.env.json {
		b, err := json.Marshal(f)
		if err != nil {
			return err
		}
		line = string(b)
	}
	_, err := fmt.Fprintln(c.env.stdout, line)
	return err
}
