package diskstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// headSize is where the content of a file begins. The head stands before it, so that
// one link publishes both.
const headSize = 4096

// magic begins the file of each upload. Another layout will have another number.
const magic = "airlock-go/upload diskstore 1\n"

// head describes a file. It follows magic as one line of JSON, and the rest of headSize
// is zeros.
type head struct {
	Key    string `json:"key"`
	Type   string `json:"type"`
	Name   string `json:"name"`
	Size   int64  `json:"size"` // of the content, or unfinished
	SHA256 string `json:"sha256,omitempty"`
	Nonce  string `json:"nonce"` // of the upload
}

// unfinished is the Size in the head of a file that is still being written, or that a killed
// process left.
const unfinished = -1

// etag identifies the content: each upload has a nonce of its own.
func (h head) etag() string { return `"` + h.Nonce + `"` }

func (h head) encode() ([]byte, error) {
	b := bytes.NewBufferString(magic)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(h); err != nil {
		return nil, err
	}
	if b.Len() > headSize {
		return nil, fmt.Errorf("the head, with key, type and name, takes %d bytes, more than %d", b.Len(), headSize)
	}
	return append(b.Bytes(), make([]byte, headSize-b.Len())...), nil
}

// object is a file as readHead has found it.
type object struct {
	head
	modified time.Time
}

var errDamaged = errors.New("the file is damaged, or not one of this package")

// readHead reads the head of a file. The error is errDamaged if the head is not whole. It is
// errDamaged, too, if the file has another size than its head says, unless that is unfinished.
func readHead(file *os.File) (object, error) {
	info, err := file.Stat()
	if err != nil {
		return object{}, err
	}
	o := object{modified: info.ModTime()}
	if !info.Mode().IsRegular() {
		return o, errDamaged
	}
	b := make([]byte, headSize)
	if _, err := file.ReadAt(b, 0); err == io.EOF {
		return o, errDamaged
	} else if err != nil {
		return o, err
	}
	line, ok := bytes.CutPrefix(bytes.TrimRight(b, "\x00"), []byte(magic))
	if !ok || json.Unmarshal(line, &o.head) != nil {
		return object{modified: o.modified}, errDamaged
	}
	if o.Size != unfinished && o.Size != info.Size()-headSize {
		return o, errDamaged
	}
	return o, nil
}
