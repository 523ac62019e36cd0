package upload

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/filename"
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
//   - PNG, JPEG, GIF, WebP, AVIF, HEIC: the container to its end, nothing behind
//     it, and what the header declares of size and frames; see [ImageOptions].
//   - PDF: header, objects and end, nothing behind them; see [DocumentOptions].
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
// Types panics when it does not know a type: that is a mistake of the program,
// best found when it starts. [Images], [Documents] and [Archives] are presets
// over it, with what can be tuned.
func Types(types ...string) Validator { return typed(types, &contentOptions{}) }

func typed(types []string, o *contentOptions) Validator {
	types = slices.Clone(types)
	for _, t := range types {
		if len(sniff.Extensions(t)) == 0 || t == "text/html" {
			panic(fmt.Sprintf("upload: Types does not know the media type %q", t))
		}
	}
	named := func(_ context.Context, in *Incoming) error {
		if !slices.Contains(types, in.Type) {
			return typeNotAllowed(in.Type)
		}
		if exts := sniff.Extensions(in.Type); !slices.Contains(exts, filename.Ext(in.Name)) {
			return Reject(CodeTypeMismatch, fmt.Sprintf(
				"the content is %s, so the name must end in %s", in.Type, strings.Join(exts, " or ")))
		}
		return nil
	}
	return &rule{own: true, declare: named, judge: func(ctx context.Context, in *Incoming) (Observer, error) {
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
