package upload

import (
	"context"
	"errors"
	"github.com/airlock-go/upload/storage"
	"io"
	"time"
)

// linkStall is how long a storage may take to open an object, and send nothing of it.
const linkStall = 30 * time.Second

// objectReader reads an object from wherever it was set to, and opens it only
// when it is read. It asks the storage for nothing after end.
type objectReader struct {
	ctx    context.Context
	store  storage.ObjectReader
	key    string
	stored storage.Stored
	offset int64
	end    int64
	body   *stallReader
	err    error
}

func (o *objectReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.offset
	case io.SeekEnd:
		offset += o.stored.Size
	}
	if offset < 0 {
		return 0, errors.New("upload: seek before the start of an object")
	}
	if offset != o.offset {
		o.close()
	}
	o.offset = offset
	return offset, nil
}

func (o *objectReader) Read(p []byte) (int, error) {
	if o.offset >= o.end {
		return 0, io.EOF
	}
	if o.body == nil {
		rest := piece{
			key: o.key, etag: o.stored.ETag,
			offset: o.offset, size: o.end - o.offset, rest: o.end == o.stored.Size,
		}
		if o.body, o.err = openStalling(o.ctx, o.store, rest, linkStall); o.err != nil {
			return 0, o.err
		}
	}
	n, err := o.body.Read(p)
	if o.offset += int64(n); err != io.EOF { //nolint:errorlint // the end of a stallReader is bare
		o.err = err
	}
	return n, err
}

func (o *objectReader) close() {
	if o.body != nil {
		o.body.close()
		o.body = nil
	}
}
