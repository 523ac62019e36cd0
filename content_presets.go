package upload

import (
	"context"

	"github.com/airlock-go/upload/internal/inspect"
)

// ImageOptions says which pictures [Images] accepts.
type ImageOptions struct {
	// Types are by default image/png, image/jpeg, image/gif and image/webp. Some others:
	// image/avif, image/heic, image/svg+xml.
	Types []string

	MaxWidth  int   // pixels. Default: 16,384.
	MaxHeight int   // pixels. Default: 16,384.
	MaxPixels int64 // an animation's frames may have 16 times that in all. Default: 67,108,864.
	MaxFrames int   // of an animation. Default: 1,000.

	MinWidth, MinHeight int // pixels, after orientation. Refused if unknown, as of SVG.

	// AllowMotionPhotos accepts the MP4 video that phones append to a JPEG, and reads it.
	// Default: refused with [CodeTrailing].
	AllowMotionPhotos bool

	// Decode also decodes PNG, JPEG and GIF files, which finds more damage. It refuses files above
	// 32 MiB. It takes up to 64 MiB a file and 24 bytes a pixel, so lower MaxPixels; see
	// docs/production.md. Each value of [Images] decodes two at once.
	Decode bool
}

// Images accepts pictures as [Types] does, within the limits of options, which may be nil. SVG,
// BMP, TIFF and ICO have no upper limits.
func Images(options *ImageOptions) Validator {
	o := valueOf(options)
	types := o.Types
	if len(types) == 0 {
		types = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}
	}
	c := &contentOptions{motionPhotos: o.AllowMotionPhotos, images: inspect.Limits{
		MaxWidth: o.MaxWidth, MaxHeight: o.MaxHeight, MaxPixels: o.MaxPixels, MaxFrames: o.MaxFrames,
	}}
	if o.Decode {
		decoders := make(chan struct{}, maxDecoders)
		c.decode = func(p inspect.Picture) fileInspector {
			return &inspect.Decoded{Walk: p, Acquire: func(ctx context.Context) (func(), error) {
				select {
				case decoders <- struct{}{}:
					return func() { <-decoders }, nil
				case <-ctx.Done():
					return nil, context.Cause(ctx)
				}
			}}
		}
	}
	if o.MinWidth > 0 || o.MinHeight > 0 {
		return All(typed(types, c), leastPixels(o.MinWidth, o.MinHeight))
	}
	return typed(types, c)
}

// maxDecoders is how many pictures one Images validator decodes at once.
const maxDecoders = 2

// DocumentOptions says which documents [Documents] accepts. By default it refuses what the Allow
// fields name; docs/accepted.md has the details.
type DocumentOptions struct {
	// Types are by default PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, plain text and CSV.
	Types []string

	// AllowPDFCalculations accepts PDF scripts that only call Acrobat's functions for form fields
	// with constants.
	AllowPDFCalculations bool

	// AllowPDFAttachments accepts files in PDF files (Factur-X, ZUGFeRD). Nothing looks into them.
	AllowPDFAttachments bool

	// AllowPDFRemoteLinks accepts PDF links to files by absolute or network paths, and of schemes
	// other than http, https, ftp, ftps, mailto, news, tel and those of scripts.
	AllowPDFRemoteLinks bool

	// AllowActivePDF accepts PDF files that run scripts, act when opened, load from elsewhere,
	// carry files or are encrypted. Refusing them is a best effort, since readers repair damaged
	// files.
	AllowActivePDF bool

	// AllowLinks accepts links in Office, OpenDocument and EPUB files to other files, computers or
	// programs, and of schemes not listed above; in Office files even javascript.
	AllowLinks bool

	// MaxEntries and the next three limit unpacking Office, OpenDocument and EPUB files. Defaults:
	// those of [ArchiveOptions], except 5,000 entries.
	MaxEntries   int
	MaxEntrySize int64
	MaxTotalSize int64
	MaxRatio     int64

	// AllowFormulas accepts cells of CSV and TSV files that a spreadsheet may take for formulas.
	AllowFormulas bool

	// AllowMarkdownHTML accepts HTML in Markdown. Your renderer must sanitize it.
	AllowMarkdownHTML bool
}

// Documents accepts documents as [Types] does, and more by options, which may be nil.
func Documents(options *DocumentOptions) Validator {
	o := valueOf(options)
	types := o.Types
	if len(types) == 0 {
		types = []string{
			"application/pdf",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"application/vnd.openxmlformats-officedocument.presentationml.presentation",
			"application/vnd.oasis.opendocument.text",
			"application/vnd.oasis.opendocument.spreadsheet",
			"application/vnd.oasis.opendocument.presentation",
			"text/plain", "text/csv",
		}
	}
	return typed(types, &contentOptions{
		activePDF: o.AllowActivePDF, allowPDF: inspect.PDFAllow{
			Calculations: o.AllowPDFCalculations, Attachments: o.AllowPDFAttachments, Links: o.AllowPDFRemoteLinks,
		}, formulas: o.AllowFormulas, markdownHTML: o.AllowMarkdownHTML,
		documents: inspect.Document{AllowLinks: o.AllowLinks, Limits: inspect.ZipLimits{
			Entries: o.MaxEntries, EntrySize: o.MaxEntrySize, TotalSize: o.MaxTotalSize, Ratio: o.MaxRatio,
		}},
	})
}

// ArchiveOptions says which ZIP archives [Archives] accepts.
type ArchiveOptions struct {
	// Extensions are those that entries may have, in lower case with the dot. If one has a known
	// type, the entry must begin like it. Default: everyday ones, see docs/security.md.
	Extensions []string

	MaxEntries   int   // files and directories. Default: 1,000.
	MaxEntrySize int64 // inflated bytes of one entry. Default: 128 MiB.
	MaxTotalSize int64 // inflated bytes of all entries. Default: 256 MiB.
	MaxRatio     int64 // inflated bytes for each byte of the file, from 8 MiB on. Default: 200. The limit on work may refuse less.

	// Nesting is how many levels of ZIP archives, such as DOCX, may lie inside, read whole and
	// within the limits. Default: 0.
	Nesting int
}

// Archives accepts ZIP archives. It refuses bombs, entries outside of their directory, links,
// hidden bytes, and by default programs. By default it judges only the first 4 KiB of each entry;
// options may be nil.
func Archives(options *ArchiveOptions) Validator {
	o := valueOf(options)
	return typed([]string{"application/zip"}, &contentOptions{archives: inspect.Zip{
		Extensions: o.Extensions, Nesting: o.Nesting,
		Limits: inspect.ZipLimits{
			Entries: o.MaxEntries, EntrySize: o.MaxEntrySize, TotalSize: o.MaxTotalSize, Ratio: o.MaxRatio,
		},
	}})
}

func valueOf[T any](options *T) (o T) {
	if options != nil {
		o = *options
	}
	return o
}
