package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/airlock-go/upload/storage"
)

// direct is the storage under test, with the operations of the cases.
type direct struct {
	storage.DirectStorage
	store
	methods storage.DirectMethods
	opened  []sending // multipart uploads
}

// Defaults of what the cases send.
const (
	directSize = 3000
	directType = "text/plain"
)

// stagingKey returns a new staging key. Its characters need no encoding in URLs.
func stagingKey() string { return "storetest/" + storage.StagingSegment + "/" + rand.Text() }

// publishedKey returns a new key for a published object.
func publishedKey() string { return "storetest/published/" + rand.Text() + ".csv" }

// file describes a file to send.
func file(content []byte, sha256 string) storage.DirectObject {
	return storage.DirectObject{
		Key: stagingKey(), Type: directType, Size: int64(len(content)), SHA256: sha256, Expires: 5 * time.Minute,
	}
}

// sum returns the digest with which a single request for content must be signed, "" if it needs
// none.
func (s *direct) sum(content []byte) string {
	if s.methods.NeedsDigest {
		return digest(content)
	}
	return ""
}

// Names of ways. The first two send a whole file.
const (
	byPut  = "PUT"
	byForm = "form"
	byPart = "part"
)

// offered returns the ways to send a whole file that the store offers.
func (s *direct) offered() (list []string) {
	if s.methods.Put {
		list = append(list, byPut)
	}
	if s.methods.Form {
		list = append(list, byForm)
	}
	return list
}

// signWhole signs a request that sends all of d.
func (s *direct) signWhole(ctx context.Context, d storage.DirectObject, by string) (*storage.SignedRequest, error) {
	if by == byForm {
		return s.SignForm(ctx, d)
	}
	return s.SignPut(ctx, d)
}

// whole signs like signWhole, and adds the content.
func (s *direct) whole(ctx context.Context, d storage.DirectObject, content []byte, by string) (*sending, error) {
	signed, err := s.signWhole(ctx, d, by)
	if err != nil {
		return nil, fmt.Errorf("sign a %s: %w", by, err)
	}
	return newSending(signed, d.Key, content), nil
}

// create opens a multipart upload, which is aborted at the end of the case.
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

// staged sends content under a new key, and returns the key and description of the object.
func (s *direct) staged(ctx context.Context, content []byte) (key string, stored storage.Stored, err error) {
	key = stagingKey()
	if err = s.sendTo(ctx, key, content); err == nil {
		stored, err = s.Stat(ctx, key)
	}
	return key, stored, err
}

// sendTo sends content to a free staging key, by a PUT if the store offers it, else by a form.
func (s *direct) sendTo(ctx context.Context, key string, content []byte) error {
	d := file(content, s.sum(content))
	d.Key = key
	by := byForm
	if s.methods.Put {
		by = byPut
	}
	req, err := s.whole(ctx, d, content, by)
	if err == nil {
		err = req.accepted(ctx)
	}
	return err
}

// stores returns an error unless exactly content is kept under key, with this type and an ETag.
func (s *direct) stores(ctx context.Context, key, typ string, content []byte) error {
	stored, err := s.Stat(ctx, key)
	switch {
	case err != nil:
		return fmt.Errorf("Stat: %w", err)
	case stored.Size != int64(len(content)), stored.Type != typ, stored.ETag == "",
		stored.SHA256 != "" && stored.SHA256 != digest(content):
		return fmt.Errorf("Stat returned %+v", stored)
	}
	return s.reads(ctx, key, stored.ETag, 0, content)
}

// promotion returns a promotion of the object under key, with another type and a name.
func promotion(key string, stored storage.Stored) storage.Promotion {
	return storage.Promotion{
		Sources: []storage.Source{{Key: key, ETag: stored.ETag, Size: stored.Size}}, Key: publishedKey(),
		Type: "text/csv", Name: "Müller 1.csv", Size: stored.Size, Nonce: rand.Text(), Facts: `{"width":40,"height":30}`,
	}
}

// publishes returns an error unless exactly p, with this content, is published.
func (s *direct) publishes(ctx context.Context, p storage.Promotion, content []byte) error {
	got, err := s.Stat(ctx, p.Key)
	switch {
	case err != nil:
		return fmt.Errorf("Stat of the published object: %w", err)
	case got.Type != p.Type, got.Name != p.Name, got.Nonce != p.Nonce, got.Facts != p.Facts, got.Size != p.Size, got.ETag == "",
		got.SHA256 != "" && got.SHA256 != digest(content):
		return fmt.Errorf("Stat of %+v returned %+v", p, got)
	}
	return s.reads(ctx, p.Key, got.ETag, 0, content)
}
