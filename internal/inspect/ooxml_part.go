package inspect

import (
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// Namespaces of the judged parts: ECMA-376, transitional and strict, and Microsoft's.
const (
	wordSpace         = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	wordSpaceStrict   = "http://purl.oclc.org/ooxml/wordprocessingml/main"
	sheetSpace        = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	sheetSpaceStrict  = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	excelSpace        = "http://schemas.microsoft.com/office/excel/2006/main"
	vmlSpace          = "urn:schemas-microsoft-com:vml"
	vmlOfficeSpace    = "urn:schemas-microsoft-com:office:office"
	mashupSpace       = "http://schemas.microsoft.com/DataMashup"
	extendedSpace     = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
	extendedStrict    = "http://purl.oclc.org/ooxml/officeDocument/extendedProperties"
	customUISpace     = "http://schemas.microsoft.com/office/2006/01/customui"
	customUISpace2009 = "http://schemas.microsoft.com/office/2009/07/customui"
)

// officePart judges a part of an Office document by its elements.
type officePart struct {
	work   *Budget
	links  bool // allow links to files, to other computers, and of any scheme
	fields wordFields
	mode   officeText
	depth  int    // of the element whose text is judged
	value  []byte // of a base address, so far
	f      formula
}

// officeText is the kind of text in the current element.
type officeText uint8

const (
	textPlain       officeText = iota
	textInstruction            // of a field
	textFormula
	textBase // the base address of relative links
)

// plainRoots lists the root elements of parts without anything to judge. They hold text, styles,
// numbers or names.
var plainRoots = nameSet(`sst styleSheet styles fonts theme calcChain pivotCacheRecords people themeOverride tblStyleLst`)

// newOfficePart returns the rule for a part with this root, nil if nothing in it can act.
func newOfficePart(work *Budget, root xmlread.Name, links bool) partRule {
	space := string(root.Space)
	isOffice := space == "" && string(root.Local) == "xml" || space == mashupSpace || space == customUISpace || space == customUISpace2009
	for _, prefix := range []string{
		"http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/", "http://schemas.microsoft.com/office/", "urn:schemas-microsoft-com:",
	} {
		isOffice = isOffice || strings.HasPrefix(space, prefix)
	}
	if !isOffice || plainRoots[string(root.Local)] {
		return nil
	}
	return &officePart{work: work, links: links}
}

func (p *officePart) start(r *xmlread.Reader) error {
	if p.mode != textPlain { // readers differ in which text they then take
		return fault(CodeDamaged, "has an element within a formula, an instruction or an address")
	}
	name := r.Name()
	if r.Depth() == 1 {
		switch string(name.Space) {
		case mashupSpace:
			return active(KindConnection, "has a query for data from elsewhere")
		case customUISpace, customUISpace2009:
			return active(KindMacro, "adds commands to the user interface of Office")
		}
	}
	switch string(name.Space) {
	case wordSpace, wordSpaceStrict:
		return p.word(r)
	case sheetSpace, sheetSpaceStrict, excelSpace:
		p.sheet(r)
	case vmlSpace, vmlOfficeSpace:
		return p.vml(r)
	case extendedSpace, extendedStrict:
		if string(name.Local) == "HyperlinkBase" {
			p.look(r, textBase)
		}
	default:
		return p.drawing(r)
	}
	return nil
}

// look begins to look at the text of the current element.
func (p *officePart) look(r *xmlread.Reader, mode officeText) {
	p.mode, p.depth = mode, r.Depth()
	p.f = formula{excel: true}
	p.value = p.value[:0]
}

func (p *officePart) text(text []byte) error {
	switch p.mode {
	case textInstruction:
		return p.link(p.fields.read(text))
	case textFormula:
		if err := p.work.Spend(formulaSteps * len(text)); err != nil {
			return err
		}
		p.f.read(text)
		return p.f.err
	case textBase:
		if len(p.value) > maxFieldText {
			return fault(CodeComplex, "has an address that is too long")
		}
		p.value = append(p.value, text...)
	case textPlain:
	}
	return nil
}

func (p *officePart) end(r *xmlread.Reader) error {
	if r.Depth() == 1 {
		return p.link(p.fields.finish())
	}
	if p.mode == textPlain || r.Depth() != p.depth {
		return nil
	}
	mode := p.mode
	p.mode = textPlain
	if mode == textBase {
		return p.link(clickable(string(p.value)))
	}
	return nil
}

// link drops faults of links that the options allow.
func (p *officePart) link(err error) error {
	if err != nil && p.links && isLinkFault(err) {
		return nil
	}
	return err
}

// formulaSheet lists the elements of spreadsheets whose text is a formula.
var formulaSheet = nameSet(`f formula formula1 formula2 definedName calculatedColumnFormula totalsRowFormula oldFormula`)

func (p *officePart) sheet(r *xmlread.Reader) {
	if formulaSheet[string(r.Name().Local)] {
		p.look(r, textFormula)
	}
}

// word judges an element of a Word document.
func (p *officePart) word(r *xmlread.Reader) error {
	switch string(r.Name().Local) {
	case "instrText", "delInstrText", "t", "delText":
		if len(p.fields.open) > 0 {
			p.look(r, textInstruction)
		}
	case "fldChar":
		return p.fieldMark(r)
	case "fldSimple":
		instruction, err := attribute(r, "instr")
		if err == nil {
			err = judgeField(instruction)
		}
		if err = p.link(err); err == nil {
			err = p.fields.insert()
		}
		return err
	case "connectString", "dataSource", "headerSource":
		return active(KindConnection, "has a data source for a mail merge")
	}
	return nil
}

// fieldMark judges the beginning, the middle or the end of a field.
func (p *officePart) fieldMark(r *xmlread.Reader) error {
	kind, err := attribute(r, "fldCharType")
	if err != nil {
		return err
	}
	switch kind {
	case "begin":
		err = p.fields.begin()
	case "separate":
		err = p.fields.separate()
	case "end":
		err = p.fields.end()
	}
	return p.link(err)
}

// vml judges an element of VML, which may have addresses in attributes instead of relations.
func (p *officePart) vml(r *xmlread.Reader) error {
	if string(r.Name().Local) == "OLEObject" {
		return active(KindObject, "has an embedded object inside")
	}
	for i := range r.Attrs() {
		a := r.Attr(i)
		var err error
		switch string(a.Local) {
		case "src", "althref":
			err = loaded(a)
		case "href":
			if err = loaded(a); isShape[string(r.Name().Local)] {
				err = clickableAttr(a)
			}
		}
		if err = p.link(err); err != nil {
			return err
		}
	}
	return nil
}

// isShape lists the elements of VML whose href waits for a click. The href of others is loaded.
var isShape = nameSet(`shape group arc curve image line oval polyline rect roundrect`)

// inertActions lists the actions of slides that are accepted (MS-OI29500, hlinkClick). The empty
// one and the last two may follow a link, whose target is judged as a relation.
var inertActions = []string{
	"", "ppaction://noaction", "ppaction://hlinksldjump", "ppaction://hlinkshowjump", "ppaction://customshow", "ppaction://media",
	"ppaction://hlinkfile", "ppaction://hlinkpres",
}

// drawing judges an element of a drawing, a slide or a chart.
func (p *officePart) drawing(r *xmlread.Reader) error {
	local := string(r.Name().Local)
	isHover := local == "hlinkHover" || local == "hlinkMouseOver"
	if local != "hlinkClick" && !isHover {
		return nil
	}
	action, err := attribute(r, "action")
	if err != nil {
		return err
	}
	verb, _, _ := strings.Cut(action, "?")
	switch {
	case verb == "ppaction://macro":
		return active(KindMacro, "has a slide that calls a macro")
	case verb == "ppaction://program":
		return active(KindProgram, "has a slide that starts a program")
	case verb == "ppaction://ole":
		return active(KindObject, "has a slide that opens an embedded object")
	case !slices.Contains(inertActions, verb):
		return active(KindAction, "has an action of an unknown kind")
	}
	if !isHover || verb != "" && verb != "ppaction://hlinkfile" && verb != "ppaction://hlinkpres" {
		return nil
	}
	id, err := attribute(r, "id")
	if err == nil && id != "" {
		err = active(KindAction, "has a slide that follows a link without a click")
	}
	return err
}
