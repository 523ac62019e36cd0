package inspect

import (
	"bufio"
	"cmp"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/xmlread"
)

// ooxml judges a package of Office Open XML (ECMA-376 part 2).
type ooxml struct {
	mediaType string
	inside    bool // it lies in another package
	links     bool // allow links to files, to other computers, and of any scheme
	parts     ooxmlParts
}

// typesPart is the name, in lower case, of the entry with the types of the others.
const typesPart = "[content_types].xml"

// mainParts maps types to the content types of their main parts.
var mainParts = map[string]string{
	typeDOCX: typeDOCX + ".main+xml",
	typeXLSX: typeXLSX + ".main+xml",
	typePPTX: typePPTX + ".main+xml",
}

// name returns the name of an entry. Old .NET libraries write backslashes, which become slashes, as
// in Office.
func (o *ooxml) name(h *zipHeader) (string, error) {
	name, err := h.oneName()
	return slashed(name), err
}

func (o *ooxml) entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	head, err := peekHead(body)
	if err != nil {
		return err
	}
	if isDirectory(h.name) || isFolderFile(h.name, head) {
		return nil
	}
	name := foldName(h.name)
	if err := judgePartName(name); err != nil {
		return err
	}
	if inner := o.embedded(name, head); inner != nil {
		return w.within(body, inner)
	}
	if err := checkEntry(head); err != nil {
		return err
	}
	isXML := looksLikeXML(head)
	if name != typesPart {
		if err := o.parts.add(w.budget, name, isXML || len(head) == 0); err != nil {
			return err
		}
	}
	if !isXML {
		return nil
	}
	src := io.Reader(body)
	if path.Ext(name) == ".vml" {
		src = &vmlSource{src: body}
	}
	drawing := &svgPart{}
	return readXML(w.budget.work, src, xmlread.Options{Doctypes: pictureTypes, Long: drawing.long}, drawing, func(root xmlread.Name) partRule {
		return cmp.Or(drawing.rule(root), o.rule(w.budget, name, root))
	})
}

// rule returns the rule for a part with this root element.
func (o *ooxml) rule(b *zipBudget, name string, root xmlread.Name) partRule {
	switch {
	case name == typesPart:
		return &ooxmlTypes{budget: b, parts: &o.parts}
	case path.Ext(name) == ".rels":
		return &ooxmlRelations{budget: b, parts: &o.parts, part: name, links: o.links}
	}
	return newOfficePart(b.work, root, o.links)
}

// judgePartName refuses names that no part of an ordinary document has.
func judgePartName(name string) error {
	switch kind := kindByName(name); {
	case strings.HasSuffix(name, ".piece"), hasHiddenLetters(name):
		return fault(CodeDamaged, "has a part in pieces, or with a hidden name")
	case kind != "":
		return active(kind, "has a macro, a control or an embedded object inside")
	case path.Ext(name) != "" && !partExtensions[path.Ext(name)]: // Google's metadata has none
		return entry(EntryType, "has a part with an extension that no part of a document has")
	}
	return nil
}

// hasHiddenLetters reports whether a name has letters, digits, or one of ./\_-~ in percent form. No
// part may have one (ECMA-376 part 2, 6.2.2.2). A reader that unescapes the name finds another part
// than one that does not.
func hasHiddenLetters(name string) bool {
	for _, after := range strings.Split(name, "%")[1:] {
		c, err := strconv.ParseUint(after[:min(2, len(after))], 16, 8)
		if err == nil && (strings.IndexByte(`./\_-~`, byte(c)) >= 0 || isLetterOrDigit(byte(c))) {
			return true
		}
	}
	return false
}

// kindByName returns the kind of active content that Office programs keep in parts of that name,
// and "" for other names.
func kindByName(name string) string {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, "vbaproject"), strings.HasPrefix(base, "vbadata"), hasFolder(name, "macrosheets"):
		return KindMacro
	case strings.HasPrefix(base, "oleobject"), hasFolder(name, "activex"), hasFolder(name, "afchunks"):
		return KindObject
	}
	return ""
}

// embedded returns the rules for a document inside, such as the workbook with the numbers of a
// chart. It returns nil for other parts, and within such a document.
func (o *ooxml) embedded(name string, head []byte) zipFormat {
	if o.inside || !isZip(head) {
		return nil
	}
	for mediaType := range mainParts {
		if slices.Contains(sniff.Extensions(mediaType), path.Ext(name)) {
			return &ooxml{mediaType: mediaType, inside: true, links: o.links}
		}
	}
	return nil
}

func (o *ooxml) end(*zipWalk) error { return o.parts.judge(mainParts[o.mediaType]) }
