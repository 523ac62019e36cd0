package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// filesPath is the path of stored files, followed by their keys.
const filesPath = "/files/"

var keyShape = regexp.MustCompile(`^[0-9a-f]{32}(\.[a-z0-9]+)?$`)

// ours reports whether key has the form of the keys that this server makes. Visitors must not see
// other objects of the bucket.
func (cfg *config) ours(key string) bool {
	rest, ok := strings.CutPrefix(key, cfg.prefix)
	return ok && keyShape.MatchString(rest)
}

// filePath returns the path of the file with that key.
func filePath(key string) string { return (&url.URL{Path: filesPath + key}).EscapedPath() }

// newFiles returns a handler that redirects anyone who has a file's key to the file, by a link that
// works for five minutes. With -dir it answers with the file. There are no users here, so a key that
// nobody can guess is enough. A real host asks its database who may have the file, and finds the
// key there.
func newFiles(cfg *config, links *upload.Links) http.Handler {
	return links.Handler(func(r *http.Request) (upload.Link, error) {
		key := r.PathValue("key")
		if !cfg.ours(key) {
			return upload.Link{}, errors.New("not a key of this server")
		}
		return upload.Link{Key: key, Download: r.URL.Query().Has("download")}, nil
	})
}

// origin returns the origin of the store's objects for browsers, "" for this server.
func origin(ctx context.Context, store storage.Storage) (string, error) {
	links, ok := store.(storage.LinkStorage)
	if !ok {
		return "", nil
	}
	link, err := links.SignGet(ctx, "any", storage.SignedGet{Expires: unhurriedTime})
	if err != nil {
		return "", fmt.Errorf("links to the storage: %w", err)
	}
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return "", err
	}
	return u.Scheme + "://" + u.Host, nil
}
