package upload

import (
	"errors"
	"net/http"
)

// Handler is the handler that p was made of.
func (p *Presigner) Handler() *Handler { return p.h }

// SignParts is [Presigner.SignMultipart] for clients that cut files into parts
// of a size of their own: 5 MiB to 5 GiB. It grows for files of more than 10,000
// parts, and Ticket.PartSize tells it.
func (p *Presigner) SignParts(r *http.Request, d Declaration, partSize int64) (*Ticket, error) {
	if partSize < minDirectPart || partSize > maxDirectPart {
		return nil, internal(errors.New("upload: parts have 5 MiB to 5 GiB"))
	}
	sized := &Presigner{h: p.h, store: p.store, methods: p.methods, sealer: p.sealer, opts: p.opts}
	sized.opts.PartSize = partSize
	return sized.SignMultipart(r, d)
}
