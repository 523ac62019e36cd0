package pdfreaders

import (
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Acts returns what of the document acts, sorted: scripts, actions that are not on the list of those that pass, files and
// media that it carries, data that lies elsewhere, encryption. It looks at every object that the reader knows.
func (d *Document) Acts() []string {
	found := finding{d, map[string]bool{}}
	for _, o := range d.objects {
		found.value(o.value)
		if o.stream {
			found.stream(d.dict(o.value))
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

// value looks at a value and at those within it. It follows no references, except to see what a key stands for.
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
	if f.text(m["/S"]) == "/URI" && !harmless(f.text(m["/URI"])) {
		f.add("URI " + f.text(m["/URI"]))
	}
	if f.text(m["/S"]) == "/GoToR" && !f.beside(m["/F"]) {
		f.add("S /GoToR")
	}
	f.action(m["/OpenAction"], opening)
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

// carried looks for what is neither an action nor leads to one.
func (f finding) carried(m map[string]any) {
	for _, key := range fileNames {
		if f.dict(m["/EF"])[key] != nil {
			f.add("EF")
		}
	}
	if xfa := f.resolve(m["/XFA"]); xfa != nil && len(f.array(xfa))+len(f.dict(xfa))+len(f.text(xfa)) > 0 {
		f.add("XFA")
	}
	for _, key := range []string{"/OnInstantiate", "/3DD", "/RichMediaContent"} {
		if f.resolve(m[key]) != nil {
			f.add(key)
		}
	}
	subtype := f.text(m["/Subtype"])
	if annotation := f.text(m["/Type"]) == "/Annot" || m["/Rect"] != nil; annotation && subtype != "" && !showing[subtype] {
		f.add("annotation " + subtype)
	}
	if f.text(m["/Type"]) == "/EmbeddedFile" {
		f.add("EmbeddedFile")
	}
	if f.text(m["/Type"]) == "/Catalog" && f.dict(m["/Collection"]) != nil {
		f.add("Collection")
	}
}

// stream looks at a stream for data that lies elsewhere.
func (f finding) stream(m map[string]any) {
	if file := f.resolve(m["/F"]); f.dict(file) != nil || strings.HasPrefix(f.text(file), "u:") || strings.HasPrefix(f.text(file), "b:") {
		f.add("stream in a file")
	}
	if f.dict(m["/Ref"]) != nil {
		f.add("page of a file")
	}
}

// action looks at an action and at those that follow. What has no type is a destination; what has an owner is an attribute of
// the structure.
func (f finding) action(v any, passes map[string]bool) { f.actions(v, passes, 20) }

func (f finding) actions(v any, passes map[string]bool, depth int) {
	m := f.dict(v)
	s := f.text(m["/S"])
	isElement := f.text(m["/Type"]) == "/StructElem" && m["/P"] != nil // whose S is what it is in a text
	if s == "" || depth == 0 || (m["/O"] != nil || isElement) && !acting[s] {
		return
	}
	if s == "/Named" {
		s += f.text(m["/N"])
	}
	if !passes[s] {
		f.add("action " + s)
	}
	f.actions(m["/Next"], passes, depth-1)
	for _, a := range f.array(m["/Next"]) {
		f.actions(a, passes, depth-1)
	}
}

// fileNames are the entries by which a file specification names a file (7.11.3).
var fileNames = []string{"/F", "/UF", "/DOS", "/Mac", "/Unix"}

// acting are the actions that never pass (ISO 32000-2, 12.6.4).
var acting = set("/JavaScript", "/Launch", "/GoToE", "/Thread", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound",
	"/GoTo3DView", "/RichMediaExecute")

// opening are those that may run by themselves, and clicked those that may run on a click.
var (
	opening = set("/GoTo", "/Named/NextPage", "/Named/PrevPage", "/Named/FirstPage", "/Named/LastPage")
	clicked = set("/GoTo", "/Named/NextPage", "/Named/PrevPage", "/Named/FirstPage", "/Named/LastPage",
		"/Named/GoBack", "/Named/GoForward", "/Named/GoToPage", "/Named/Find", "/Named/Print", "/URI", "/GoToR", "/GoToDp", "/Hide", "/ResetForm", "/SetOCGState", "/Trans")
)

// showing are the annotations that only show something (12.5.6).
var showing = set("/Link", "/Widget", "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight",
	"/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup", "/Watermark", "/PrinterMark", "/TrapNet", "/Redact", "/Projection",
	"/Screen", "/Sound")

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

var scheme = regexp.MustCompile(`^([a-z][a-z0-9+.-]*):`)

// harmless reports whether a link leads to the web, to mail, to a telephone or to a place that is relative to the file's.
func harmless(uri string) bool {
	if bytes, err := hex.DecodeString(strings.TrimPrefix(uri, "b:")); err == nil && strings.HasPrefix(uri, "b:") {
		uri = string(bytes)
	}
	uri = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(uri, "u:")))
	if strings.HasPrefix(uri, `\`) || strings.HasPrefix(uri, "//") {
		return false
	}
	m := scheme.FindStringSubmatch(uri)
	return m == nil || slices.Contains([]string{"http", "https", "ftp", "ftps", "mailto", "news", "tel"}, m[1])
}

// beside reports whether a file specification names a file by a path that is relative to the document alone, or none.
func (f finding) beside(v any) bool {
	if v = f.resolve(v); v == nil {
		return true
	}
	if m := f.dict(v); m != nil {
		for key, value := range m {
			if slices.Contains(fileNames, key) && !f.beside(value) || key == "/FS" || key == "/EF" {
				return false
			}
		}
		return true
	}
	name := f.text(v)
	if bytes, err := hex.DecodeString(strings.TrimPrefix(name, "b:")); err == nil && strings.HasPrefix(name, "b:") {
		name = string(bytes)
	}
	name = strings.TrimSpace(strings.TrimPrefix(name, "u:"))
	return name != "" && !strings.HasPrefix(name, "/") && !strings.ContainsAny(strings.SplitN(name, "/", 2)[0], `:\`)
}
