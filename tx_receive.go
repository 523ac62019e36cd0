package upload

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/airlock-go/upload/internal/form"
)

// Receive reads the whole form, or body, and stages its files. Without an error the policy has
// accepted every file, and none is readable before [Tx.Commit]. The text fields are in r.Form,
// r.PostForm and r.MultipartForm (without files). r.Form has the query's values too, except those
// of [Options.TextFirst].
//
// On error nothing is kept. Give the error, an [*Error], to [Handler.RespondError], which can
// answer clients that still send.
func (h *Handler) Receive(w http.ResponseWriter, r *http.Request) (*Tx, error) {
	tx := &Tx{s: h.newSession(r.Context(), doorStreamed, r), taken: map[string]int{}}
	tx.s.body = newBody(w, r, h.pace())
	defer func() {
		tx.s.body.close(r)
		tx.close()
	}()
	if err := tx.receive(); err != nil {
		return nil, tx.refused(err, tx.files)
	}
	tx.state = txOpen
	return tx, nil
}

func (tx *Tx) receive() error {
	if !tx.s.h.sessions.enter(&tx.s.live) {
		return errShutdown
	}
	if tx.s.h.raw != nil {
		return tx.receiveRaw(tx.s.h.raw)
	}
	return tx.receiveForm()
}

func (tx *Tx) receiveForm() error {
	boundary, err := tx.admitForm()
	if err != nil {
		return err
	}
	fr := form.NewReader(tx.s.body, boundary, form.Limits{
		Parts:         tx.s.rules.files + len(tx.s.rules.fields) + maxTextFields + 1,
		Fields:        maxTextFields,
		FieldBytes:    maxTextFieldSize,
		FieldsBytes:   tx.s.h.opts.MaxTextSize,
		HeaderBytes:   maxHeaderSize,
		EpilogueBytes: maxEpilogue,
	})
	defer fr.Release()
	values := url.Values{}
	defer tx.fillForm(values)
	if err := tx.parts(fr, values); err != nil {
		return err
	}
	if err := tx.checkText(values); err != nil {
		return err
	}
	return tx.s.rules.missing(tx.taken)
}

const (
	textPartOverhead = 1 << 10 // allowed for the headers of each text field, on average
	maxEpilogue      = 8 << 10
)

// admitForm judges all that can be judged before the first byte of the form is read, and returns
// its boundary.
func (tx *Tx) admitForm() (boundary string, err error) {
	r := tx.s.r
	if err := tx.admitCaller(http.MethodPost); err != nil {
		return "", err
	}
	if boundary, err = form.Boundary(r.Header); err != nil {
		return "", formError(err)
	}
	if tx.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return "", malformed("query", nil) // the error quotes it
	}
	if r.MultipartForm != nil {
		return "", internal(errors.New("the form was read before the upload handler, as by FormValue in a middleware"))
	}
	limit := tx.bodyLimit()
	switch {
	case r.ContentLength == 0:
		return "", malformed("empty", errors.New("upload: the request has no body"))
	case r.ContentLength > limit:
		return "", requestTooLarge(tx.s.rules.bytes, r.ContentLength)
	}
	return boundary, tx.admitBody(tx.s.rules.files, limit, bodyTooLarge(limit, nil))
}

// bodyLimit is the most bytes of a body: all files and texts at their limits, and room for headers.
func (tx *Tx) bodyLimit() int64 {
	rest := tx.s.h.opts.MaxTextSize + maxTextFields*textPartOverhead + maxEpilogue
	return tx.s.rules.bytes + int64(tx.s.rules.files)*maxHeaderSize + rest
}

// parts reads the form to its end.
func (tx *Tx) parts(fr *form.Reader, values url.Values) error {
	for {
		p, err := fr.Next()
		if err == io.EOF { // the bare one, as form.Reader promises
			return nil
		}
		if err != nil {
			return formError(err)
		}
		if p.IsFile {
			if err := tx.part(fr, p, values); err != nil {
				return err
			}
			continue
		}
		if err := tx.checkOrder(p.Name); err != nil {
			return err
		}
		text, err := fr.Field(p)
		if err != nil {
			return formError(err)
		}
		values.Add(p.Name, text)
	}
}

// fillForm does what ParseMultipartForm does, without files, so that r's form
// methods and the binding of frameworks find the text fields. As there, values
// of the query come first in r.Form, but none of them comes before text that was judged.
func (tx *Tx) fillForm(values url.Values) {
	r := tx.s.r
	for _, name := range tx.s.h.opts.TextFirst {
		tx.query.Del(name)
	}
	r.PostForm = values
	r.MultipartForm = &multipart.Form{Value: values, File: map[string][]*multipart.FileHeader{}}
	r.Form = url.Values{}
	for _, from := range []url.Values{tx.query, values} {
		for key, vs := range from {
			r.Form[key] = append(r.Form[key], vs...)
		}
	}
}
