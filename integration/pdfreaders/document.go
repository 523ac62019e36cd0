package pdfreaders

import (
	"encoding/json"
	"regexp"
)

// Document is a file as a reader understands it. Values are those of JSON, in the notation of qpdf:
// a name begins with a slash, a reference is "5 0 R", a string begins with "u:" or, in hexadecimal,
// with "b:".
type Document struct {
	objects map[string]object // by reference
	trailer any
}

// object is the value of an object. The value of a stream is its dictionary.
type object struct {
	value  any
	stream bool
	data   []byte // of a stream, decoded; streams other than models of U3D may lack it
}

// parse reads objects in the form of qpdf's JSON, version 2.
func parse(objects json.RawMessage) (*Document, error) {
	var all map[string]struct {
		Value  any `json:"value"`
		Stream *struct {
			Dict any    `json:"dict"`
			Data []byte `json:"data"`
		} `json:"stream"`
	}
	if err := json.Unmarshal(objects, &all); err != nil {
		return nil, err
	}
	d := &Document{objects: map[string]object{}}
	for key, o := range all {
		switch {
		case key == "trailer":
			d.trailer = o.Value
		case o.Stream != nil:
			d.objects[key[len("obj:"):]] = object{o.Stream.Dict, true, o.Stream.Data}
		default:
			d.objects[key[len("obj:"):]] = object{value: o.Value}
		}
	}
	return d, nil
}

var reference = regexp.MustCompile(`^\d+ \d+ R$`)

// resolve follows references to their target, nil if there is none.
func (d *Document) resolve(v any) any {
	for range 100 {
		s, ok := v.(string)
		if !ok || !reference.MatchString(s) {
			return v
		}
		v = d.objects[s].value
	}
	return nil
}

// object returns the object that a reference leads to.
func (d *Document) object(v any) object {
	for range 100 {
		s, ok := v.(string)
		o := d.objects[s]
		if next, _ := o.value.(string); !ok || !reference.MatchString(next) {
			return o
		}
		v = o.value
	}
	return object{}
}

func (d *Document) dict(v any) map[string]any {
	m, _ := d.resolve(v).(map[string]any)
	return m
}

func (d *Document) array(v any) []any {
	a, _ := d.resolve(v).([]any)
	return a
}

func (d *Document) text(v any) string {
	s, _ := d.resolve(v).(string)
	return s
}

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}
