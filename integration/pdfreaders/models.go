package pdfreaders

import "bytes"

// outside are the types of blocks by which a model of U3D may lead to other files (ECMA-363): 12
// are file references, 16 new types of objects, for which viewers need extensions, 55 textures, and
// 5c their continuations.
var outside = [][]byte{{0x12, 0xff, 0xff, 0xff}, {0x16, 0xff, 0xff, 0xff}, {0x55, 0xff, 0xff, 0xff}, {0x5c, 0xff, 0xff, 0xff}}

// isModel reports whether a dictionary is that of a model of U3D.
func (d *Document) isModel(dictionary any) bool {
	m, _ := dictionary.(map[string]any)
	return d.text(m["/Subtype"]) == "/U3D"
}

// notModels are the subtypes of other streams, and "" for none. By the subtype viewers decide
// whether a stream is a model.
var notModels = set("", "/Image", "/Form", "/PS", "/XML", "/Type1C", "/CIDFontType0C", "/OpenType")

func (d *Document) hasModels() bool {
	for _, o := range d.objects {
		if o.stream && d.isModel(o.value) {
			return true
		}
	}
	return false
}

// staysInside reports whether the data begins as a model of U3D and nowhere contains a type of
// outside.
func staysInside(data []byte) bool {
	for _, block := range outside {
		if bytes.Contains(data, block) {
			return false
		}
	}
	return bytes.HasPrefix(data, []byte("U3D\x00"))
}
