package storage

import (
	"context"
	"time"
)

// LinkStorage is an optional ability of a [Storage]: links with which anyone who has them can read
// one object for a while. upload.NewLinks needs it, except with upload.LinksOptions.Proxy.
type LinkStorage interface {
	ObjectReader

	// SignGet returns a URL that answers GET with the object and exactly g's type and disposition.
	// The URL works for g.Expires at most, and no longer than the credentials that signed it.
	// SignGet does not check whether the object exists. If the process itself serves the store, the
	// URL may be a path of the same origin.
	SignGet(ctx context.Context, key string, g SignedGet) (url string, err error)
}

// SignedGet describes what is signed into a link.
type SignedGet struct {
	Type        string // answered as Content-Type
	Disposition string // answered as Content-Disposition
	Expires     time.Duration

	// Version names the only version that the URL leads to. With "" the URL leads to the version
	// that is current when it is used. Stores without versions ignore Version.
	Version string
}
