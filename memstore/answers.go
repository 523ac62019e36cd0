package memstore

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"net/http"

	"github.com/airlock-go/upload/storage"
)

// refusal is an error answer of S3.
type refusal struct {
	status int
	code   string
}

func (e refusal) Error() string { return "memstore: " + e.code }

// fail answers an error. An unknown error is one of the body, which could not be read to its end.
func fail(w http.ResponseWriter, err error) {
	e := refusal{http.StatusBadRequest, "IncompleteBody"}
	switch {
	case errors.As(err, &e):
	case errors.Is(err, storage.ErrFull):
		e = refusal{http.StatusInsufficientStorage, "InsufficientStorage"}
	case errors.Is(err, storage.ErrExists):
		e = refusal{http.StatusPreconditionFailed, "PreconditionFailed"}
	case errors.Is(err, fs.ErrNotExist):
		e = refusal{http.StatusNotFound, "NoSuchKey"}
	}
	answer(w, e.status, struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}{Code: e.code})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(v) // the client may be gone
}
