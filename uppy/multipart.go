package uppy

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

const (
	// partSize is the size of the parts that Uppy makes, unless the file would have more than
	// 10,000. Then Uppy and SignParts both raise it.
	partSize = 5 << 20
	// maxCreate is the most bytes of the JSON that opens an upload.
	maxCreate = 64 << 10
	// maxComplete is the most bytes of a list of parts, which is not used.
	maxComplete = 1 << 20
	// maxUnused is the most bytes of the body of the other steps, which do not use it.
	maxUnused = 1 << 10
	// maxParts is the most parts of an upload.
	maxParts = 10_000
)

var (
	errJSON   = malformed("json", "the JSON cannot be read")
	errNoSize = malformed("size",
		"the file's metadata has no size in whole bytes; the page adds it by uppy.setFileMeta(id, { size: uppy.getFile(id).size }) in a pre-processor")
	errPart = malformed("part", "the part number is not a number")
)

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var d upload.Declaration
	step, err := s.p.ReadStep(w, r, maxCreate, func(body io.Reader) (err error) {
		d, err = s.declaration(body)
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ticket, err := s.p.SignParts(step, d, partSize)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	// Pages carry the key from step to step, next to the token. Here it is the number of parts, for
	// allParts.
	answer(w, http.StatusOK, map[string]string{"uploadId": ticket.Token, "key": strconv.Itoa(ticket.Parts)})
}

// declaration reads what the page says about a file.
func (s *server) declaration(body io.Reader) (d upload.Declaration, err error) {
	var in struct {
		Filename, Type string
		Metadata       struct {
			Size  any // a number in Uppy 6, a string in Uppy 5
			Field any
		}
	}
	decoder := json.NewDecoder(body)
	decoder.UseNumber()
	if decoder.Decode(&in) != nil {
		return d, errJSON
	}
	d = upload.Declaration{Field: s.opts.Field, Name: in.Filename, Type: in.Type}
	if field, ok := in.Metadata.Field.(string); ok && field != "" {
		d.Field = field
	}
	switch size := in.Metadata.Size.(type) {
	case json.Number:
		d.Size, err = size.Int64()
	case string:
		d.Size, err = strconv.ParseInt(size, 10, 64)
	default:
		return d, errNoSize
	}
	if err != nil {
		return d, errNoSize
	}
	return d, nil
}

func (s *server) sign(w http.ResponseWriter, r *http.Request, token, part string) {
	number, err := strconv.Atoi(part)
	if err != nil {
		s.refuse(w, r, errPart)
		return
	}
	var signed *storage.SignedRequest
	step, err := s.p.ReadStep(w, r, maxUnused, nil)
	if err == nil {
		signed, err = s.p.SignPart(step, token, number)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer(w, http.StatusOK, signed)
}

// listed is a part as Uppy expects it, by S3's names.
type listed struct {
	PartNumber int
	Size       int64
	ETag       string
}

func (s *server) list(w http.ResponseWriter, r *http.Request, token string) {
	var parts []storage.Part
	step, err := s.p.ReadStep(w, r, maxUnused, nil)
	if err == nil {
		parts, err = s.p.Parts(step, token)
	}
	if errors.Is(err, upload.CodeBadTicket) {
		parts, err = s.allParts(r, token)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list := make([]listed, len(parts))
	for i, part := range parts {
		list[i] = listed{part.Number, part.Size, part.ETag}
	}
	answer(w, http.StatusOK, list)
}

// allParts returns the list for an upload whose parts the storage no longer has: usually they were
// joined, and then the check or the publication failed. With all parts listed, Uppy has none to
// send and completes the upload again, which returns the outcome. SignPart checks that the caller
// has such a ticket, so this request has a second decision after the refusal by Parts. The number
// of parts is the page's claim, and a wrong one misleads only that page.
func (s *server) allParts(r *http.Request, token string) ([]storage.Part, error) {
	if _, err := s.p.SignPart(r, token, 1); err != nil {
		return nil, err
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("key"))
	parts := make([]storage.Part, max(0, min(n, maxParts)))
	for i := range parts {
		parts[i] = storage.Part{Number: i + 1, ETag: `"complete"`}
	}
	return parts, nil
}

// complete confirms the upload. It ignores the client's list of parts: only the storage's list
// counts.
func (s *server) complete(w http.ResponseWriter, r *http.Request, token string) {
	var f upload.File
	step, err := s.p.ReadStep(w, r, maxComplete, nil)
	if err == nil {
		f, err = s.p.Confirm(w, step, token, func(f upload.File) error { return s.published(r, f) })
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer(w, http.StatusOK, s.done(f))
}

func (s *server) abort(w http.ResponseWriter, r *http.Request, token string) {
	step, err := s.p.ReadStep(w, r, maxUnused, nil)
	if err == nil {
		err = s.p.Abort(step, token)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer(w, http.StatusOK, struct{}{}) // Uppy 5 reads JSON
}
