package memstore

import (
	"encoding/xml"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
)

// maxFormExtra is the most bytes of a form besides its file.
const maxFormExtra = 64 << 10

// form receives a whole file in a POST form to the site st. The form may be sent again until its
// policy expires. It replaces the object of the key, because a form cannot carry If-None-Match.
func (s *Store) form(w http.ResponseWriter, r *http.Request, st *site) error {
	switch {
	case r.URL.Path != st.base.Path || r.URL.RawQuery != "":
		return refusal{http.StatusForbidden, "AccessDenied"}
	case r.ContentLength < 0:
		return refusal{http.StatusLengthRequired, "MissingContentLength"}
	}
	if err := checkHeaders(r, nil); err != nil {
		return err
	}
	body := &io.LimitedReader{R: r.Body, N: maxFormExtra}
	r.Body = io.NopCloser(body)
	parts, err := r.MultipartReader()
	if err != nil {
		return errForm
	}
	fields, file, err := readFields(parts)
	if err != nil {
		return err
	}
	t, err := st.formTerms(fields)
	if err != nil {
		return err
	}
	body.N += t.Size
	b, err := s.receive(r.Context(), file, t)
	if err != nil {
		return err
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		s.drop(b)
		return errForm // the file must be last
	}
	o := t.object(b)
	s.mu.Lock()
	s.replace(t.Key, o)
	s.mu.Unlock()
	st.created(w, t.Key, o)
	return nil
}

var errForm = refusal{http.StatusBadRequest, "MalformedPOSTRequest"}

// readFields reads the fields before the file, and returns the file unread.
func readFields(parts *multipart.Reader) (map[string]string, io.Reader, error) {
	fields := map[string]string{}
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil, nil, errForm
		}
		name := part.FormName()
		if name == "file" {
			return fields, part, nil
		}
		value, err := io.ReadAll(part) // the caller limits it by maxFormExtra
		if _, again := fields[name]; err != nil || again {
			return nil, nil, errForm
		}
		fields[name] = string(value)
	}
}

// formTerms returns the terms for which the form was signed. It requires exactly the signed fields.
func (st *site) formTerms(fields map[string]string) (terms, error) {
	t, err := st.open(fields["policy"], fields["x-amz-signature"])
	if err == nil && (t.Method != http.MethodPost || !maps.Equal(fields, st.fields(t))) {
		err = refusal{http.StatusForbidden, "AccessDenied"}
	}
	return t, err
}

func (st *site) created(w http.ResponseWriter, key string, o *object) {
	u := st.base
	u.Path += key
	w.Header().Set("ETag", o.stored.ETag)
	w.Header().Set("Location", u.String())
	answer(w, http.StatusCreated, struct {
		XMLName             xml.Name `xml:"PostResponse"`
		Location, Key, ETag string
	}{Location: u.String(), Key: key, ETag: o.stored.ETag})
}
