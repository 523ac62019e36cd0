package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/airlock-go/upload/internal/contained"
	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/storage"
)

// Links hands out published files by short-lived URLs, or passes them on. Clients cannot change
// type and disposition.
type Links struct {
	store    storage.ObjectReader
	signer   storage.LinkStorage // nil if the store signs no links
	verdicts storage.ScanReader  // nil unless a scan is required
	opts     LinksOptions
	report   reporter

	noDeadlines sync.Once
}

// LinksOptions are the settings of [Links]. Nil and zero mean the defaults.
type LinksOptions struct {
	// Expires is how long a URL works, unless the storage's credentials end first. Default: 5 min.
	// At most 12 h.
	Expires time.Duration

	// Inline are the types that a browser may show; others are downloads. [NewLinks] refuses types
	// that browsers run, such as HTML, SVG and XML. Default: PNG, JPEG, GIF, WebP and AVIF.
	Inline []string

	// Proxy makes [Links.Handler] pass the bytes through. Default: it redirects GET to the storage.
	Proxy bool

	// StallTimeout and MinRate are as in [Options], for proxied downloads. Default: 2 min, and 512.
	StallTimeout time.Duration
	MinRate      int64

	// RequireScan hands out only files that a scanner of published objects found clean, by a
	// [storage.ScanReader]. A pending or failed scan is answered with 503, a bad verdict with 404.
	RequireScan bool

	// Logger, Hooks and Text are as in [Options].
	Logger *slog.Logger
	Hooks  Hooks
	Text   func(r *http.Request, e *Error) string
}

const maxLinkExpires = 12 * time.Hour

var rasterImages = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}

// isActive reports whether the type is known as one that browsers may run, or take apart.
func isActive(t string) bool {
	major, minor, _ := strings.Cut(t, "/")
	return strings.HasSuffix(minor, "html") || strings.HasSuffix(minor, "xml") || strings.HasSuffix(minor, "xsl") ||
		strings.Contains(minor, "script") || major == "multipart" || major == "message"
}

// NewLinks returns Links to store, which must be a [storage.LinkStorage] or, with
// [LinksOptions.Proxy], a [storage.ObjectReader].
func NewLinks(store Storage, opts *LinksOptions) (*Links, error) {
	l := &Links{}
	if opts != nil {
		l.opts = *opts
	}
	negative := false
	byDefault(&l.opts.Expires, 5*time.Minute, &negative)
	byDefault(&l.opts.StallTimeout, 2*time.Minute, &negative)
	byDefault(&l.opts.MinRate, 512, &negative)
	if l.opts.Inline = slices.Clone(l.opts.Inline); l.opts.Inline == nil {
		l.opts.Inline = rasterImages
	}
	l.report = reporter{log: contained.Logger(l.opts.Logger), hooks: l.opts.Hooks, text: l.opts.Text}
	if err := l.use(store); err != nil {
		return nil, err
	}
	var ok bool
	if l.verdicts, ok = store.(storage.ScanReader); l.opts.RequireScan && !ok {
		return nil, fmt.Errorf("upload: LinksOptions.RequireScan needs a storage.ScanReader, which %T is not", store)
	}
	if !l.opts.RequireScan {
		l.verdicts = nil
	}
	if negative || l.opts.Expires > maxLinkExpires {
		return nil, errors.New("upload: a number of LinksOptions is negative, or Expires is above 12 hours")
	}
	for _, t := range l.opts.Inline {
		if !isMediaType(t) || isActive(t) {
			return nil, fmt.Errorf("upload: %q cannot be shown inline: it can run scripts, or is not a plain media type in lower case", t)
		}
	}
	return l, nil
}

// use takes the abilities of a storage that links need.
func (l *Links) use(store Storage) error {
	var ok bool
	if l.store, ok = store.(storage.ObjectReader); !ok {
		return fmt.Errorf("upload: links need a storage.ObjectReader, which %T is not", store)
	}
	if l.signer, ok = store.(storage.LinkStorage); !ok && !l.opts.Proxy {
		return fmt.Errorf("upload: links need a storage.LinkStorage, which %T is not; LinksOptions.Proxy needs none", store)
	}
	return nil
}

// Link says which object to hand out, and how.
type Link struct {
	Key string // of a published object; staging keys are refused

	// Name is the file name to download as. Default: the object's own.
	Name string
	// Download makes even an inline type a download.
	Download bool

	// Subject is who asked, only for the log and the hooks.
	Subject string
}

// URL returns a URL of the object, which works for everybody for [LinksOptions.Expires]. The error
// may be [CodeNotFound], [CodeScanPending] or [CodeCheckFailed] without a needed verdict,
// [CodeStorage], or [CodeInternal] if the storage signs no links.
func (l *Links) URL(ctx context.Context, link Link) (url string, err error) {
	err = l.report.run(ctx, doorLink, func(ctx context.Context, e *Event) error {
		url, err = l.url(ctx, link, e)
		return err
	})
	return url, err
}

func (l *Links) url(ctx context.Context, link Link, e *Event) (string, error) {
	if l.signer == nil {
		return "", internal(fmt.Errorf("upload: %T signs no links, so Links.URL has none; use Links.Handler", l.store))
	}
	stored, err := l.find(ctx, link, e)
	if err != nil {
		return "", err
	}
	g := storage.SignedGet{Type: stored.Type, Disposition: l.disposition(link, stored), Expires: l.opts.Expires}
	if l.verdicts != nil {
		g.Version = stored.Version // serve the version that was scanned
	}
	url, err := l.signer.SignGet(ctx, link.Key, g)
	if err != nil {
		return "", storageError(err)
	}
	e.Kind = KindLinked
	return url, nil
}

// find looks for a published object, and notes it in e.
func (l *Links) find(ctx context.Context, link Link, e *Event) (storage.Stored, error) {
	e.Subject, e.Files = link.Subject, []File{{Key: link.Key, Name: link.Name}}
	if storage.ValidKey(link.Key) != nil || storage.IsStaging(link.Key) {
		return storage.Stored{}, errNotFound
	}
	stored, err := l.store.Stat(ctx, link.Key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return storage.Stored{}, errNotFound
	case err != nil:
		return storage.Stored{}, &Error{Code: CodeStorage, Params: map[string]any{"kind": "read"}, Err: err}
	}
	if stored.Type == "" {
		stored.Type = "application/octet-stream"
	}
	about := &e.Files[0]
	if about.Type, about.Size = stored.Type, stored.Size; about.Name == "" {
		about.Name = stored.Name
	}
	return stored, l.scanned(ctx, link.Key, stored)
}

// disposition is the Content-Disposition (RFC 6266) that goes with the type.
func (l *Links) disposition(link Link, stored storage.Stored) string {
	kind := "attachment"
	if slices.Contains(l.opts.Inline, stored.Type) && !link.Download {
		kind = "inline"
	}
	name := link.Name
	if name == "" {
		name = stored.Name
	}
	return filename.Disposition(kind, name)
}

// scanned asks for the verdict on the version of the object that Stat described. A client cannot
// distinguish a file that is withheld for good from one that does not exist.
func (l *Links) scanned(ctx context.Context, key string, stored storage.Stored) error {
	if l.verdicts == nil {
		return nil
	}
	v, err := l.verdicts.ScanVerdict(ctx, key, stored.Version)
	if err != nil {
		return &Error{Code: CodeStorage, Params: map[string]any{"kind": "read"}, Err: err}
	}
	err = ScanError(v, nil)
	if err == nil || errorOf(err).Code.Status() >= http.StatusInternalServerError {
		return err
	}
	return &Error{Code: CodeNotFound, Err: err}
}
