package clamav

import (
	"archive/zip"
	"bytes"
	"slices"
)

// eicar returns the test file that scanners treat as malware (eicar.org). It is stored backwards,
// so that scanners report neither this file nor a program that contains it.
func eicar() []byte {
	b := []byte(`*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X`)
	slices.Reverse(b)
	return b
}

// nesting is more levels than clamd can be configured to read.
const nesting = 101

// nested returns an archive in an archive, 101 times, of about 11 KiB.
func nested() []byte {
	content := []byte("deep down")
	for range nesting {
		content = archive(content, 0)
	}
	return content
}

// locked returns an archive whose only file is marked as encrypted.
func locked() []byte { return archive([]byte("anything, as long as there is some"), 1) }

func archive(content []byte, flags uint16) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: "a.zip", Method: zip.Store, Flags: flags,
		CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content)),
	})
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil { // it is written to memory
		panic(err)
	}
	return b.Bytes()
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
