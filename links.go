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

// Links hands out what was published: short-lived URLs of single objects that
// answer with a type and a disposition which nobody can change. Keys are no
// authorisation, so every request asks who may have which file. It is safe for
// concurrent use.
//
// Files that users sent are best served from a host of their own, which a
// bucket's is: whatever they hold then runs without the application's cookies.
type Links struct {
	store    storage.ObjectReader
	signer   storage.LinkStorage // nil if the store signs no links
	verdicts storage.ScanReader  // nil unless a scan is required
	opts     LinksOptions
	report   reporter

	noDeadlines sync.Once
}

// LinksOptions is everything of [Links] that has a good default. The zero value,
// like nil, is the strict one.
type LinksOptions struct {
	// Expires is how long a URL works. The storage may end it sooner, with its
	// own credentials. Default: 5 min. At most 12 h.
	Expires time.Duration

	// Inline are the types that a browser may show by itself; all others are
	// downloads. Default: PNG, JPEG, GIF, WebP and AVIF. Types that can run
	// scripts (HTML, SVG, XML) are refused by [NewLinks].
	Inline []string

	// Proxy makes [Links.Handler] pass the bytes through instead of redirecting
	// to the storage, which then need not sign links. Default: it redirects.
	Proxy bool

	// StallTimeout cuts a proxied download whose client takes no byte for so long,
	// and is the window over which MinRate is measured. Its clock runs only while
	// we wait for the client. The kernel takes bytes for a slow client in lumps, of
	// up to 1.4 MiB on Linux, and in between the client seems to take nothing. So
	// 2 min serve all who read 12 KiB a second, and 30 s only those who read 50.
	// Default: 2 min.
	StallTimeout time.Duration

	// MinRate cuts a proxied download whose client takes fewer bytes a second
	// over a whole StallTimeout of waiting for it. Default: 512.
	MinRate int64

	// RequireScan hands out only what a malware scanner, which reads objects
	// after they were published, has found clean; the store must be a
	// [storage.ScanReader]. It costs one more call of the storage for each link.
	// What is found infected, suspicious or not fit to be scanned is answered
	// like what does not exist; [CodeScanPending] and [CodeCheckFailed], both
	// 503, say that it may be had later. A URL that was handed out before a
	// later scan finds something works until it expires. Default: off.
	RequireScan bool

	// Logger gets one record for each file that was handed out or refused, as
	// [Options.Logger] does for uploads. Default: slog.Default().
	Logger *slog.Logger

	// Hooks get each [Event] that the log gets. Default: none.
	Hooks Hooks

	// Text puts a refusal into words, as [Options.Text] does. Default: [Error.Text].
	Text func(r *http.Request, e *Error) string
}

const maxLinkExpires = 12 * time.Hour

var rasterImages = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}

// isActive reports whether browsers run files of the type, or take them apart.
func isActive(t string) bool {
	major, minor, _ := strings.Cut(t, "/")
	return strings.HasSuffix(minor, "html") || strings.HasSuffix(minor, "xml") || strings.HasSuffix(minor, "xsl") ||
		strings.Contains(minor, "script") || major == "multipart" || major == "message"
}

// NewLinks returns Links to the objects of store, which must be a [storage.LinkStorage]
// or, with [LinksOptions.Proxy], at least a [storage.ObjectReader]. opts may be nil.
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
		return nil, errors.New("upload: no number of LinksOptions is negative, and Expires is at most 12 hours")
	}
	for _, t := range l.opts.Inline {
		if !isMediaType(t) || isActive(t) {
			return nil, fmt.Errorf("upload: %q cannot be shown inline: it can run scripts, or is no plain media type in lower case", t)
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
	// Download makes a download even of a type that may be shown inline.
	Download bool

	// Subject is who asked, for the log and the hooks: it decides nothing.
	Subject string
}

// URL returns a URL of the object that works for [LinksOptions.Expires], for
// whoever has it. It asks the storage for the object first. The error is
// [CodeNotFound] if there is none, or none that may be linked to. With
// [LinksOptions.RequireScan] it is [CodeScanPending] before there is a verdict. A storage
// that signs no links has no such URL, and the error is [CodeInternal].
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
		g.Version = stored.Version // what was scanned is what is served
	}
	url, err := l.signer.SignGet(ctx, link.Key, g)
	if err != nil {
		return "", storageError(err)
	}
	e.Kind = KindLinked
	return url, nil
}

// find looks for a published object, and notes in e what it finds.
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

// scanned asks for the verdict on exactly what Stat described. That a file was
// withheld for good says the log.
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
