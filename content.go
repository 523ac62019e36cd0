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

// Types accepts files of the given media types, as strictly as [Images], [Documents] and [Archives]
// by default. The detected type must be among them, and the name's extension must be one of that
// type. The structure must be whole to the last byte, as far as docs/accepted.md says. BMP, TIFF,
// ICO, gzip, tar and 7z are accepted by their first bytes alone. Empty files, names without an
// extension and text/html are refused.
//
// An unknown type makes [New] fail. In the policy of a [Grant] it makes each upload fail.
func Types(types ...string) Validator { return typed(types, &contentOptions{}) }

func typed(types []string, o *contentOptions) Validator {
	types = slices.Clone(types)
	var unknown []error
	for _, t := range types {
		if len(sniff.Extensions(t)) == 0 || t == "text/html" {
			unknown = append(unknown, fmt.Errorf("upload: Types cannot accept the media type %q", t))
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
	return &rule{own: true, types: types, motion: o.motionPhotos, fault: errors.Join(unknown...), declare: named, judge: func(ctx context.Context, in *Incoming) (Observer, error) {
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
		if j, ok := i.(*inspect.JPEG); ok {
			j.Scanned = &in.scanned
		}
		return newInspector(ctx, i, decodes), nil
	}}
}

// commonTypes returns the types that all of the validators may accept, nil if they list none. If
// they list types and have none in common, fault says so.
func commonTypes(validators []Validator) (common []string, fault error) {
	for _, v := range validators {
		types := typesOf(v)
		switch {
		case types == nil:
		case common == nil:
			common = types
		default:
			common = slices.DeleteFunc(slices.Clone(common), func(t string) bool { return !slices.Contains(types, t) })
			if len(common) == 0 {
				return nil, errors.New("upload: All accepts no file, since its validators have no type in common: use Any")
			}
		}
	}
	return common, nil
}

// typesOfAny returns the types that at least one of the validators may accept, nil if one of them
// lists none.
func typesOfAny(validators []Validator) (types []string) {
	for _, v := range validators {
		one := typesOf(v)
		if one == nil {
			return nil
		}
		types = append(types, one...)
	}
	return types
}

func typesOf(v Validator) []string {
	if r, ok := v.(*rule); ok {
		return r.types
	}
	return nil
}

// contentOptions are the settings of the presets; the zero value is that of Types.
type contentOptions struct {
	images    inspect.Limits
	decode    func(inspect.Picture) fileInspector // nil: pixels are not decoded
	archives  inspect.Zip
	documents inspect.Document
	activePDF bool
	allowPDF  inspect.PDFAllow
	formulas  bool

	markdownHTML bool
	motionPhotos bool
}

// inspector returns the reader of files of that type, and whether it decodes. It returns nil if the
// first bytes decide alone.
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
		return &inspect.PDF{RefuseActive: !o.activePDF, Allow: o.allowPDF}
	},
	"text/plain":    text,
	"text/vcard":    text,
	"text/calendar": text,
	"text/markdown": func(o *contentOptions, _ string) fileInspector {
		return &inspect.Text{EightBit: true, AllowMarkup: o.markdownHTML}
	},
	"application/json": func(*contentOptions, string) fileInspector { return &inspect.JSON{} },
	"text/csv": func(o *contentOptions, _ string) fileInspector {
		return &inspect.CSV{EightBit: true, RefuseFormulas: !o.formulas}
	},
	"text/tab-separated-values": func(o *contentOptions, _ string) fileInspector {
		return &inspect.CSV{Tabs: true, EightBit: true, RefuseFormulas: !o.formulas}
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
