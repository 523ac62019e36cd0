package storage

import (
	"context"
	"time"
)

// LinkStorage is an optional ability of a [Storage]: links that let whoever has
// them read one object for a while. upload.NewLinks needs it.
type LinkStorage interface {
	ObjectReader

	// SignGet returns a URL that answers GET with the object, exactly g's type
	// and disposition, and works until g.Expires has passed or the store's own
	// credentials end. It does not look whether the object exists. The URL of a
	// store that the process itself serves may be a path of the same origin.
	SignGet(ctx context.Context, key string, g SignedGet) (url string, err error)
}

// SignedGet is what is signed into a link.
type SignedGet struct {
	Type        string // answered as Content-Type
	Disposition string // answered as Content-Disposition
	Expires     time.Duration

	// Version is of the only version that the URL leads to, "" for whichever is
	// the current one. Stores without versions ignore it.
	Version string
}
