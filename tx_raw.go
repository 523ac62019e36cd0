package upload

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/form"
	"github.com/airlock-go/upload/internal/worker"
)

// Raw returns a Handler whose requests, by PUT or POST, have one file as their whole body. The file
// obeys the rules of field. Both handlers share storage, policy, options, slots and Shutdown.
//
// The file name is that of Content-Disposition (RFC 6266, RFC 8187), or the result of name, which
// may be nil and must not read the body. Without a name the request is refused with [CodeBadName].
// Content-Type is only [Incoming.ClaimedType]. Incoming.Form stays empty.
//
// A multipart form or a compressed body is refused with [CodeNotRaw]; a cut one, and a part of a
// file by Content-Range or resumable upload, with [CodeMalformed]. Raw fails if the policy has no
// such field.
func (h *Handler) Raw(field string, name func(*http.Request) string) (*Handler, error) {
	if _, known := h.rules.fields[field]; !known {
		return nil, fmt.Errorf("upload: Raw: no file is accepted in the field %q", field)
	}
	return &Handler{core: h.core, raw: &rawBody{field: field, name: name}}, nil
}

func (tx *Tx) receiveRaw(raw *rawBody) error {
	name, limit, err := tx.admitRaw(raw)
	if err != nil {
		return err
	}
	return tx.file(&Incoming{
		Field: raw.field, Name: name, ClaimedType: tx.s.r.Header.Get("Content-Type"),
	}, untouched{tx.s.body}, limit, tx.left(0, limit))
}

// admitRaw judges all that can be judged before the first byte of the body is read, and
// returns the file's name and the most bytes that it may have.
func (tx *Tx) admitRaw(raw *rawBody) (name string, limit int64, err error) {
	r := tx.s.r
	if err := tx.admitCaller(http.MethodPut, http.MethodPost); err != nil {
		return "", 0, err
	}
	if err := isRaw(r); err != nil {
		return "", 0, err
	}
	if name, err = sentName(raw, r); err != nil {
		return "", 0, err
	}
	if name, limit, err = tx.announce(raw.field, name); err != nil {
		return "", 0, err
	}
	if r.ContentLength > limit {
		return "", 0, withFile(tooLarge(limit, r.ContentLength), raw.field, name)
	}
	return name, limit, tx.admitBody(1, limit, tooLarge(limit, -1))
}

// isRaw refuses a body that is not the file itself, from its first byte to its last.
func isRaw(r *http.Request) error {
	types := r.Header.Values("Content-Type")
	mediaType, _, _ := strings.Cut(strings.ToLower(r.Header.Get("Content-Type")), ";")
	mediaType = strings.TrimSpace(mediaType)
	switch {
	case form.Encoded(r.Header):
		return errEncoded
	case len(types) > 1:
		return errTwoTypes
	case strings.HasPrefix(mediaType, "multipart/"):
		return errForm
	case isPart(r.Header):
		return errPart
	case r.PostForm != nil && mediaType == "application/x-www-form-urlencoded":
		return internal(errTouched) // ParseForm reads bodies of that type
	}
	return nil
}

// isPart reports whether the body is not the whole file, by the words of RFC 9110, of tus, and of
// the IETF's drafts of resumable uploads. In these, Upload-Complete says whether the file ends
// here, and in earlier ones Upload-Incomplete does.
func isPart(h http.Header) bool {
	for _, never := range []string{"Content-Range", "Upload-Offset", "Tus-Resumable"} {
		if len(h.Values(never)) > 0 {
			return true
		}
	}
	for name, whole := range map[string]string{"Upload-Complete": "?1", "Upload-Incomplete": "?0"} {
		if v := h.Values(name); len(v) > 0 && !slices.Equal(v, []string{whole}) {
			return true
		}
	}
	return false
}

// sentName returns the file's name as it was sent.
func sentName(raw *rawBody, r *http.Request) (name string, err error) {
	if name, err = form.Attachment(r.Header); err != nil {
		return "", formError(err)
	}
	if name == "" && raw.name != nil {
		err := worker.Apart(func() error {
			name = raw.name(r)
			return nil
		})
		if err != nil {
			return "", internal(err)
		}
	}
	if name == "" {
		return "", noName(raw.field)
	}
	return name, nil
}

var errTouched = errors.New("upload: the body was read or changed before the upload handler, as by ParseForm in a middleware")

// untouched is a body that must be as long as its Content-Length, if it has one. After a middleware
// has read the beginning of a file, the rest would otherwise be taken for the whole.
type untouched struct{ body *body }

func (u untouched) Read(p []byte) (int, error) {
	n, err := u.body.Read(p)
	b := u.body
	if b.length >= 0 && (b.read > b.length || err == io.EOF && b.read < b.length) { // bare, as body sets it
		return 0, internal(errTouched)
	}
	return n, err
}
