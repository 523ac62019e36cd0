package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/airlock-go/upload/storage"
)

// RunDirect tests the direct uploads of the storages that newStore returns, a
// fresh one for each case: it signs requests, sends them over HTTP, honest ones
// and ones that were tampered with, and looks at what the store then has. The
// storages must take files of 12 MiB; one bucket may be behind all of them, for
// keys are random. With an [Auditor] it also checks that nothing is left.
//
// Cases whose names are in except are skipped, for servers with known defects:
// a store that fails one must not be used for direct uploads in which it
// matters.
func RunDirect(t *testing.T, newStore func(t *testing.T) storage.DirectStorage, except ...string) {
	t.Helper()
	mustKnow(t, except, func(name string) bool {
		return slices.ContainsFunc(directCases, func(c directCase) bool { return c.name == name })
	})
	for _, c := range directCases {
		t.Run(c.name, func(t *testing.T) {
			if slices.Contains(except, c.name) {
				t.Skip("rule: " + c.rule)
			}
			if err := c.check(t.Context(), newStore(t)); err != nil {
				t.Errorf("rule: %s\n%v", c.rule, err)
			}
		})
	}
}

// mustKnow fails the test if an exception is not the name of a case.
func mustKnow(t *testing.T, except []string, isCase func(name string) bool) {
	t.Helper()
	for _, name := range except {
		if !isCase(name) {
			t.Errorf("there is no case %q to be skipped", name)
		}
	}
}

type directCase struct {
	name string
	rule string
	run  func(ctx context.Context, s *direct) error
}

var directCases = slices.Concat(sendCases, attackCases, partCases, readCases, promoteCases)

// check runs the case, ends the multipart uploads that it opened itself, and
// looks for leftovers.
func (c directCase) check(ctx context.Context, tested storage.DirectStorage) error {
	methods, err := tested.DirectMethods()
	if err != nil {
		return fmt.Errorf("DirectMethods: %w", err)
	}
	s := &direct{DirectStorage: tested, methods: methods}
	if err := errors.Join(c.run(ctx, s), s.abortAll(ctx)); err != nil {
		return err
	}
	return audit(ctx, tested)
}

// direct is the storage under test, with what the cases do to it.
type direct struct {
	storage.DirectStorage
	methods storage.DirectMethods
	opened  []sending // multipart uploads
}

// What the cases send, unless size matters to them.
const (
	directSize = 3000
	directType = "text/plain"
)

// stagingKey returns a new one. Its characters stand for themselves in URLs.
func stagingKey() string { return "storetest/" + storage.StagingSegment + "/" + rand.Text() }

// otherBytes differ from content(size), and are as many.
func otherBytes(size int) []byte { return content(size + 1)[:size] }

// file describes what is to be sent.
func file(content []byte, sha256 string) storage.DirectObject {
	return storage.DirectObject{
		Key: stagingKey(), Type: directType, Size: int64(len(content)), SHA256: sha256, Expires: 5 * time.Minute,
	}
}

// sum is the digest that a single request for content must be signed with, "" if it
// needs none.
func (s *direct) sum(content []byte) string {
	if s.methods.NeedsDigest {
		return digest(content)
	}
	return ""
}

// whole signs a request for all of d.
func (s *direct) whole(ctx context.Context, d storage.DirectObject, content []byte, form bool) (*sending, error) {
	signed, err := s.SignUpload(ctx, d, form)
	if err != nil {
		return nil, fmt.Errorf("SignUpload: %w", err)
	}
	return newSending(signed, d.Key, content), nil
}

// create opens a multipart upload, which the end of the case aborts.
func (s *direct) create(ctx context.Context, d storage.DirectObject) (uploadID string, err error) {
	if uploadID, err = s.CreateMultipart(ctx, d); err != nil {
		return "", fmt.Errorf("CreateMultipart: %w", err)
	}
	s.opened = append(s.opened, sending{key: d.Key, uploadID: uploadID})
	return uploadID, nil
}

func (s *direct) abortAll(ctx context.Context) (err error) {
	for _, u := range s.opened {
		err = errors.Join(err, s.AbortMultipart(ctx, u.key, u.uploadID))
	}
	return err
}

// part signs a request for one part.
func (s *direct) part(ctx context.Context, d storage.DirectObject, uploadID string, number int, content []byte) (*sending, error) {
	d = storage.DirectObject{Key: d.Key, Size: int64(len(content)), Expires: d.Expires}
	signed, err := s.SignPart(ctx, d, uploadID, number)
	if err != nil {
		return nil, fmt.Errorf("SignPart: %w", err)
	}
	p := newSending(signed, d.Key, content)
	p.uploadID = uploadID
	return p, nil
}

// staged sends content by whichever way the store has for small files, and
// tells what it has become.
func (s *direct) staged(ctx context.Context, content []byte) (key string, stored storage.Stored, err error) {
	d := file(content, s.sum(content))
	req, err := s.whole(ctx, d, content, !s.methods.Put)
	if err == nil {
		err = req.accepted(ctx)
	}
	if err == nil {
		stored, err = s.Stat(ctx, d.Key)
	}
	return d.Key, stored, err
}
