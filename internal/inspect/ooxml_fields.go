package inspect

import (
	"slices"
	"strings"
)

const (
	maxFields    = 32   // that lie in each other; Word allows 20
	maxFieldText = 4096 // bytes of the instructions of all that are open
)

// wordFields follows the fields of a part of a Word document (ECMA-376 part 1, 17.16), whose
// instructions come in runs of any length, with other fields in them.
type wordFields struct {
	open []wordField
	held int // bytes of text in them
}

type wordField struct {
	text   []byte // the instruction, as far as it has to be seen
	known  bool   // the name was judged, and its arguments need not be
	result bool   // its instruction has ended
}

// begin opens a field.
func (f *wordFields) begin() error {
	if len(f.open) == maxFields {
		return fault(CodeComplex, "has fields that lie too deep in each other")
	}
	if n := len(f.open); n > 0 && !f.open[n-1].result {
		if err := f.compose(&f.open[n-1]); err != nil {
			return err
		}
	}
	f.open = append(f.open, wordField{})
	return nil
}

// compose judges a field in whose instruction another one lies: what that says becomes a part of
// it.
func (f *wordFields) compose(outer *wordField) error {
	if outer.known {
		return nil
	}
	name, _ := fieldName(string(outer.text) + "\x00")
	if strings.HasSuffix(name, "\x00") {
		return active(KindAction, "has a field whose name another field makes")
	}
	outer.text = append(outer.text, '\x00') // which no place in the document has
	f.held++
	return nil
}

// read takes text that stands in the innermost field.
func (f *wordFields) read(text []byte) error {
	if len(f.open) == 0 {
		return nil
	}
	top := &f.open[len(f.open)-1]
	if top.known || top.result {
		return nil
	}
	if f.held+len(text) > maxFieldText {
		text = text[:maxFieldText-f.held]
	}
	top.text = append(top.text, text...)
	f.held += len(text)
	if name, whole := fieldName(string(top.text)); whole && slices.Contains(plainFields, name) {
		f.drop(top)
		top.known = true
	} else if f.held == maxFieldText {
		return fault(CodeComplex, "has a field with an instruction that is too long")
	}
	return nil
}

func (f *wordFields) drop(field *wordField) {
	f.held -= len(field.text)
	field.text = field.text[:0]
}

// separate ends the instruction of the innermost field.
func (f *wordFields) separate() error {
	if len(f.open) == 0 {
		return nil
	}
	top := &f.open[len(f.open)-1]
	if top.result || top.known {
		top.result = true
		return nil
	}
	top.result = true
	err := judgeField(string(top.text))
	f.drop(top)
	return err
}

// end closes the innermost field.
func (f *wordFields) end() error {
	err := f.separate()
	if n := len(f.open); n > 0 {
		f.open = f.open[:n-1]
	}
	return err
}

// finish ends the part.
func (f *wordFields) finish() error {
	for len(f.open) > 0 {
		if err := f.end(); err != nil {
			return err
		}
	}
	return nil
}
