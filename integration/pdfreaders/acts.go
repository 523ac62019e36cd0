package pdfreaders

import (
	"maps"
	"slices"
)

// Acts returns what acts in the document, sorted: scripts, actions that are not on the list of
// those that pass, links with other schemes, embedded files and collections, films, rich media,
// models that may lead to other files, XFA forms, unknown annotations, external data, encryption.
// It examines every object that the reader found.
func (d *Document) Acts() []string {
	found := finding{d, map[string]bool{}}
	for _, o := range d.objects {
		found.value(o.value)
		if o.stream {
			found.stream(d.dict(o.value))
			found.model(o)
		}
	}
	found.value(d.trailer)
	if d.resolve(d.dict(d.trailer)["/Encrypt"]) != nil {
		found.add("Encrypt")
	}
	return slices.Sorted(maps.Keys(found.acts))
}

type finding struct {
	*Document
	acts map[string]bool
}

func (f finding) add(what string) { f.acts[what] = true }

// value examines a value and those within it. It follows no references, except to see what a key
// means.
func (f finding) value(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			f.value(e)
		}
	case map[string]any:
		f.dictionary(v)
		for _, e := range v {
			f.value(e)
		}
	}
}

func (f finding) dictionary(m map[string]any) {
	if s := f.text(m["/S"]); acting[s] {
		f.add("S " + s)
	}
	if m["/JS"] != nil && m["/S"] != nil {
		f.add("JS")
	}
	for _, key := range []string{"/URI", "/Base"} {
		if uri := f.text(m[key]); isString(uri) && !harmless(uri) {
			f.add(key + " " + uri)
		}
	}
	if f.text(m["/S"]) == "/GoToR" && !f.beside(m["/F"]) {
		f.add("S /GoToR")
	}
	f.action(m["/OpenAction"], opening)
	f.action(m["/NA"], opening) // of a presentation, which may continue by itself
	for _, event := range f.dict(m["/AA"]) {
		f.action(event, opening)
	}
	f.action(m["/A"], clicked)
	f.action(m["/PA"], clicked)
	for _, key := range []string{"/JavaScript", "/EmbeddedFiles"} {
		if tree := f.dict(m[key]); len(f.array(tree["/Names"]))+len(f.array(tree["/Kids"])) > 0 {
			f.add("tree " + key)
		}
	}
	f.carried(m)
}

// carried looks for active content that is not an action, such as files, models and unknown
// annotations.
func (f finding) carried(m map[string]any) {
	for _, key := range fileNames {
		if f.dict(m["/EF"])[key] != nil {
			f.add("EF")
		}
	}
	if xfa := f.resolve(m["/XFA"]); xfa != nil && len(f.array(xfa))+len(f.dict(xfa))+len(f.text(xfa)) > 0 {
		f.add("XFA")
	}
	f.models(m)
	for _, key := range []string{"/OnInstantiate", "/RichMediaContent"} {
		if f.resolve(m[key]) != nil {
			f.add(key)
		}
	}
	subtype := f.text(m["/Subtype"])
	if annotation := f.text(m["/Type"]) == "/Annot" || m["/Rect"] != nil; annotation && subtype != "" && !showing[subtype] && !onlyLooks(m) {
		f.add("annotation " + subtype)
	}
	if f.text(m["/Type"]) == "/EmbeddedFile" {
		f.add("EmbeddedFile")
	}
	if f.dict(m["/Collection"]) != nil {
		f.add("Collection")
	}
}

// stream checks whether a stream's data is external.
func (f finding) stream(m map[string]any) {
	if file := f.resolve(m["/F"]); f.dict(file) != nil || isString(f.text(file)) {
		f.add("stream in a file")
	}
	if f.dict(m["/Ref"]) != nil {
		f.add("page of a file")
	}
}

// models looks for models of types other than U3D: those that a dictionary refers to, and the
// dictionary itself.
func (f finding) models(m map[string]any) {
	if o := f.object(m["/3DD"]); o.stream && !notModels[f.text(f.dict(o.value)["/Subtype"])] && !f.isModel(o.value) {
		f.add("/3DD")
	}
	if f.text(m["/Type"]) == "/3D" && !f.isModel(m) || f.text(m["/Subtype"]) == "/PRC" {
		f.add("model of another type")
	}
}

// model examines the data of a stream that is a model of U3D.
func (f finding) model(o object) {
	if f.isModel(o.value) && !staysInside(o.data) {
		f.add("model of another file")
	}
}

// action examines an action and those that follow. A value without a type is a destination. A value
// with a type that actions do not have may be an element of the structure, whose S is its role in a
// text. Under A or PA it may also be an attribute of one, which has an owner.
func (f finding) action(v any, passes map[string]bool) { f.actions(v, passes, map[string]bool{}) }

func (f finding) actions(v any, passes, seen map[string]bool) {
	if s, _ := v.(string); reference.MatchString(s) {
		if seen[s] {
			return
		}
		seen[s] = true
	}
	m := f.dict(v)
	s := f.text(m["/S"])
	if s == "/Named" {
		s += f.text(m["/N"])
	}
	isElement := f.text(m["/Type"]) == "/StructElem" && m["/P"] != nil
	isAttribute := m["/O"] != nil && passes["/URI"]
	isOther := !clicked[s] && !acting[s] && (isAttribute || isElement)
	if s == "" || isOther {
		return
	}
	if !passes[s] {
		f.add("action " + s)
	}
	f.actions(m["/Next"], passes, seen)
	for _, a := range f.array(m["/Next"]) {
		f.actions(a, passes, seen)
	}
}

// onlyLooks reports whether an annotation has only entries about its appearance, so that a reader
// that does not support its type can only show it (12.5).
func onlyLooks(m map[string]any) bool {
	for key := range m {
		if !looks[key] {
			return false
		}
	}
	return m["/Rect"] != nil
}

// acting are the actions that do not pass anywhere by default (ISO 32000-2, 12.6.4).
var acting = set("/JavaScript", "/Launch", "/GoToE", "/Thread", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/RichMediaExecute")

// opening are the actions that pass where they run by themselves, and clicked those that pass where
// they run on a click. A sound is in the file: its stream is examined like any other.
var (
	opening = set("/GoTo", "/GoToDp", "/Hide", "/SetOCGState", "/Trans", "/NOP", "/SetState",
		"/Named/NextPage", "/Named/PrevPage", "/Named/FirstPage", "/Named/LastPage")
	clicked = union(opening, set("/URI", "/GoToR", "/ResetForm", "/Sound", "/GoTo3DView",
		"/Named/GoBack", "/Named/GoForward", "/Named/GoToPage", "/Named/Find", "/Named/Print",
		"/Named/FullScreen", "/Named/PageOnly", "/Named/ShowBookmarks", "/Named/ShowThumbs", "/Named/ShowHideMenuBar",
		"/Named/ShowHideToolBar", "/Named/GeneralInfo", "/Named/Close", "/Named/Quit", "/Named/NOP"))
)

// showing are the annotations that pass (12.5.6).
var showing = set("/Link", "/Widget", "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight",
	"/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup", "/Watermark", "/PrinterMark", "/TrapNet", "/Redact", "/Projection",
	"/Screen", "/Sound")

// looks are entries that are not actions: those of all annotations (table 166), of markup
// annotations (172), of texts and shapes, and of models, which are examined themselves.
var looks = set("/Type", "/Subtype", "/Rect", "/Contents", "/P", "/NM", "/M", "/F", "/AP", "/AS", "/Border", "/C", "/StructParent", "/OC",
	"/ca", "/CA", "/BM", "/Lang", "/T", "/Popup", "/RC", "/CreationDate", "/IRT", "/Subj", "/RT", "/IT", "/H",
	"/DA", "/Q", "/DS", "/CL", "/BE", "/RD", "/BS", "/LE", "/IC", "/3DD", "/3DV", "/3DA", "/3DI", "/3DB")

func union(a, b map[string]bool) map[string]bool {
	maps.Copy(b, a)
	return b
}
