package inspect

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// odfPart judges an XML part of an OpenDocument file, other than its manifest and SVG drawings, by
// elements and attributes (ODF 1.3 part 3).
type odfPart struct {
	work   *Budget
	links  bool // allow links to files and of any scheme, except scripts
	script int  // the depth of the script element around the current place, 0 if there is none
	f      formula
}

const (
	odfNamespace = "urn:oasis:names:tc:opendocument:xmlns:"
	calcSpace    = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" // of LibreOffice
	oldNamespace = "http://openoffice.org/20"                                             // the beginning of those of OpenOffice.org 1 and 2, such as .../2000/text
)

// odfPrefixes gives the prefixes of namespaces whose names differ from them.
var odfPrefixes = map[string]string{"drawing": "draw", "animation": "anim", "database": "db"}

// odfSpace returns the usual prefix of a namespace of ODF, "" for others.
func odfSpace(space []byte) string {
	var name []byte
	if rest, ok := bytes.CutPrefix(space, []byte(odfNamespace)); ok {
		name, _, _ = bytes.Cut(rest, []byte(":"))
	} else if rest, ok := bytes.CutPrefix(space, []byte(oldNamespace)); ok {
		_, name, _ = bytes.Cut(rest, []byte("/"))
	}
	return cmp.Or(odfPrefixes[string(name)], string(name))
}

// odfKinds gives the kind of active content for elements that are not accepted, by their local
// names and the prefixes of their namespaces.
var odfKinds = map[string]map[string]string{
	"script":                {"text": KindScript},
	"execute-macro":         {"text": KindMacro},
	"event-listener":        {"script": KindScript},
	"event":                 {"script": KindScript}, // of OpenOffice.org 1
	"dde-connection":        {"text": KindConnection},
	"dde-connection-decl":   {"text": KindConnection},
	"dde-source":            {"office": KindConnection},
	"dde-link":              {"table": KindConnection},
	"database-source-sql":   {"table": KindConnection},
	"database-source-table": {"table": KindConnection},
	"database-source-query": {"table": KindConnection},
	"source-service":        {"table": KindConnection},
	"connection-resource":   {"form": KindConnection, "text": KindConnection, "db": KindConnection},
	"table-source":          {"table": KindExternal},
	"cell-range-source":     {"table": KindExternal},
	"floating-frame":        {"draw": KindExternal},
	"applet":                {"draw": KindProgram},
	"object-ole":            {"draw": KindObject},
}

func (p *odfPart) start(r *xmlread.Reader) error {
	name := r.Name()
	if kinds := odfKinds[string(name.Local)]; kinds != nil {
		if kind := kinds[odfSpace(name.Space)]; kind != "" {
			return active(kind, "has a script, a frame, a program or data from elsewhere inside")
		}
	}
	if err := p.scripts(r); err != nil {
		return err
	}
	if err := p.object(r); err != nil {
		return err
	}
	for i := range r.Attrs() {
		if err := p.attribute(r, r.Attr(i)); err != nil && !(p.links && isLinkFault(err)) {
			return err
		}
	}
	return nil
}

// scripts judges the content of a script element, which LibreOffice writes even when it is empty.
func (p *odfPart) scripts(r *xmlread.Reader) error {
	local := string(r.Name().Local)
	if p.script == 0 {
		if local == "script" && odfSpace(r.Name().Space) == "office" {
			p.script = r.Depth()
		}
		return nil
	}
	if local != "libraries" && local != "library-embedded" {
		return active(KindScript, "has a script inside")
	}
	return nil
}

func (p *odfPart) text(text []byte) error {
	if p.script > 0 && len(bytes.TrimSpace(text)) > 0 {
		return active(KindScript, "has a script inside")
	}
	return nil
}

func (p *odfPart) end(r *xmlread.Reader) error {
	if r.Depth() == p.script {
		p.script = 0
	}
	return nil
}

// inertListeners lists the actions that a click on a slide may perform.
var inertListeners = nameSet(`none previous-page next-page first-page last-page hide stop fade-out sound show`)

// object judges elements that need more than their name.
func (p *odfPart) object(r *xmlread.Reader) error {
	var want string
	switch string(r.Name().Local) {
	case "event-listener":
		want = "action"
	case "plugin":
		want = "mime-type"
	case "form":
		want = "datasource"
	default:
		return nil
	}
	value, err := attribute(r, want)
	switch space := odfSpace(r.Name().Space); {
	case err != nil:
		return err
	case space == "presentation" && want == "action" && !inertListeners[value]:
		return active(KindAction, "has a click that does more than change the slide")
	case space == "draw" && want == "mime-type" && value != "application/vnd.sun.star.media":
		return active(KindProgram, "has a plug-in inside")
	case space == "form" && want == "datasource" && value != "":
		return active(KindConnection, "has a form that reads a database")
	}
	return nil
}

// clicked lists the elements whose href waits for a click, by their local names and the prefixes
// of their namespaces. The address of any other element is judged as one that is loaded.
var clicked = map[string][]string{
	"a": {"text", "draw"}, "event-listener": {"presentation"}, "button": {"form"}, "image": {"form"}, "form": {"form"},
	"user-defined": {"meta"}, "hyperlink-behaviour": {"meta"}, "text-properties": {"style"},
}

// fromDisk lists the elements whose address may be a file on the author's own disk: a template, and
// a sound of the gallery.
var fromDisk = nameSet(`template sound audio`)

func (p *odfPart) attribute(r *xmlread.Reader, a xmlread.Attr) error {
	local := string(a.Local)
	switch local {
	case "formula", "condition", "expression": // of a long one, long judges the pieces
		if !a.Long {
			return p.formula(string(a.Value))
		}
		return nil
	case "value":
		if string(a.Space) != calcSpace {
			return nil
		}
		if a.Long {
			return fault(CodeComplex, "has a condition that is too long")
		}
		return p.formula(string(a.Value))
	case "href", "image-data", "src":
	case "id": // of a menu or a button, which is a command
		if scheme := schemeOf(a.Value); scheme == "macro" || scheme == "vnd.sun.star.script" || isVague(a) {
			return active(KindScript, "has a command that is a script")
		}
		return nil
	default:
		return nil
	}
	return p.address(r.Name(), a)
}

// address judges the target of an element.
func (p *odfPart) address(name xmlread.Name, a xmlread.Attr) error {
	value := string(a.Value)
	space, place := odfSpace(name.Space), placeOf(value)
	scheme := schemeOf(a.Value)
	isDisk := fromDisk[string(name.Local)] && (space == "meta" || space == "presentation" || space == "anim")
	switch {
	case scheme == "macro", scheme == "vnd.sun.star.script", scheme == "javascript", scheme == "vnd.sun.star.expand":
		return active(KindScript, "calls a script")
	case a.Long:
		return fault(CodeComplex, "has an address that is too long")
	case string(a.Local) == "href" && slices.Contains(clicked[string(name.Local)], space):
		return clickable(value)
	case isDisk && (place == linkDisk || place == linkBeside), place == linkHere:
		return nil
	case place != linkBeside || leavesPackage(value):
		return active(KindExternal, "loads something from elsewhere")
	}
	return nil
}

// leavesPackage reports whether a target without a scheme leads out of the package.
func leavesPackage(target string) bool {
	target = slashed(strings.TrimSpace(target))
	return strings.HasPrefix(target, "/") || strings.HasPrefix(path.Clean(target)+"/", "../")
}

// formula judges a formula. A prefix may name its language, as in of:=A1.
func (p *odfPart) formula(text string) error {
	if err := p.work.Spend(formulaSteps * len(text)); err != nil {
		return err
	}
	if language, rest, ok := strings.Cut(text, ":"); ok && !strings.ContainsAny(language, `"'([=|`) {
		text = rest
	}
	return judgeFormula(text)
}

// long judges the pieces of a formula, condition or expression that is too long to hold.
func (p *odfPart) long(name, piece []byte, last bool) error {
	_, local, found := bytes.Cut(name, []byte(":"))
	if !found {
		local = name
	}
	if string(local) != "formula" && string(local) != "condition" && string(local) != "expression" {
		return nil
	}
	p.f.read(piece)
	err := p.f.err
	if last {
		p.f = formula{}
	}
	return err
}
