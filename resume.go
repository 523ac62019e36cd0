package upload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/internal/tus"
	"github.com/airlock-go/upload/storage"
)

// Resumer receives resumable uploads under the policy of its [Handler], by tus 1.0
// (https://tus.io): creation, creation-with-upload, expiration and termination. Mount it at a path
// that ends in "/".
//
// Bytes lie in staging until the policy has accepted the whole file. Each instance with the same
// secrets continues what another began. An upload belongs to its caller, like the ticket of a
// [Presigner].
//
// The metadata "filename" or "name" is the file's name, "filetype" or "type" its claimed type, and
// "field" its field, by default the only one or "file". A refused file is answered with its code
// and status, and later requests, except DELETE and OPTIONS, with 410. The last answer has the
// [File] as JSON in Upload-File.
type Resumer struct {
	confirmer
	store   chain.Store
	direct  storage.DirectStorage // publishes pieces; nil: by Stage and Commit
	markers *ticket.Sealer        // of what no client carries
	origins tus.Origins
	opts    ResumeOptions
	writers writers
	jobs    jobs
}

// ResumeOptions are the settings of a [Resumer]. Nil and zero are strict.
type ResumeOptions struct {
	// MaxFileSize, StagingPrefix, Purpose and MaxChecks are as in [PresignOptions].
	MaxFileSize   int64
	StagingPrefix string
	Purpose       string
	MaxChecks     int

	// Expires is how long an upload can be continued. Default: 24 h. At most 7 days.
	Expires time.Duration

	// Origins are those of other front ends, such as "https://app.example.com": these may send
	// uploads, with credentials, and read the answers (CORS).
	Origins []string

	// Headers, such as "X-Tenant", may come from pages of Origins.
	Headers []string

	// Done is called when a file was published, before its client learns that, and again after an
	// error or a crash: it must be idempotent by f.Key. Meta has the client's other metadata,
	// unchecked. An error is answered with 5xx, so the client comes again; an empty file is
	// removed.
	Done func(ctx context.Context, subject string, meta map[string]string, f File) error
}

// NewResumer returns a Resumer over h's storage, policy and authorizer. The storage must be a
// [storage.ObjectReader] and create conditionally. Secrets are as for [NewPresigner]; opts may be
// nil.
func NewResumer(h *Handler, secrets [][]byte, opts *ResumeOptions) (*Resumer, error) {
	if h == nil {
		return nil, errors.New("upload: NewResumer needs a handler")
	}
	z := &Resumer{confirmer: confirmer{h: h}}
	if opts != nil {
		z.opts = *opts
	}
	var err error
	if err = z.opts.fill(h); err != nil {
		return nil, err
	}
	if z.origins, err = tus.NewOrigins(z.opts.Origins, z.opts.Headers); err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	var ok bool
	if z.store, ok = h.store.(chain.Store); !ok {
		return nil, fmt.Errorf("upload: resumable uploads need a storage.ObjectReader, which %T is not", h.store)
	}
	if _, ok := h.store.(storage.Lister); ok { // which the chain needs to make one object of pieces
		z.direct, _ = h.store.(storage.DirectStorage)
	}
	z.objects = z.store
	if z.markers, err = ticket.New(secrets, "resumable marker "+z.opts.Purpose); err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	if err = z.prepare(secrets, "resumable "+z.opts.Purpose, z.opts.MaxFileSize, z.opts.MaxChecks); err != nil {
		return nil, err
	}
	if err := z.keepsPieces(z.rules.largest()); err != nil {
		return nil, fmt.Errorf("upload: the storage cannot keep resumable uploads: %w", err)
	}
	return z, nil
}

// keepsPieces returns why the storage cannot keep the pieces of a file of size bytes, or nil.
func (z *Resumer) keepsPieces(size int64) error {
	if keeper, ok := z.store.(storage.PieceKeeper); ok {
		if err := keeper.KeepsPieces(size); err != nil {
			return err
		}
	}
	if z.direct == nil {
		return nil
	}
	piece := z.direct.PieceSize(size)
	if piece < 1 || piece > storage.MaxPartSize || (size-1)/piece >= storage.MaxParts {
		return fmt.Errorf("a file of %d bytes would be in pieces of %d, where S3 takes %d of up to 5 GiB", size, piece, storage.MaxParts)
	}
	return nil
}

func (o *ResumeOptions) fill(h *Handler) error {
	negative := false
	byDefault(&o.MaxFileSize, h.opts.MaxFileSize, &negative)
	byDefault(&o.Expires, 24*time.Hour, &negative)
	byDefault(&o.MaxChecks, 16, &negative)
	switch {
	case negative:
		return errors.New("upload: a negative option; 0 means the default, and nothing is unlimited")
	case o.MaxFileSize > maxFileSize:
		return fmt.Errorf("upload: a file has at most %s", byteSize(maxFileSize))
	case o.Expires > maxTicketExpires:
		return errors.New("upload: Expires is at most 7 days")
	}
	return validStaging(o.StagingPrefix)
}

// replayCell is the length of the longest piece in a storage that does not publish pieces itself.
const replayCell = 8 << 20

// cell returns the length of the longest piece of a file of that size.
func (z *Resumer) cell(size int64) int64 {
	if z.direct != nil {
		return z.direct.PieceSize(size)
	}
	return replayCell
}

// chain returns the pieces of an upload.
func (z *Resumer) chain(t *sealed) *chain.Chain {
	return chain.New(z.store, t.Staging+"/", t.Size, t.Cell)
}
