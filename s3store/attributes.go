package s3store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/filename"
)

// The metadata that objects carry.
const (
	metaNonce  = "upload-nonce"
	metaFacts  = "upload-facts"
	metaSHA256 = "sha256" // set only if the digest is known before the object is created
)

// cacheControl keeps objects out of shared caches, such as a CDN's. A signed link has linkCache
// instead.
const cacheControl = "private"

// attributes are what an object is created with, in addition to options of the store.
type attributes struct {
	key         string
	mediaType   string
	disposition string
	class       types.StorageClass
	metadata    map[string]string
}

// published returns the attributes of an object that the store itself writes.
func (s *Store) published(key, mediaType, name, nonce, sha256, facts string) attributes {
	metadata := map[string]string{metaNonce: nonce}
	if facts != "" {
		metadata[metaFacts] = facts
	}
	if sha256 != "" {
		metadata[metaSHA256] = sha256
	}
	return attributes{key, mediaType, filename.Disposition("attachment", name), s.opts.StorageClass, metadata}
}

func (s *Store) putInput(a attributes) *s3.PutObjectInput {
	return &s3.PutObjectInput{
		Bucket:               s.bucket,
		ExpectedBucketOwner:  s.owner,
		Key:                  &a.key,
		ContentType:          optional(a.mediaType),
		ContentDisposition:   &a.disposition,
		CacheControl:         aws.String(cacheControl),
		Metadata:             a.metadata,
		ServerSideEncryption: s.opts.SSE,
		SSEKMSKeyId:          s.kmsKeyID,
		StorageClass:         a.class,
		Tagging:              s.tagging,
		IfNoneMatch:          ifFree(s.opts.Profile.InsecureUnconditionalPut),
	}
}

func (s *Store) createInput(a attributes) *s3.CreateMultipartUploadInput {
	return &s3.CreateMultipartUploadInput{
		Bucket:               s.bucket,
		ExpectedBucketOwner:  s.owner,
		Key:                  &a.key,
		ContentType:          optional(a.mediaType),
		ContentDisposition:   &a.disposition,
		CacheControl:         aws.String(cacheControl),
		Metadata:             a.metadata,
		ServerSideEncryption: s.opts.SSE,
		SSEKMSKeyId:          s.kmsKeyID,
		StorageClass:         a.class,
		Tagging:              s.tagging,
	}
}

// wireDigest returns a hexadecimal SHA-256 as S3 writes it, "" if there is none.
func wireDigest(digest string) (string, error) {
	sum, err := hex.DecodeString(digest)
	if err != nil || len(sum) != 0 && len(sum) != sha256.Size {
		return "", fmt.Errorf("s3store: %q is not a SHA-256", digest)
	}
	return base64.StdEncoding.EncodeToString(sum), nil
}
