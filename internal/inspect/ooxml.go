package inspect

import (
	"bufio"
	"encoding/xml"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/airlock-go/upload/internal/sniff"
)

// ooxml judges a package of Office Open XML (ECMA-376 part 2).
type ooxml struct {
	mediaType string
	inside    bool // it lies in another

	main      string // the part that is the document, by the package's relations
	overrides []string
	byDefault string // the extension whose parts are the document's main part unless they are listed
}

const incomplete = "is not a complete document of the type that its name says"

// mainParts maps types to the content types of their main parts.
var mainParts = map[string]string{
	typeDOCX: typeDOCX + ".main+xml",
	typeXLSX: typeXLSX + ".main+xml",
	typePPTX: typePPTX + ".main+xml",
}

func (o *ooxml) entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	head, err := peekHead(body)
	if err != nil {
		return err
	}
	name := foldName(h.name)
	if isDirectory(h.name) {
		return nil
	}
	if strings.HasSuffix(name, ".piece") || hasHiddenLetters(name) {
		return fault(CodeDamaged, "has a part in pieces, or of a hidden name")
	}
	if runsByName(name) {
		return active(KindMacro, "has a macro, a control or an embedded object inside")
	}
	if inner := o.embedded(name, head); inner != nil {
		return w.within(body, inner)
	}
	if err := checkEntry(head); err != nil {
		return err
	}
	if !isXML(name) {
		return nil
	}
	if err := checkProlog(head); err != nil {
		return err
	}
	switch {
	case name == "[content_types].xml":
		return w.parseXML(body, o.contentType)
	case path.Ext(name) == ".rels":
		return w.parseXML(body, func(e xml.StartElement) error { return o.relation(name, e) })
	}
	return nil
}

// hasHiddenLetters reports a name with letters, digits, dots or slashes in percent form. No part may have one (ECMA-376 part
// 2, 6.2.2.2), and who unescapes it finds another part than who does not.
func hasHiddenLetters(name string) bool {
	for _, after := range strings.Split(name, "%")[1:] {
		c, err := strconv.ParseUint(after[:min(2, len(after))], 16, 8)
		if err == nil && (strings.IndexByte(`./\_-~`, byte(c)) >= 0 || isLetterOrDigit(byte(c))) {
			return true
		}
	}
	return false
}

func isLetterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// runsByName reports parts that Office programs give names of their own.
func runsByName(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "vbaproject") || strings.HasPrefix(base, "vbadata") || strings.HasPrefix(base, "oleobject") ||
		hasFolder(name, "activex") || hasFolder(name, "macrosheets") || hasFolder(name, "afchunks")
}

// embedded returns what judges the numbers of a chart, nil if the part is something else.
func (o *ooxml) embedded(name string, head []byte) zipFormat {
	if o.inside || !isZip(head) {
		return nil
	}
	for mediaType := range mainParts {
		if slices.Contains(sniff.Extensions(mediaType), path.Ext(name)) {
			return &ooxml{mediaType: mediaType, inside: true}
		}
	}
	return nil
}

// contentType reads an element of [Content_Types].xml.
func (o *ooxml) contentType(e xml.StartElement) error {
	kind, _, _ := strings.Cut(strings.ToLower(attribute(e, "ContentType")), ";")
	kind = strings.TrimSpace(kind)
	for _, word := range []string{"macro", "vba", "activex", "oleobject"} {
		if strings.Contains(kind, word) {
			return active(KindMacro, "has a macro, a control or an embedded object inside")
		}
	}
	if !strings.HasSuffix(kind, ".main+xml") {
		return nil
	}
	if kind != mainParts[o.mediaType] {
		return fault(CodeMismatch, "is of another type than its name says")
	}
	switch e.Name.Local {
	case "Override":
		o.overrides = append(o.overrides, partName(attribute(e, "PartName")))
	case "Default":
		o.byDefault = "." + strings.ToLower(attribute(e, "Extension"))
	}
	if len(o.overrides) > 1 {
		return fault(CodeDamaged, "has two main parts")
	}
	return nil
}

// activeRelations lists, by the last word of their types, relations to what runs or is another program's.
var activeRelations = []string{
	"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "attachedtoolbars", "control", "activexcontrolbinary",
	"oleobject", "attachedtemplate", "externallink", "externallinkpath", "afchunk", "subdocument", "frame",
}

// relation reads an element of the .rels part of that name.
func (o *ooxml) relation(part string, e xml.StartElement) error {
	if e.Name.Local != "Relationship" {
		return nil
	}
	kind := strings.ToLower(path.Base(attribute(e, "Type")))
	if slices.Contains(activeRelations, kind) {
		return active(KindMacro, "refers to a macro, a control, an embedded object or a template")
	}
	if mode := attribute(e, "TargetMode"); mode != "" && mode != "Internal" && kind != "hyperlink" {
		return active(KindExternal, "loads something from elsewhere")
	}
	if part != "_rels/.rels" || kind != "officedocument" {
		return nil
	}
	if o.main != "" {
		return fault(CodeDamaged, "has two main parts")
	}
	o.main = partName(attribute(e, "Target"))
	return nil
}

// partName makes the name of an entry of a part's.
func partName(target string) string {
	return foldName(strings.TrimPrefix(path.Clean("/"+target), "/"))
}

func (o *ooxml) end(w *zipWalk) error {
	isMain := slices.Contains(o.overrides, o.main) || len(o.overrides) == 0 && o.byDefault == path.Ext(o.main)
	if o.main == "" || !isMain || !w.has(o.main) {
		return fault(CodeDamaged, incomplete)
	}
	return nil
}
