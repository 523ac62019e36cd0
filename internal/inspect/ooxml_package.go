package inspect

import (
	"hash/maphash"
	"path"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// ooxmlParts holds the parts of a package and the types that it declares for them (ECMA-376 part 2,
// 7.2.3). The entry with the types may come before or after the parts. It keeps names as hashes.
type ooxmlParts struct {
	parts   []ooxmlPart
	byName  map[uint64]string // content types, of parts
	byExt   map[uint64]string // and of extensions
	main    uint64            // the part that is the document, by the package's relations
	hasMain bool
}

type ooxmlPart struct {
	name, ext uint64
	readable  bool // it was read as XML, or is empty
}

const partHeld = 64 // bytes of memory for a part, or for a type besides its text

func (p *ooxmlParts) hash(b *zipBudget, s string) uint64 { return maphash.String(b.seed, s) }

// extensionOf returns the extension of a name, without its dot.
func extensionOf(name string) string { return strings.TrimPrefix(path.Ext(name), ".") }

// add takes a part.
func (p *ooxmlParts) add(b *zipBudget, name string, readable bool) error {
	if err := b.work.Hold(partHeld); err != nil {
		return err
	}
	p.parts = append(p.parts, ooxmlPart{p.hash(b, name), p.hash(b, extensionOf(name)), readable})
	return nil
}

// declare takes a content type of a part or an extension, by its key. A second one must be the
// same.
func (p *ooxmlParts) declare(b *zipBudget, types *map[uint64]string, key uint64, kind string) error {
	if *types == nil {
		*types = map[uint64]string{}
	}
	if was, ok := (*types)[key]; ok && was != kind {
		return fault(CodeDamaged, "declares two types for one part or extension")
	}
	if err := b.work.Hold(partHeld + len(kind)); err != nil {
		return err
	}
	(*types)[key] = kind
	return nil
}

// judge judges all parts by their types. There must be one of the main type, and the package must
// lead to it.
func (p *ooxmlParts) judge(mainType string) error {
	mains := 0
	for _, part := range p.parts {
		kind, ok := p.byName[part.name]
		if !ok {
			kind = p.byExt[part.ext]
		}
		switch {
		case kind == mainType && part.name == p.main && p.hasMain:
			mains++
		case kind == mainType:
			return fault(CodeDamaged, "has a main part to which no relation leads")
		case kind == "": // if the package refers to it, the relation was judged
		default:
			if err := judgePartType(kind); err != nil {
				return err
			}
		}
		if !part.readable && isXMLType(kind) {
			return fault(CodeDamaged, "has a part that is not XML")
		}
	}
	if mains == 0 {
		return fault(CodeDamaged, incomplete)
	}
	return nil
}

func isXMLType(kind string) bool {
	return strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "/xml") || strings.HasSuffix(kind, ".vmldrawing")
}

// typesSpace is the namespace of [Content_Types].xml.
const typesSpace = "http://schemas.openxmlformats.org/package/2006/content-types"

// ooxmlTypes reads [Content_Types].xml.
type ooxmlTypes struct {
	budget *zipBudget
	parts  *ooxmlParts
}

func (t *ooxmlTypes) start(r *xmlread.Reader) error {
	local := string(r.Name().Local)
	isType := r.Depth() == 2 && (local == "Override" || local == "Default")
	if string(r.Name().Space) != typesSpace || !isType && (r.Depth() != 1 || local != "Types") { // readers differ in what they skip
		return fault(CodeDamaged, "has a list of types with other elements")
	}
	kind, err := attribute(r, "ContentType")
	if err != nil {
		return err
	}
	kind = plainType(kind)
	var failed error
	switch local {
	case "Override":
		part, err := attribute(r, "PartName")
		if err != nil {
			return err
		}
		if hasHiddenLetters(part) {
			return fault(CodeDamaged, "has a list of types with a hidden name")
		}
		failed = t.parts.declare(t.budget, &t.parts.byName, t.parts.hash(t.budget, partName(part)), kind)
	case "Default":
		ext, err := attribute(r, "Extension")
		if err != nil {
			return err
		}
		failed = t.parts.declare(t.budget, &t.parts.byExt, t.parts.hash(t.budget, strings.ToLower(ext)), kind)
	}
	return failed
}

func (*ooxmlTypes) text([]byte) error         { return nil }
func (*ooxmlTypes) end(*xmlread.Reader) error { return nil }

// partName makes the name of an entry from the name of a part.
func partName(target string) string {
	return foldName(strings.TrimPrefix(path.Clean("/"+slashed(target)), "/"))
}

// ooxmlRelations reads the relations of a part, or of the package.
type ooxmlRelations struct {
	budget *zipBudget
	parts  *ooxmlParts
	part   string // name of the entry that holds the relations
	links  bool
}

func (l *ooxmlRelations) start(r *xmlread.Reader) error {
	if string(r.Name().Local) != "Relationship" {
		return nil
	}
	var values [3]string
	for i, name := range []string{"Type", "Target", "TargetMode"} {
		var err error
		if values[i], err = attribute(r, name); err != nil {
			return err
		}
	}
	kind, target, mode := values[0], values[1], values[2]
	if err := judgeRelation(l.part, kind, target, mode); err != nil && !(l.links && isLinkFault(err)) {
		return err
	}
	if l.part != "_rels/.rels" || path.Base(kind) != "officeDocument" {
		return nil
	}
	name, _ := targetPart(l.part, target)
	key := l.parts.hash(l.budget, name)
	if l.parts.hasMain && l.parts.main != key {
		return fault(CodeDamaged, "has two main parts")
	}
	l.parts.main, l.parts.hasMain = key, true
	return nil
}

func (*ooxmlRelations) text([]byte) error         { return nil }
func (*ooxmlRelations) end(*xmlread.Reader) error { return nil }
