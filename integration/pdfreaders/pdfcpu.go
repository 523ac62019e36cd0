package pdfreaders

import (
	"context"
	"fmt"
	"os"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// readPDFCPU reads a file with pdfcpu, a library of Go. An error means that it does not open the
// file.
func readPDFCPU(ctx context.Context, path string) (d *Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pdfcpu: %v", p)
		}
	}()
	api.DisableConfigDir()
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	read, err := pdfcpu.ReadWithContext(ctx, f, model.NewDefaultConfiguration())
	if err != nil {
		return nil, err
	}
	d = &Document{objects: map[string]object{}}
	for num, entry := range read.Table {
		if entry == nil || entry.Free || entry.Object == nil {
			continue
		}
		generation := 0
		if entry.Generation != nil {
			generation = *entry.Generation
		}
		o := entry.Object
		if lazy, ok := o.(types.LazyObjectStreamObject); ok {
			if o, err = lazy.DecodedObject(ctx); err != nil {
				continue // pdfcpu does not show what it cannot read
			}
		}
		value, stream := converted(o)
		shown := object{value: value, stream: stream}
		if s, ok := o.(types.StreamDict); ok && d.isModel(value) && s.Decode() == nil {
			shown.data = s.Content
		}
		d.objects[fmt.Sprintf("%d %d R", num, generation)] = shown
	}
	trailer := map[string]any{}
	if read.Root != nil {
		trailer["/Root"] = read.Root.PDFString()
	}
	if read.Encrypt != nil {
		trailer["/Encrypt"] = read.Encrypt.PDFString()
	}
	d.trailer = trailer
	return d, nil
}

// converted returns a value in the notation of a Document, and whether it is a stream.
func converted(o types.Object) (value any, stream bool) {
	switch o := o.(type) {
	case types.StreamDict:
		return dictionary(o.Dict), true
	case *types.StreamDict:
		return dictionary(o.Dict), true
	case types.ObjectStreamDict:
		return dictionary(o.Dict), true
	case *types.ObjectStreamDict:
		return dictionary(o.Dict), true
	case types.XRefStreamDict:
		return dictionary(o.Dict), true
	case *types.XRefStreamDict:
		return dictionary(o.Dict), true
	case types.Dict:
		return dictionary(o), false
	case types.Array:
		list := make([]any, len(o))
		for i, e := range o {
			list[i], _ = converted(e)
		}
		return list, false
	case types.Name:
		return "/" + name(string(o)), false
	case types.IndirectRef:
		return fmt.Sprintf("%d %d R", o.ObjectNumber, o.GenerationNumber), false
	case types.StringLiteral:
		text, _ := types.StringLiteralToString(o)
		return "u:" + text, false
	case types.HexLiteral:
		return "b:" + string(o), false
	case nil:
		return nil, false
	}
	return true, false // a number or a truth value, neither of which matters
}

func dictionary(d types.Dict) map[string]any {
	m := map[string]any{}
	for key, value := range d {
		m["/"+name(key)], _ = converted(value)
	}
	return m
}

// name returns a name without escapes.
func name(s string) string {
	if plain, err := types.DecodeName(s); err == nil {
		return plain
	}
	return s
}
