package inspect

import (
	"slices"
	"strings"
)

const (
	maxFields    = 32   // nested in each other; Word allows 20
	maxFieldText = 4096 // bytes that are kept of the instructions of all open fields; also bounds a base address
)

// wordFields follows the fields of a part of a Word document (ECMA-376 part 1, 17.16). Their
// instructions come in runs of any length, with other fields inside.
type wordFields struct {
	open []wordField
	held int // bytes of text in the open fields
}

type wordField struct {
	text   []byte // the instruction, as far as it is needed
	known  bool   // the name was judged, and its arguments need not be
	result bool   // its instruction has ended
}

// begin opens a field.
func (f *wordFields) begin() error {
	if len(f.open) == maxFields {
		return fault(CodeComplex, "has fields nested too deeply")
	}
	if err := f.insert(); err != nil {
		return err
	}
	f.open = append(f.open, wordField{})
	return nil
}

// insert judges the innermost open field, of which a new one is a part.
func (f *wordFields) insert() error {
	if n := len(f.open); n > 0 && !f.open[n-1].result {
		return f.compose(&f.open[n-1])
	}
	return nil
}

// compose judges a field with another field in its instruction: Word puts the result of the inner
// one in its place. Here a zero byte takes the place of that result.
func (f *wordFields) compose(outer *wordField) error {
	if outer.known {
		return nil
	}
	name, _, _ := fieldName(string(outer.text) + "\x00")
	if strings.HasSuffix(name, "\x00") {
		return active(KindAction, "has a field whose name comes from another field")
	}
	return f.hold(outer, []byte{0}) // XML cannot contain it
}

// hold keeps a piece of an instruction.
func (f *wordFields) hold(field *wordField, text []byte) error {
	text = text[:min(len(text), maxFieldText-f.held)]
	field.text = append(field.text, text...)
	f.held += len(text)
	if name, _, whole := fieldName(string(field.text)); whole && slices.Contains(plainFields, name) {
		f.drop(field)
		field.known = true
	} else if f.held == maxFieldText {
		return fault(CodeComplex, "has a field with too long an instruction")
	}
	return nil
}

// read takes text of the innermost field.
func (f *wordFields) read(text []byte) error {
	if len(f.open) == 0 {
		return nil
	}
	top := &f.open[len(f.open)-1]
	if top.known || top.result {
		return nil
	}
	return f.hold(top, text)
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

// finish judges the fields that the part leaves open. It returns a fault of a link, which may be
// allowed, only if it finds no other fault.
func (f *wordFields) finish() (gravest error) {
	for len(f.open) > 0 {
		if err := f.end(); err != nil && (gravest == nil || isLinkFault(gravest)) {
			gravest = err
		}
	}
	return gravest
}
