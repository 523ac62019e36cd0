package inspect

import (
	"bufio"
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/sniff"
)

const isOtherEntry = "has an entry whose content does not match its extension"

// zipFiles judges the entries of a plain archive.
type zipFiles struct {
	nesting int
	allowed []string // extensions
	known   bool     // every extension has a type that its content must have
	any     bool     // any extension is allowed
}

// everyday lists the types whose extensions a plain archive may hold by default. HTML, XML and SVG
// are not among them.
var everyday = []string{
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/heic", "image/heif", "image/bmp", "image/tiff",
	"application/pdf", "text/plain", "text/csv", "text/tab-separated-values", "text/markdown", "application/json",
	typeDOCX, typeXLSX, typePPTX, typeODT, typeODS, typeODP, typeEPUB, typeZIP,
	"video/mp4", "video/quicktime", "video/webm", "video/ogg",
	"audio/mpeg", "audio/mp4", "audio/wav", "audio/ogg", "audio/flac",
}

func newZipFiles(nesting int, extensions []string, anyType bool) *zipFiles {
	f := &zipFiles{nesting: nesting, allowed: extensions, known: extensions == nil && !anyType, any: anyType}
	if f.known {
		for _, t := range everyday {
			f.allowed = append(f.allowed, sniff.Extensions(t)...)
		}
	}
	return f
}

// name returns the second name if there is one. Programs that ignore it unpack by the first, which
// must be of the same kind and as harmless.
func (z *zipFiles) name(h *zipHeader) (string, error) {
	if h.name == h.raw {
		return h.name, nil
	}
	if err := cmp.Or(checkZipName(h.name, true), checkZipName(h.raw, false)); err != nil {
		return "", err
	}
	if zipExt(h.raw) != zipExt(h.name) || isDirectory(h.raw) != isDirectory(h.name) || strings.Count(h.raw, "/") != strings.Count(h.name, "/") {
		return "", fault(CodeDamaged, twoNames)
	}
	return h.name, nil
}

func (z *zipFiles) entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	for _, name := range []string{h.raw, h.name} {
		if err := notPackage(w, name); err != nil {
			return err
		}
	}
	head, err := peekHead(body)
	if err != nil {
		return err
	}
	ext := zipExt(h.name)
	switch {
	case isDirectory(h.name), isFolderFile(h.name, head):
		return nil
	case z.known && ext == "" && !isZip(head) && slices.Contains(everyday, sniff.Detect(head)): // README
		return nil
	case !z.any && !slices.Contains(z.allowed, ext):
		return entry(EntryType, "has an entry of a type that is not accepted")
	case len(head) == 0:
		return nil
	case z.nesting == 0 && (isZip(head) || isOtherArchive(head)):
		return entry(EntryArchive, "has an archive inside, or a document that is one")
	}
	mediaType := sniff.Resolve(head, ext)
	if !z.any && (z.known || isZip(head) || len(sniff.TypesOf(ext)) > 0) && !slices.Contains(sniff.Extensions(mediaType), ext) {
		return entry(EntryMismatch, isOtherEntry)
	}
	if isZip(head) {
		return entryFault(w.within(body, z.inner(mediaType)))
	}
	return nil
}

// entryFault turns a mismatch within an entry into a fault of the entry: CodeMismatch is about the
// type of the file itself.
func entryFault(err error) error {
	var found *Error
	if errors.As(err, &found) && found.Code == CodeMismatch {
		return entry(EntryMismatch, isOtherEntry)
	}
	return err
}

// inner returns the rules for an archive in the archive.
func (z *zipFiles) inner(mediaType string) zipFormat {
	if f := documentFormat(mediaType, false); f != nil {
		return f
	}
	inner := *z
	inner.nesting--
	return &inner
}

func (z *zipFiles) end(*zipWalk) error { return nil }

// notPackage refuses a package that only has the name of a plain archive.
func notPackage(w *zipWalk, name string) error {
	switch name = foldName(name); {
	case name == "meta-inf/manifest.mf", name == "androidmanifest.xml", name == "classes.dex":
		return active(KindProgram, isJava)
	case name == "[content_types].xml", name == "mimetype" && len(w.records) == 0:
		return fault(CodeMismatch, "is an Office document or a book, not a plain archive")
	}
	return nil
}
