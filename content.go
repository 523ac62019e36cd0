package upload

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/sniff"
)

// Types accepts files of the given media types, and ties everything that says
// something of a file's type together: the type detected from the content must
// be on the list, the name's extension must be one of that type, and the
// structure of the file must be whole from its first byte to its last. What the
// client claims is not looked at. Empty files and names without an extension
// are refused.
//
// How far a type is read, always as the file streams by:
//
//   - PNG, JPEG, GIF, WebP, AVIF, HEIC: the container to its end, nothing after
//     it, and what the header declares of size and frames; see [ImageOptions].
//   - PDF: header, objects and end, nothing after them; see [DocumentOptions].
//   - DOCX, XLSX, PPTX, ODT, ODS, ODP, EPUB: every entry of the archive inside,
//     inflated and counted, and what is XML parsed; no macros, no programs, no
//     scripts, no document types, nothing loaded from elsewhere: parts,
//     relations, actions and links are of kinds that ordinary documents have.
//     Pictures, fonts, style sheets and films inside are not looked into.
//   - ZIP: likewise; see [ArchiveOptions].
//   - Text, CSV, TSV, Markdown, vCard, iCalendar: valid UTF-8, UTF-16 with a byte
//     order mark, or bytes as in Windows-1252, without control characters and
//     without markup that a browser runs. It is stored as it came, and its type
//     says nothing of the encoding.
//   - JSON: the whole grammar. Strings may hold anything, HTML among it.
//   - SVG: only what draws, so no scripts, no events, and nothing loaded from
//     outside of the file; links may lead to the web. No document type but those
//     of the W3C, and no entities but Adobe Illustrator's names of namespaces.
//   - XML: data, so no document type and no entities, no elements or attributes
//     that a browser, a server or an Office program acts on, and no style sheet.
//     Both: UTF-8, UTF-16 with a byte order mark, and US-ASCII, ISO-8859-1 and
//     windows-1252 that are declared. A .xml needs no XML declaration.
//   - MP4, MOV, M4A, 3GP, WebM, MP3, WAV, Ogg, FLAC: the container's structure, as
//     far as a stream shows it, and that no media lie elsewhere; the media inside
//     is not looked at. MP4, MOV, M4A and 3GP are one container, so the name
//     says which of them a file is.
//
// Other types (BMP, TIFF, ICO, gzip, tar, 7z) are accepted on the detection of
// their first bytes alone: a valid head says nothing of what follows it.
// text/html is not among the types, since what it does cannot be checked.
//
// A type that Types does not know makes [New] fail, and every upload of a [Grant]
// that has such a policy. [Images], [Documents] and [Archives] are presets
// over it, with what can be tuned.
func Types(types ...string) Validator { return typed(types, &contentOptions{}) }

func typed(types []string, o *contentOptions) Validator {
	types = slices.Clone(types)
	var unknown []error
	for _, t := range types {
		if len(sniff.Extensions(t)) == 0 || t == "text/html" {
			unknown = append(unknown, fmt.Errorf("upload: Types does not know the media type %q", t))
		}
	}
	named := func(_ context.Context, in *Incoming) error {
		if !slices.Contains(types, in.Type) {
			return typeNotAllowed(in.Type, types)
		}
		if !slices.Contains(sniff.Extensions(in.Type), filename.Ext(in.Name)) {
			return typeMismatch(in.Name, in.Type)
		}
		return nil
	}
	return &rule{own: true, fault: errors.Join(unknown...), declare: named, judge: func(ctx context.Context, in *Incoming) (Observer, error) {
		if len(in.Head) == 0 {
			return nil, errEmpty
		}
		if err := named(ctx, in); err != nil {
			return nil, err
		}
		i, decodes := o.inspector(in.Type)
		if i == nil {
			return nil, nil
		}
		return newInspector(ctx, i, decodes), nil
	}}
}

// contentOptions is what the presets tune; the zero value is that of Types.
type contentOptions struct {
	images     inspect.Limits
	decode     func(inspect.Picture) fileInspector // nil: pixels are not decoded
	archives   inspect.Zip
	documents  inspect.Document
	passivePDF bool
	allowPDF   inspect.PDFAllow
	noFormulas bool

	markdownHTML bool
	motionPhotos bool
}

// inspector returns what reads a file of that type to its end, nil if detection
// is all there is, and whether it decodes.
func (o *contentOptions) inspector(mediaType string) (i fileInspector, decodes bool) {
	newInspector := inspectors[mediaType]
	if newInspector == nil {
		return nil, false
	}
	i = newInspector(o, mediaType)
	_, decodes = i.(*inspect.Decoded)
	return i, decodes
}

var inspectors = map[string]func(o *contentOptions, mediaType string) fileInspector{
	"image/png": func(o *contentOptions, _ string) fileInspector { return o.picture(&inspect.PNG{Limits: o.images}) },
	"image/jpeg": func(o *contentOptions, _ string) fileInspector {
		return o.picture(&inspect.JPEG{Limits: o.images, MotionPhotos: o.motionPhotos})
	},
	"image/gif":           func(o *contentOptions, _ string) fileInspector { return o.picture(&inspect.GIF{Limits: o.images}) },
	"image/webp":          func(o *contentOptions, _ string) fileInspector { return &inspect.WebP{Limits: o.images} },
	"image/avif":          heif,
	"image/heic":          heif,
	"image/heif":          heif,
	"image/heic-sequence": heif,
	"image/heif-sequence": heif,

	"application/pdf": func(o *contentOptions, _ string) fileInspector {
		return &inspect.PDF{RefuseActive: o.passivePDF, Allow: o.allowPDF}
	},
	"text/plain":    text,
	"text/vcard":    text,
	"text/calendar": text,
	"text/markdown": func(o *contentOptions, _ string) fileInspector {
		return &inspect.Text{EightBit: true, AllowMarkup: o.markdownHTML}
	},
	"application/json": func(*contentOptions, string) fileInspector { return &inspect.JSON{} },
	"text/csv": func(o *contentOptions, _ string) fileInspector {
		return &inspect.CSV{EightBit: true, RefuseFormulas: o.noFormulas}
	},
	"text/tab-separated-values": func(o *contentOptions, _ string) fileInspector {
		return &inspect.CSV{Tabs: true, EightBit: true, RefuseFormulas: o.noFormulas}
	},
	"image/svg+xml": func(*contentOptions, string) fileInspector { return &inspect.SVG{} },
	"text/xml":      func(*contentOptions, string) fileInspector { return &inspect.XML{} },

	"application/zip":      func(o *contentOptions, _ string) fileInspector { z := o.archives; return &z },
	"application/epub+zip": document,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   document,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         document,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": document,
	"application/vnd.oasis.opendocument.text":                                   document,
	"application/vnd.oasis.opendocument.spreadsheet":                            document,
	"application/vnd.oasis.opendocument.presentation":                           document,

	"video/mp4":       mp4,
	"video/quicktime": mp4,
	"audio/mp4":       mp4,
	"video/3gpp":      mp4,
	"video/webm":      func(*contentOptions, string) fileInspector { return &inspect.WebM{} },
	"video/matroska":  func(*contentOptions, string) fileInspector { return &inspect.WebM{Matroska: true} },
	"audio/mpeg":      func(*contentOptions, string) fileInspector { return &inspect.MP3{} },
	"audio/wav":       func(*contentOptions, string) fileInspector { return &inspect.WAV{} },
	"audio/ogg":       ogg,
	"video/ogg":       ogg,
	"application/ogg": ogg,
	"audio/flac":      func(*contentOptions, string) fileInspector { return &inspect.FLAC{} },
}

func heif(o *contentOptions, _ string) fileInspector { return &inspect.HEIF{Limits: o.images} }

func text(*contentOptions, string) fileInspector { return &inspect.Text{EightBit: true} }

func document(o *contentOptions, mediaType string) fileInspector {
	d := o.documents
	d.Type = mediaType
	return &d
}

func mp4(*contentOptions, string) fileInspector { return &inspect.MP4{} }

func ogg(*contentOptions, string) fileInspector { return &inspect.Ogg{} }

func (o *contentOptions) picture(p inspect.Picture) fileInspector {
	if o.decode != nil {
		return o.decode(p)
	}
	return p
}
