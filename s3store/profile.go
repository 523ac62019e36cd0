package s3store

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/airlock-go/upload/storage"
)

// Profile says what an S3 service cannot do. The zero value is for services that can do everything
// the store asks for, such as AWS and versitygw. [MinIO] and [R2] return the profiles of these
// services; for others set the fields by hand.
//
// Clients of a signed PUT or part can add header fields. AWS refuses added x-amz-… fields that are
// not signed. Some services obey them, and with X-Amz-Copy-Source copy any object that the signer
// may read. So at hosts other than AWS's own, the zero value signs one more field in PUTs and
// parts: X-Amz-Copy-Source-If-Match, with a value that no ETag equals. Clients send it like the
// other signed fields. HeadersFromQuery, InsecureNoCopyGuard and NoSignedHeaders are for services
// where that does not fit. A service that accepts "If-None-Match: *", a policy or a signed length
// and ignores it answers like one that honours it. s3bucket.Bucket.Check tests which it does, and
// proposes the narrowest profile that fits. s3bucket.Bucket.Verify tests what matters most, at the
// start of a program.
type Profile struct {
	// InsecureUnconditionalPut is for services that refuse or ignore "If-None-Match: *" on
	// PutObject. Commit then checks that the key is free before it publishes a file of one part.
	// Between the two calls another writer can create an object, which Commit replaces. If keys are
	// not random, two uploads of the same key can both succeed while only one of them is kept.
	// Clients get no signed PUT, which they could repeat with other bytes.
	InsecureUnconditionalPut bool `json:",omitempty"`

	// InsecureUnconditionalComplete is the same for CompleteMultipartUpload, by which larger files
	// and the copies of Promote are published. Clients still get a signed PUT.
	InsecureUnconditionalComplete bool `json:",omitempty"`

	// ChecksumsWhenRequired sends a checksum only where the protocol demands one, for services that
	// refuse the SDK's. Over http the signature still covers every byte; over https only TLS does.
	ChecksumsWhenRequired bool `json:",omitempty"`

	// NoForms is for services without POST policies. Clients then get no form.
	NoForms bool `json:",omitempty"`

	// NoSignedLengths is for services that accept a presigned PUT with a Content-Length other than
	// the signed one. Clients could send any amount, so neither a PUT nor a multipart upload is
	// signed for them.
	NoSignedLengths bool `json:",omitempty"`

	// NoSignedHeaders is for services that accept a presigned PUT with header fields other than the
	// signed ones. They copy what an added X-Amz-Copy-Source names, even against a signed
	// condition. Neither PUTs nor multipart uploads are then signed for clients, which leaves
	// forms.
	NoSignedHeaders bool `json:",omitempty"`

	// HeadersFromQuery is for services that look for a signed header field in the URL if the
	// request has none, as MinIO does. X-Amz-Copy-Source and others are then signed as absent in
	// this way: tags, ACLs, Object Lock, and the ETag and the time that MinIO's replication sends.
	// A request that has one is refused. Clients need not send anything for that. Services that do
	// not look there refuse all signed PUTs and parts.
	HeadersFromQuery bool `json:",omitempty"`

	// InsecureNoCopyGuard signs nothing against added header fields. It is for services that refuse
	// them as AWS does: versitygw, and AWS itself under another name, such as a VPC endpoint. Where
	// it is wrong, clients can have any object copied that the signer may read;
	// s3bucket.Bucket.Check tests that.
	InsecureNoCopyGuard bool `json:",omitempty"`

	// NoCopyDigests is for services that do not return the SHA-256 of what UploadPartCopy copied.
	// Promote is then bound to the staged object's ETag alone. An ETag can be an MD5, for which a
	// client can make two files. So whole files are then signed only with a SHA-256, and others are
	// sent in parts. It is safe only where copies obey that ETag. With NoPinnedCopies, too, Promote
	// does not rely on copies, and whole files need no SHA-256.
	NoCopyDigests bool `json:",omitempty"`

	// NoPinnedCopies is for services that copy nothing by UploadPartCopy, or that ignore or refuse
	// X-Amz-Copy-Source-If-Match there, as Ceph RGW 16 does. A client could replace a file between
	// its check and such a copy. Promote then reads the file again, compares its SHA-256 if that is
	// known, and writes what it has read. All bytes travel from the service and back, through
	// buffers of MaxMemory.
	NoPinnedCopies bool `json:",omitempty"`
}

// MinIO returns the profile of MinIO. Files that clients send whole need their SHA-256, others are
// sent in parts. MinIO obeys header fields that are not signed (see HeadersFromQuery), so the
// harmful ones are signed as absent.
func MinIO() Profile { return Profile{NoCopyDigests: true, HeadersFromQuery: true} }

// R2 returns the profile of Cloudflare R2, from its documentation in 2026 (pages "S3 API
// compatibility", "Conditional operations", "Presigned URLs"). It has no POST forms, and no
// conditions on UploadPartCopy. It has conditional writes and composite CRC32. It lacks
// Options.Tags, SSE and ExpectedBucketOwner. Whether it refuses header fields that are not signed
// has not been tested. It does not support the field that guards against copies, which is therefore
// not signed. Run s3bucket.Bucket.Check.
func R2() Profile {
	return Profile{NoForms: true, NoPinnedCopies: true, InsecureNoCopyGuard: true}
}

// Signs reports which requests a store with this profile signs for clients: PUTs of whole files,
// parts, and POST forms. It signs none whose limits the service does not enforce.
func (p Profile) Signs() (put, part, form bool) {
	part = !p.NoSignedLengths && !p.NoSignedHeaders
	return part && !p.InsecureUnconditionalPut, part, !p.NoForms
}

// direct returns what clients can be held to in one request. They could repeat a PUT without
// conditions, and replace the object.
func (p Profile) direct() (storage.DirectMethods, error) {
	put, _, form := p.Signs()
	m := storage.DirectMethods{Put: put, Form: form, NeedsDigest: p.NoCopyDigests && !p.NoPinnedCopies}
	if !m.Put && !m.Form {
		return m, errors.New("s3store: the profile leaves no request for a whole file whose limits the service would enforce")
	}
	return m, nil
}

// parts returns an error if clients cannot be held to the size of a part, or to sending its bytes.
func (p Profile) parts() error {
	switch {
	case p.NoSignedLengths:
		return errors.New("s3store: the profile says that the service does not enforce the size of parts")
	case p.NoSignedHeaders:
		return errors.New("s3store: the profile says that clients can have a part copied from any object")
	}
	return nil
}

// ifFree returns the condition under which objects are written, nil if the service lacks it.
func ifFree(lacking bool) *string {
	if lacking {
		return nil
	}
	return aws.String("*")
}
