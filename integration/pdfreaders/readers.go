package pdfreaders

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Reader reads files and repairs them: in a damaged file it looks for the objects.
type Reader struct {
	Program string // that must be installed, "" for none
	Read    func(ctx context.Context, path string) (*Document, error)
}

// Readers returns all readers, by name.
func Readers() map[string]Reader {
	return map[string]Reader{
		"qpdf":   {"qpdf", qpdf},
		"mutool": {"mutool", mutool},
		"pdfcpu": {"", readPDFCPU},
	}
}

// qpdf reads a file with qpdf 11 or later. It returns an error if qpdf does not open the file. It
// reads the data of streams only if one is a model.
func qpdf(ctx context.Context, path string) (*Document, error) {
	d, err := qpdfObjects(ctx, path, "none")
	if err != nil || !d.hasModels() {
		return d, err
	}
	return qpdfObjects(ctx, path, "inline")
}

func qpdfObjects(ctx context.Context, path, data string) (*Document, error) {
	out, err := run(ctx, "qpdf", "--json=2", "--json-key=qpdf", "--json-stream-data="+data, "--decode-level=generalized", "--warning-exit-0", path)
	if err != nil {
		return nil, err
	}
	var all struct {
		QPDF []json.RawMessage `json:"qpdf"`
	}
	if err := json.Unmarshal(out, &all); err != nil {
		return nil, err
	}
	if len(all.QPDF) != 2 {
		return nil, errors.New("pdfreaders: qpdf's JSON has another form")
	}
	return parse(all.QPDF[1])
}

//go:embed dump.js
var dump []byte

// mutool reads a file with MuPDF. It returns an error if MuPDF does not open the file.
func mutool(ctx context.Context, path string) (*Document, error) {
	script := filepath.Join(filepath.Dir(path), "dump.js")
	if err := os.WriteFile(script, dump, 0o600); err != nil {
		return nil, err
	}
	out, err := run(ctx, "mutool", "run", script, path)
	if err != nil {
		return nil, err
	}
	return parse(out)
}

func run(ctx context.Context, name string, args ...string) ([]byte, error) {
	var out, complaints bytes.Buffer
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout, c.Stderr = &out, &complaints
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, err, complaints.Bytes())
	}
	return out.Bytes(), nil
}
