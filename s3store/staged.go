package s3store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/storage"
)

// staged is one file: in memory, an open multipart upload, published, or gone.
type staged struct {
	target
	obj   storage.Object
	facts string // of a promotion

	buffer *buffer               // the whole file while it is in memory
	parts  []types.CompletedPart // of the multipart upload, for Complete

	spent     bool // Commit or Discard was called
	published answer
	version   *string // of the published object; nil without versions, or if it is not known
	etag      *string // of an object made of parts; nil until S3 has answered Complete
}

// answer says whether the object is published now, as far as S3's answers say.
type answer int

const (
	no answer = iota
	maybe
	yes
)

// attributes returns those of the object that Commit publishes. They include the digest once the
// file has been read. An object under a staging key gets the service's default class. It is read
// again, which an archive class would not allow. It is also removed soon, although some classes
// charge for at least a month.
func (f *staged) attributes() attributes {
	digest := ""
	if f.obj.SHA256 != nil {
		digest = f.obj.SHA256()
	}
	a := f.store.published(f.key, f.obj.Type, f.obj.Name, f.nonce, digest, f.facts)
	if storage.IsStaging(f.key) {
		a.class = ""
	}
	return a
}

// create opens the multipart upload.
func (f *staged) create(ctx context.Context) error {
	in := f.store.createInput(f.attributes())
	in.ChecksumAlgorithm = f.store.checksum
	return f.open(ctx, in)
}

// forget frees the memory of a file that fits one part.
func (f *staged) forget() {
	if f.buffer != nil {
		f.buffer.free()
		f.buffer = nil
	}
}
