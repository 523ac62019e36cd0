package xmlread

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

const aDoctype = "declares a document type"

// documentType reads a document type declaration (XML 1.0 [28]), which must be one of those of the options.
func (r *Reader) documentType() error {
	var d DocumentType
	err := r.literal("<!DOCTYPE")
	if err == nil {
		d.Name, err = r.doctypeName()
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
	if r.buf[r.at] == '[' {
		if err := r.subset(); err != nil {
			return err
		}
	}
	return r.literal(">")
}

func (r *Reader) doctypeName() (string, error) {
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

// externalID reads PUBLIC and its two literals, and white space behind them.
func (r *Reader) externalID(d *DocumentType) (err error) {
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
func (r *Reader) quoted() (string, error) {
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

// subset reads an internal subset, which may declare entities of the options, with the text that stands there, and nothing
// else. All readers know these then, and they stand for nothing but constants.
func (r *Reader) subset() error {
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
		if !r.has(len("<!ENTITY")) {
			return r.cut()
		}
		if string(r.buf[r.at:r.at+len("<!ENTITY")]) != "<!ENTITY" {
			return fault(Doctype, aDoctype)
		}
		r.at += len("<!ENTITY")
		if err := r.entity(); err != nil {
			if f, ok := err.(*Fault); ok && f.Kind == Damaged { //nolint:errorlint // they come bare
				return fault(Doctype, aDoctype) // a declaration of another form
			}
			return err
		}
	}
}

// entity reads an entity declaration behind its keyword.
func (r *Reader) entity() error {
	r.from = r.at
	r.steps += tokenSteps
	name, err := r.doctypeName()
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
		r.entities = make(map[string]string)
	}
	r.entities[name] = known
	return r.literal(">")
}

// usesEntity reports whether v has a reference to an entity that was declared.
func (r *Reader) usesEntity(v []byte) bool {
	for {
		i := bytes.IndexByte(v, '&')
		if i < 0 {
			return false
		}
		v = v[i:]
		if end := bytes.IndexByte(v[:min(len(v), maxReference)], ';'); end > 0 && r.entities[string(v[1:end])] != "" {
			return true
		}
		v = v[1:]
	}
}

// expandEntities decodes a value with such entities.
func (r *Reader) expandEntities(a *attr, v []byte) error {
	a.isExpanded, a.from = true, place(len(r.expanded))
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case '&':
			char, size, ok := reference(v[i:])
			if ok {
				r.expanded = utf8.AppendRune(r.expanded, char)
			} else {
				text := r.entities[string(v[i+1:i+max(size, 2)-1])]
				if text == "" {
					return fault(Damaged, malformed)
				}
				r.expanded = append(r.expanded, text...)
			}
			i += size
		case '\n', '\t':
			r.expanded = append(r.expanded, ' ')
			i++
		default:
			r.expanded = append(r.expanded, c)
			i++
		}
		if len(r.expanded) > MaxValue {
			return fault(Complex, "has an attribute that is too long")
		}
	}
	a.to = place(len(r.expanded))
	return nil
}
