package xmlread

import (
	"bytes"
	"slices"
	"strings"
)

const aDoctype = "declares a document type"

// documentType reads a document type declaration (XML 1.0 [28]), which must be one of those in the
// options.
func (r *values) documentType() error {
	var d DocumentType
	err := r.literal("<!DOCTYPE")
	if err == nil {
		d.Name, err = r.spaceAndName()
	}
	if err != nil {
		return err
	}
	space, err := r.space()
	if err != nil {
		return err
	}
	if space && r.buf[r.at] == 'P' {
		if err := r.externalID(&d); err != nil {
			return err
		}
	}
	if c := r.buf[r.at]; c != '>' && c != '[' || !slices.Contains(r.opt.Doctypes, d) {
		return fault(Doctype, aDoctype)
	}
	if r.opt.Characters != nil {
		r.chars = r.opt.Characters(d)
	}
	if r.buf[r.at] == '[' {
		if err := r.subset(); err != nil {
			return err
		}
	}
	return r.literal(">")
}

// spaceAndName reads white space, which must be there, and a name.
func (r *values) spaceAndName() (string, error) {
	space, err := r.space()
	if err != nil {
		return "", err
	}
	if !space {
		return "", fault(Damaged, malformed)
	}
	name, err := r.qname()
	return string(r.buf[r.from+int(name.start) : r.from+int(name.end)]), err
}

// externalID reads PUBLIC and its two literals, and white space after them.
func (r *values) externalID(d *DocumentType) (err error) {
	if err = r.literal("PUBLIC"); err != nil {
		return err
	}
	if d.Public, err = r.quoted(); err != nil {
		return err
	}
	if d.System, err = r.quoted(); err != nil {
		return err
	}
	_, err = r.space()
	return err
}

// quoted reads white space and a quoted literal, of at most MaxName bytes.
func (r *values) quoted() (string, error) {
	space, err := r.space()
	if err != nil {
		return "", err
	}
	quote := r.buf[r.at]
	if !space || quote != '"' && quote != '\'' {
		return "", fault(Damaged, malformed)
	}
	r.at++
	r.has(MaxName + 1)
	text := r.buf[r.at:min(len(r.buf), r.at+MaxName+1)]
	end := bytes.IndexByte(text, quote)
	switch {
	case end >= 0:
		r.at += end + 1
		return string(text[:end]), nil
	case len(text) <= MaxName:
		return "", r.cut()
	}
	return "", fault(Doctype, aDoctype)
}

// subset reads an internal subset. It may declare entities and fixed namespaces of the options,
// with exactly the same text, and nothing else. So all of them are constants.
func (r *values) subset() error {
	r.at++
	for {
		if _, err := r.space(); err != nil {
			return err
		}
		if r.buf[r.at] == ']' {
			r.at++
			_, err := r.space()
			return err
		}
		if !r.has(len("<!ATTLIST")) {
			return r.cut()
		}
		declaration := r.entity
		switch {
		case r.passes("<!ENTITY"):
		case r.passes("<!ATTLIST"):
			declaration = r.attlist
		default:
			return fault(Doctype, aDoctype)
		}
		if err := declaration(); err != nil {
			if f, ok := err.(*Fault); ok && f.Kind == Damaged { //nolint:errorlint // readers return it bare
				return fault(Doctype, aDoctype) // a declaration of another form
			}
			return err
		}
	}
}

// entity reads an entity declaration after its keyword.
func (r *values) entity() error {
	r.from = r.at
	r.steps += tokenSteps
	name, err := r.spaceAndName()
	if err != nil {
		return err
	}
	text, err := r.quoted()
	if err != nil {
		return err
	}
	known, ok := r.opt.Entities[name]
	if !ok || known != text {
		return fault(Doctype, aDoctype)
	}
	if _, err := r.space(); err != nil {
		return err
	}
	if r.entities == nil {
		r.entities = make(entities)
	}
	r.entities[name] = known
	return r.literal(">")
}

// passes passes over a mark if it comes next, and reports whether it did.
func (r *values) passes(mark string) bool {
	if !bytes.HasPrefix(r.buf[r.at:], []byte(mark)) {
		return false
	}
	r.at += len(mark)
	return true
}

// attlist reads a declaration of one attribute with a fixed namespace, after its keyword. Its
// element makes no difference: see Options.Fixed.
func (r *values) attlist() error {
	r.from = r.at
	r.steps += tokenSteps
	if _, err := r.spaceAndName(); err != nil {
		return err
	}
	name, err := r.spaceAndName()
	if err != nil {
		return err
	}
	for _, word := range []string{"CDATA", "#FIXED"} {
		if _, err := r.space(); err != nil {
			return err
		}
		if err := r.literal(word); err != nil {
			return err
		}
	}
	text, err := r.quoted()
	if err != nil {
		return err
	}
	prefix, ok := strings.CutPrefix(name, "xmlns:")
	if !ok || r.opt.Fixed[prefix] == "" || r.opt.Fixed[prefix] != text {
		return fault(Doctype, aDoctype)
	}
	r.fixed = true
	if _, err := r.space(); err != nil {
		return err
	}
	return r.literal(">")
}
