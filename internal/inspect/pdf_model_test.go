package inspect_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// u3d returns a block of a model in U3D, with data and metadata.
func u3d(kind uint32, data, meta string) string {
	pad := func(s string) string { return s + strings.Repeat("\x00", -len(s)&3) }
	head := binary.LittleEndian.AppendUint32(nil, kind)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(data)))
	return string(binary.LittleEndian.AppendUint32(head, uint32(len(meta)))) + pad(data) + pad(meta)
}

// u3dChain returns a chain of modifiers.
func u3dChain(name string, kind, bounds uint32, blocks ...string) string {
	head := binary.LittleEndian.AppendUint16(nil, uint16(len(name)))
	head = append(head, name...)
	head = binary.LittleEndian.AppendUint32(head, kind)
	head = binary.LittleEndian.AppendUint32(head, bounds)
	head = append(head, strings.Repeat("\x00", 16*int(bounds&1)+12*int(bounds&2)+(-(2+len(name))&3))...)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(blocks)))
	return u3d(0xffffff14, string(head)+strings.Join(blocks, ""), "")
}

func TestPDFModels(t *testing.T) {
	var (
		header    = u3d(0x443355, strings.Repeat("\x00", 24), "made by x")
		mesh      = u3d(0xffffff31, "\x01\x00xyz", "")
		texture   = u3d(0xffffff55, "\x01\x00x", "")
		reference = u3d(0xffffff12, "\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x08\x00//host/x", "")
		good      = header + u3d(0xffffff15, "1234", "") + u3dChain("part", 0, 3, u3d(0xffffff22, "\x01\x00xy", "z")) + u3dChain("abc", 1, 0, mesh, mesh) + u3d(0xffffff3b, "\x01\x00x123", "")
	)
	shows := func(entries, data string) string {
		return pdf(object(5, "<</Type/Annot/Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R/3DV 0/3DA<</A/PO>>/AP<</N 6 0 R>>>>"), pdfStream("/Type/3D"+entries, data))
	}
	for _, c := range []struct{ name, in, want string }{
		{"of meshes", shows("/Subtype/U3D/VA[]", good), ""},
		{"deflated", shows("/Subtype/U3D/Filter/FlateDecode", deflate(good)), ""},
		{"with a line end", shows("/Subtype/U3D", good+"\r"), ""},
		{"of unknown length", strings.Replace(shows("/Subtype/U3D", good), fmt.Sprintf("/Length %d", len(good)), "/Length 8 0 R", 1), ""},
		{"that is not shown", pdf(pdfStream("/Type/3D/Subtype/U3D", good)), ""},

		{"with a reference to a file", shows("/Subtype/U3D", header+reference), media},
		{"with a reference to a file, deflated", shows("/Subtype/U3D/Filter/FlateDecode", deflate(header+reference)), media},
		{"with a reference to a file, in a chain", shows("/Subtype/U3D", header+u3dChain("x", 0, 0, mesh, reference)), media},
		{"with a reference to a file, after a chain that says it is shorter", shows("/Subtype/U3D", header+strings.Replace(u3dChain("x", 0, 0, mesh, reference), "\x14\xff\xff\xff\x44", "\x14\xff\xff\xff\x24", 1)), media},
		{"with a reference to a file, that is not shown", pdf(pdfStream("/Subtype/U3D", header+reference)), media},
		{"with a texture", shows("/Subtype/U3D", header+texture), media},
		{"with a chain of a texture", shows("/Subtype/U3D", header+u3dChain("x", 2, 0, mesh)), media},
		{"with an extension", shows("/Subtype/U3D", header+u3d(0xffffff16, "x", "")), media},
		{"with a chain in a chain", shows("/Subtype/U3D", header+u3dChain("x", 0, 0, u3dChain("x", 0, 0, mesh))), media},
		{"with a block that is longer than its chain", shows("/Subtype/U3D", header+strings.Replace(u3dChain("x", 0, 0, mesh), "\x05\x00\x00\x00\x00\x00\x00\x00\x01\x00xyz", "\x09\x00\x00\x00\x00\x00\x00\x00\x01\x00xyz", 1)+mesh), media},
		{"with a name that is not ASCII", shows("/Subtype/U3D", header+u3dChain("\xff", 0, 0, mesh)), media},
		{"with unknown bounds", shows("/Subtype/U3D", header+u3dChain("x", 0, 4, mesh)), media},
		{"with something after it", shows("/Subtype/U3D", good+"x"), media},
		{"with two headers", shows("/Subtype/U3D", header+header), media},
		{"without a header", shows("/Subtype/U3D", mesh), media},
		{"of nothing", shows("/Subtype/U3D", ""), media},
		{"cut", shows("/Subtype/U3D", good[:len(good)-4]), media},
		{"cut in a chain", shows("/Subtype/U3D", header+u3dChain("x", 0, 0, mesh)[:40]), media},
		{"cut in deflated data", shows("/Subtype/U3D/Filter/FlateDecode", deflate(good)[:40]), media},
		{"of another length", strings.Replace(shows("/Subtype/U3D", good), fmt.Sprintf("/Length %d", len(good)), "/Length 99", 1), media},
		{"in another filter", shows("/Subtype/U3D/Filter/LZWDecode", good), media},
		{"with a filter elsewhere", shows("/Subtype/U3D/Filter 8 0 R", good), media},
		{"of another type", shows("/Subtype/PRC", good), media},
		{"of another type, undeclared", pdf(pdfStream("/Subtype/PRC", good)), media},
		{"of a type in small letters", shows("/Subtype/u3d", good), media},
		{"of a type elsewhere", shows("/Subtype 8 0 R", good), media},
		{"with a script", shows("/Subtype/U3D/OnInstantiate 6 0 R", good), script},
		{"whose data is in another file", shows("/Subtype/U3D/F(x)", good), external},
		{"that is not there", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 9 0 R>>")), media},
		{"in place", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD<</3DD 7 0 R>>>>"), pdfStream("/Subtype/U3D", good)), media},
		{"by a reference", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 6 0 R>>"), object(6, "<</Type/3DRef/3DD 7 0 R>>"), pdfStream("/Subtype/U3D", good)), media},
		{"in one body of two", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>"), pdfStream("/Subtype/U3D", good), pdfStream("/Subtype/U3D", header+reference)), media},
		{"in one body of two, of another type", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>"), pdfStream("/Subtype/STEP", "x"), pdfStream("/Subtype/U3D", good)), media},
		{"in one body of two, beside a picture", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>"), pdfStream("/Subtype/Image", "x"), pdfStream("/Subtype/U3D", good)), ""},
		{"in one body of two, beside a page", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>"), object(7, "<</Type/Page>>"), pdfStream("/Subtype/U3D", good)), ""},
		{"in a stream that holds a stream", pdf(pdfStream("", pdfStream("/Subtype/U3D", good))), action},
		{"with an action", pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R/A<</S/NOP>>>>"), pdfStream("/Subtype/U3D", good)), media},
	} {
		require.Equal(t, c.want, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}
