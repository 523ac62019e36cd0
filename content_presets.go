package upload

import (
	"context"

	"github.com/airlock-go/upload/internal/inspect"
)

// ImageOptions says what pictures [Images] accepts. Zero fields are the
// defaults; there is no value for "no limit". Sizes are judged by what the
// header declares, before anything is decoded: that is what makes a small file
// a bomb.
type ImageOptions struct {
	// Types are the media types. Default: image/png, image/jpeg, image/gif and
	// image/webp. image/avif and image/heic can be asked for, image/svg+xml
	// too: it is a document more than a picture, see [Types].
	Types []string

	MaxWidth  int   // pixels. Default: 16,384.
	MaxHeight int   // pixels. Default: 16,384.
	MaxPixels int64 // width times height. Default: 67,108,864. The frames of an animation may have 16 times that together.
	MaxFrames int   // of an animation. Default: 1,000.

	// AllowMotionPhotos accepts the film that Pixel, Samsung and Xiaomi phones
	// write behind the picture of a motion photo, in JPEG, and walks it as any
	// MP4 file. Default: refused, with the code "trailing_data".
	AllowMotionPhotos bool

	// Decode also decodes the pixels of PNG, JPEG and GIF files, with the
	// standard library, once the rest was found good: it finds damage that the
	// walk does not. Up to 32 MiB of the file are kept for it, and a decoder
	// takes up to 24 bytes a pixel; two run at a time, the others wait, within
	// Options.CheckTimeout. Decoding ends with the request and with CheckTimeout
	// when the decoder next reads from the file. After its last read it ends by
	// itself: a progressive JPEG is put together then. Lower MaxPixels with it: at its
	// default one picture can take 1.5 GiB. Make the validator once, since each value of
	// [Images] decodes two at a time, and each upload under way keeps its file.
	// Default: off.
	Decode bool
}

// Images is the validator for pictures: type, extension, structure and
// dimensions, as [Types] describes. Nil options are the defaults.
//
// It does not decode pixels: whether a picture is pretty, or its compressed
// data sound, is for the program that shows it. Metadata (EXIF with the place
// it was taken at) stays.
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
	return typed(types, c)
}

// maxDecoders is how many pictures one Images validator decodes at once.
const maxDecoders = 2

// DocumentOptions says what documents [Documents] accepts.
type DocumentOptions struct {
	// Types are the media types. Default: PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP,
	// plain text and CSV.
	Types []string

	// AllowPDFCalculations accepts scripts in PDF files that are nothing but calls of
	// Acrobat's functions for the fields of forms (AFNumber_Format, AFSimple_Calculate
	// and the like) with constants as arguments. Default: refused.
	AllowPDFCalculations bool

	// AllowPDFAttachments accepts files in PDF files, as Factur-X and ZUGFeRD have
	// them. They are data: nothing of them is looked at, so a program that unpacks
	// them must not trust them. Default: refused.
	AllowPDFAttachments bool

	// AllowPDFRemoteLinks accepts links in PDF files to files by other than a relative
	// path, so also to files of other machines (which tell those machines who clicks),
	// and of other schemes than http, https, ftp, ftps, mailto, news and tel. Links
	// that are scripts never pass. Default: refused.
	AllowPDFRemoteLinks bool

	// AllowActivePDF accepts PDF files that run scripts, act when they are
	// opened, load from elsewhere or carry other files, and encrypted ones.
	// Default: they are refused, except for what the three options above name. It is a best
	// effort: readers repair damaged files in ways of their own.
	AllowActivePDF bool

	// AllowLinks accepts links in Office, OpenDocument and EPUB files that lead
	// to files, to other computers, or to programs by any scheme. They wait for
	// a click. Default: links of http, https, ftp, ftps, mailto, news and tel, and
	// within the document or beside it.
	AllowLinks bool

	// What Office, OpenDocument and EPUB files may unpack to, as in
	// [ArchiveOptions]. The defaults are its defaults, but for MaxEntries: 5,000.
	MaxEntries   int
	MaxEntrySize int64
	MaxTotalSize int64
	MaxRatio     int64

	// AllowFormulas accepts cells of CSV and TSV files that spreadsheets take
	// for formulas: = + - @ in front, in any way in which a spreadsheet may cut
	// the table into cells. Amounts, telephone numbers, words after a dash and
	// handles are none. Default: refused.
	AllowFormulas bool

	// AllowMarkdownHTML accepts HTML in Markdown (.md), where README files have
	// it. Whatever renders the file must then clean it, scripts included.
	// Default: refused.
	AllowMarkdownHTML bool
}

// Documents is the validator for documents: type, extension and structure, as
// [Types] describes, and by default nothing in them that acts. Nil options are
// the defaults.
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
		passivePDF: !o.AllowActivePDF, allowPDF: inspect.PDFAllow{
			Calculations: o.AllowPDFCalculations, Attachments: o.AllowPDFAttachments, Links: o.AllowPDFRemoteLinks,
		}, noFormulas: !o.AllowFormulas, markdownHTML: o.AllowMarkdownHTML,
		documents: inspect.Document{AllowLinks: o.AllowLinks, Limits: inspect.ZipLimits{
			Entries: o.MaxEntries, EntrySize: o.MaxEntrySize, TotalSize: o.MaxTotalSize, Ratio: o.MaxRatio,
		}},
	})
}

// ArchiveOptions says what ZIP archives [Archives] accepts. Zero fields are the
// defaults; there is no value for "no limit". Sizes are of real bytes, counted
// while they are inflated.
type ArchiveOptions struct {
	// Extensions are what the names of entries may end in, in lower case with the dot. Default:
	// those of everyday pictures, sound, film, text and documents, whose content must agree. A name
	// without an extension, such as README, passes if its content is of one of these types. What
	// Windows and macOS keep in folders (Thumbs.db, desktop.ini, .DS_Store and the like) passes if
	// it is inert.
	Extensions []string

	MaxEntries   int   // files and directories. Default: 1,000.
	MaxEntrySize int64 // inflated bytes of one entry. Default: 128 MiB.
	MaxTotalSize int64 // inflated bytes of all entries. Default: 256 MiB.
	MaxRatio     int64 // inflated bytes for each byte of the file, once they are more than 8 MiB. Default: 200. Above about 40 MiB, what looking may cost allows less.

	// Nesting is how many levels of archives may lie inside, which share the
	// limits. Default: 0, none.
	Nesting int
}

// Archives is the validator for ZIP archives: no bombs, no entry that leaves
// the directory it is unpacked to, no links, no programs, nothing hidden
// between entries. Nil options are the defaults.
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
