package sweep

import (
	"fmt"
	"net/url"
	"strings"
)

// position is a position in a sweep: all objects come first, then all uploads.
type position struct {
	uploads bool
	after   string // the store's name of the position in that list
}

// Words of a cursor, which begins with one of them and the prefix.
const (
	cursorObjects = "objects"
	cursorUploads = "uploads"
)

// encode returns one line of ASCII, "" for the beginning.
func (c position) encode(prefix string) string {
	list := cursorObjects
	if c.uploads {
		list = cursorUploads
	}
	if c == (position{}) {
		return ""
	}
	return strings.Join([]string{list, url.QueryEscape(prefix), url.QueryEscape(c.after)}, ":")
}

// parseCursor accepts only a cursor of the same prefix. A cursor of another prefix could silently
// skip objects.
func parseCursor(text, prefix string) (c position, err error) {
	if text == "" {
		return c, nil
	}
	list, rest, _ := strings.Cut(text, ":")
	_, after, _ := strings.Cut(rest, ":")
	c.uploads = list == cursorUploads
	c.after, err = url.QueryUnescape(after)
	if err != nil || c.encode(prefix) != text {
		return position{}, fmt.Errorf("sweep: invalid cursor %q for prefix %q", text, prefix)
	}
	return c, nil
}
