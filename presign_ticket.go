package upload

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/storage"
)

// Ticket is what a client needs to send one file: one signed request, or PartSize and Parts, for
// which [Presigner.SignPart] signs each part. Go by Parts, not by the size.
type Ticket struct {
	Token   string    `json:"token"`   // opaque
	Expires time.Time `json:"expires"` // of the request, or of a ticket with parts

	*storage.SignedRequest

	PartSize int64 `json:"partSize,omitempty"` // bytes of each part except the last
	Parts    int   `json:"parts,omitempty"`
}

// sealed is the content of a ticket. Its names are short since it travels in paths.
type sealed struct {
	ID       string `json:"i"` // also the nonce of the published object
	Subject  string `json:"u,omitempty"`
	Field    string `json:"f"`
	Name     string `json:"n"`
	Type     string `json:"t"`
	Size     int64  `json:"s"`
	SHA256   string `json:"h,omitempty"`
	Staging  string `json:"a"`
	Key      string `json:"k"`
	UploadID string `json:"m,omitempty"` // of a multipart upload
	PartSize int64  `json:"p,omitempty"`
	Cell     int64  `json:"c,omitempty"` // most bytes of a piece, of a resumable upload
	Metadata string `json:"x,omitempty"` // of a resumable upload, as the client sent it
	Expires  int64  `json:"e"`           // Unix time
}

// clockSkew is how far the clocks of instances may be apart.
const clockSkew = 30 * time.Second

// expires returns the time after which an instance refuses the ticket, by its own clock.
func (t *sealed) expires() time.Time { return time.Unix(t.Expires, 0).Add(clockSkew) }

// single reports whether the file is sent in one request to the storage.
func (t *sealed) single() bool { return t.UploadID == "" && t.Cell == 0 }

// parts is how many parts the file has.
func (t *sealed) parts() int { return int((t.Size + t.PartSize - 1) / t.PartSize) }

// partSize is how many bytes the part of that number has.
func (t *sealed) partSize(number int) int64 {
	return min(t.PartSize, t.Size-int64(number-1)*t.PartSize)
}

// sealTicket returns the token that holds t.
func sealTicket(sealer *ticket.Sealer, t *sealed) (string, error) {
	var data bytes.Buffer
	e := json.NewEncoder(&data)
	e.SetEscapeHTML(false)
	if err := e.Encode(t); err != nil {
		return "", internal(err)
	}
	token, err := sealer.Seal(data.Bytes())
	if err != nil { // names, types and metadata are the client's, and of the rest there is little
		return "", withFile(&Error{Code: CodeBadName, Params: map[string]any{"kind": "too_long"}, Err: err}, t.Field, t.Name)
	}
	return token, nil
}

// openTicket returns the content of token, if it is for the caller of q and not expired.
func openTicket(sealer *ticket.Sealer, q *session, token string) (*sealed, error) {
	t, err := unsealTicket(sealer, token)
	// A Presigner whose Purpose begins with "resumable " can open the tickets of a Resumer.
	if err == nil && t.Cell > 0 != (q.door == doorResumable) {
		err = errBadTicket
	}
	if err == nil {
		err = t.allow(q.grant)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// unsealTicket returns the content of token, whoever may use it.
func unsealTicket(sealer *ticket.Sealer, token string) (*sealed, error) {
	data, err := sealer.Open(token)
	if err != nil {
		return nil, errBadTicket
	}
	t := &sealed{}
	if err := json.Unmarshal(data, t); err != nil {
		return nil, internal(err)
	}
	return t, nil
}

// allow refuses the holders of other grants, and everybody once t has expired.
func (t *sealed) allow(grant *Grant) error {
	switch {
	case t.Subject != grant.Subject || !strings.HasPrefix(t.Key, grant.KeyPrefix):
		return errBadTicket
	case time.Now().After(t.expires()):
		return errExpired
	}
	return nil
}

// ticketSuffix ends the key of the ticket that lies beside a staged file. No id has a dot.
const ticketSuffix = ".ticket"
