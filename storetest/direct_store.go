package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/airlock-go/upload/storage"
)

// direct is the storage under test, with what the cases do to it.
type direct struct {
	storage.DirectStorage
	store
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

// publishedKey returns a new key of what is published.
func publishedKey() string { return "storetest/published/" + rand.Text() + ".csv" }

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

// The names of ways. The first two send a whole file.
const (
	byPut  = "PUT"
	byForm = "form"
	byPart = "part"
)

// offered are the ways to send a whole file for which the store has a method.
func (s *direct) offered() (list []string) {
	if s.methods.Put {
		list = append(list, byPut)
	}
	if s.methods.Form {
		list = append(list, byForm)
	}
	return list
}

// signWhole signs a request for all of d.
func (s *direct) signWhole(ctx context.Context, d storage.DirectObject, by string) (*storage.SignedRequest, error) {
	if by == byForm {
		return s.SignForm(ctx, d)
	}
	return s.SignPut(ctx, d)
}

// whole is signWhole with what is to be sent.
func (s *direct) whole(ctx context.Context, d storage.DirectObject, content []byte, by string) (*sending, error) {
	signed, err := s.signWhole(ctx, d, by)
	if err != nil {
		return nil, fmt.Errorf("signing a %s: %w", by, err)
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
	by := byForm
	if s.methods.Put {
		by = byPut
	}
	req, err := s.whole(ctx, d, content, by)
	if err == nil {
		err = req.accepted(ctx)
	}
	if err == nil {
		stored, err = s.Stat(ctx, d.Key)
	}
	return d.Key, stored, err
}

// stores is nil if exactly content is kept under key, with an ETag.
func (s *direct) stores(ctx context.Context, key, typ string, content []byte) error {
	stored, err := s.Stat(ctx, key)
	switch {
	case err != nil:
		return fmt.Errorf("Stat: %w", err)
	case stored.Size != int64(len(content)), stored.Type != typ, stored.ETag == "",
		stored.SHA256 != "" && stored.SHA256 != digest(content):
		return fmt.Errorf("Stat describes it as %+v", stored)
	}
	return s.reads(ctx, key, stored.ETag, 0, content)
}

// promotion publishes what is stored under key, with another type and a name.
func promotion(key string, stored storage.Stored) storage.Promotion {
	return storage.Promotion{
		From: key, ETag: stored.ETag, Key: publishedKey(),
		Type: "text/csv", Name: "Müller 1.csv", Size: stored.Size, Nonce: rand.Text(),
	}
}

// publishes is nil if exactly p is published, of content.
func (s *direct) publishes(ctx context.Context, p storage.Promotion, content []byte) error {
	got, err := s.Stat(ctx, p.Key)
	switch {
	case err != nil:
		return fmt.Errorf("Stat of the published object: %w", err)
	case got.Type != p.Type, got.Name != p.Name, got.Nonce != p.Nonce, got.Size != p.Size, got.ETag == "",
		got.SHA256 != "" && got.SHA256 != digest(content):
		return fmt.Errorf("Stat describes %+v as %+v", p, got)
	}
	return s.reads(ctx, p.Key, got.ETag, 0, content)
}
