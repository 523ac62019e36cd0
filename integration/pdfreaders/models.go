package pdfreaders

import "bytes"

// outside are the types of blocks by which a model of U3D names other files: file references, new types of objects, textures
// (ECMA-363).
var outside = [][]byte{{0x12, 0xff, 0xff, 0xff}, {0x16, 0xff, 0xff, 0xff}, {0x55, 0xff, 0xff, 0xff}, {0x5c, 0xff, 0xff, 0xff}}

// isModel reports whether a dictionary is that of a model of U3D.
func (d *Document) isModel(dictionary any) bool {
	m, _ := dictionary.(map[string]any)
	return d.text(m["/Subtype"]) == "/U3D"
}

func (d *Document) hasModels() bool {
	for _, o := range d.objects {
		if o.stream && d.isModel(o.value) {
			return true
		}
	}
	return false
}

// models looks for models that may name other files, wherever in their data the name of such a block stands.
func (f finding) models(m map[string]any) {
	if v := f.resolve(m["/3DD"]); v != nil && !f.isModel(v) {
		f.add("/3DD")
	}
	if f.text(m["/Type"]) == "/3D" && !f.isModel(m) || f.text(m["/Subtype"]) == "/PRC" {
		f.add("model of another type")
	}
}

// model looks at the data of a stream.
func (f finding) model(o object) {
	if !f.isModel(o.value) {
		return
	}
	if !bytes.HasPrefix(o.data, []byte("U3D\x00")) {
		f.add("model that cannot be read")
	}
	for _, block := range outside {
		if bytes.Contains(o.data, block) {
			f.add("model of another file")
		}
	}
}
