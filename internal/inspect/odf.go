package inspect

import (
	"bufio"
	"cmp"
	"errors"
	"path"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// odf judges a package of OpenDocument (ODF 1.3 part 2).
type odf struct {
	mediaType string
	links     bool  // allow links to files and of any scheme, except scripts
	typed     bool  // the mimetype entry declares the type
	declared  bool  // the manifest declares it, too
	damage    error // of the first unreadable part: a manifest that comes later may declare it encrypted
}

// openOfficeTypes are the document types that old versions of OpenOffice.org wrote. A part with one
// of them may not declare an entity, and the DTD itself is not read.
var openOfficeTypes = []xmlread.DocumentType{
	{Name: "manifest:manifest", Public: "-//OpenOffice.org//DTD Manifest 1.0//EN", System: "Manifest.dtd"},
	{Name: "math:math", Public: "-//OpenOffice.org//DTD Modified W3C MathML 1.01//EN", System: "math.dtd"},
	{Name: "accel:acceleratorlist", Public: "-//OpenOffice.org//DTD OfficeDocument 1.0//EN", System: "accelerator.dtd"},
	{Name: "menu:menubar", Public: "-//OpenOffice.org//DTD OfficeDocument 1.0//EN", System: "menubar.dtd"},
	{Name: "toolbar:toolbar", Public: "-//OpenOffice.org//DTD OfficeDocument 1.0//EN", System: "toolbar.dtd"},
	{Name: "toolbar:toolbarlayouts", Public: "-//OpenOffice.org//DTD OfficeDocument 1.0//EN", System: "toolbar.dtd"},
	{Name: "statusbar:statusbar", Public: "-//OpenOffice.org//DTD OfficeDocument 1.0//EN", System: "statusbar.dtd"},
	{Name: "image:imagescontainer", Public: "-//OpenOffice.org//DTD OfficeDocument 1.0//EN", System: "image.dtd"},
}

// odfExtensions lists the extensions of entries, in addition to partExtensions. The names of
// embedded objects have no extension.
var odfExtensions = nameSet(`.rdf .svm .txt .odt .ods .odp .odg .odf .odc .html`)

func (o *odf) name(h *zipHeader) (string, error) { return h.oneName() }

func (o *odf) entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	err := o.judge(w, h, body)
	if e := (*Error)(nil); errors.As(err, &e) && (e.Code == CodeDamaged || e.Code == CodeUnsupported || e.Code == CodeComplex) {
		o.damage = cmp.Or(o.damage, err)
		return nil
	}
	return err
}

func (o *odf) judge(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	head, err := peekHead(body)
	if err != nil {
		return err
	}
	name := foldName(h.name)
	if isDirectory(h.name) {
		return judgeODFName(name + "/")
	}
	if name == "mimetype" {
		o.typed = true
		return checkMimetype(head, o.mediaType)
	}
	if err := judgeODFName(name); err != nil {
		return err
	}
	if err := checkEntry(head); err != nil {
		return err
	}
	isXML := looksLikeXML(head)
	switch {
	case !isXML && len(head) > 0 && (path.Ext(name) == ".xml" || path.Ext(name) == ".rdf"):
		return fault(CodeDamaged, "has a part that is not XML")
	case !isXML:
		return nil
	}
	part, drawing := &odfPart{work: w.budget.work, links: o.links}, &svgPart{}
	options := xmlread.Options{Doctypes: openOfficeTypes, Long: func(name, piece []byte, last bool) error {
		return cmp.Or(part.long(name, piece, last), drawing.long(name, piece, last))
	}}
	return readXML(w.budget.work, body, options, drawing, func(root xmlread.Name) partRule {
		if name == "meta-inf/manifest.xml" {
			return &odfManifest{o}
		}
		return cmp.Or(drawing.rule(root), partRule(part))
	})
}

// judgeODFName refuses names that no entry of an ordinary document has.
func judgeODFName(name string) error {
	ext := path.Ext(name)
	switch {
	case hasFolder(name, "basic"), hasFolder(name, "scripts"), strings.HasPrefix(name, "dialogs/"):
		return active(KindMacro, "has macros inside")
	case isDirectory(name):
		return nil
	case ext != "" && !partExtensions[ext] && !odfExtensions[ext]:
		return entry(EntryType, "has an entry with an extension that no part of a document has")
	}
	return nil
}

func (o *odf) end(*zipWalk) error {
	if o.damage == nil && (!o.typed || !o.declared) {
		return fault(CodeDamaged, incomplete)
	}
	return o.damage
}

// odfManifest reads META-INF/manifest.xml.
type odfManifest struct{ o *odf }

func (m *odfManifest) start(r *xmlread.Reader) error {
	name, err := attribute(r, "full-path")
	if err != nil {
		return err
	}
	kind, err := attribute(r, "media-type")
	if err != nil {
		return err
	}
	name, kind = strings.ToLower(name), plainType(kind)
	switch local := string(r.Name().Local); {
	case local == "encryption-data":
		return fault(CodeEncrypted, "has an encrypted entry, which cannot be inspected")
	case local != "file-entry":
		return nil
	case hasFolder(name, "basic"), hasFolder(name, "scripts"):
		return active(KindMacro, "has macros inside")
	case strings.Contains(kind, "oleobject"):
		return active(KindObject, "has an embedded object inside")
	case name == "/" && kind != m.o.mediaType:
		return fault(CodeMismatch, "has another type than its name suggests")
	case name == "/":
		m.o.declared = true
	}
	return nil
}

func (*odfManifest) text([]byte) error         { return nil }
func (*odfManifest) end(*xmlread.Reader) error { return nil }
