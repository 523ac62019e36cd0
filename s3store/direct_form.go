package s3store

import (
	"context"
	"encoding/xml"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/storage"
)

// SignForm implements [storage.DirectStorage]. It signs what SignPut does, except
// "If-None-Match: *", ExpectedBucketOwner and the guard against copies: forms have no field for
// them. The policy states the exact value of each field that S3 obeys. S3 refuses forms with other
// values or more such fields.
func (s *Store) SignForm(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	in, expires, err := s.wholeFile(ctx, d, http.MethodPost)
	if err != nil {
		return nil, err
	}
	if strings.Contains(*in.Key, "${filename}") {
		return nil, errors.New("s3store: S3 would put the client's file name into the key")
	}
	fields, err := s.formFields(in)
	if err != nil {
		return nil, err
	}
	conditions := []any{[]any{"content-length-range", *in.ContentLength, *in.ContentLength}}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		conditions = append(conditions, map[string]string{name: fields[name]})
	}
	// The SDK's own answer has only the key, the policy and the signature.
	signed, err := s.presign.PresignPostObject(ctx, &s3.PutObjectInput{Bucket: in.Bucket, Key: in.Key}, func(o *s3.PresignPostOptions) {
		o.Expires, o.Conditions = expires, conditions
	})
	if err != nil {
		return nil, s.caller.Explain(ctx, err)
	}
	maps.Copy(fields, signed.Values)
	return &storage.SignedRequest{Method: http.MethodPost, URL: signed.URL, Headers: map[string]string{}, Fields: fields}, nil
}

// formFields returns the fields of a form that the SDK does not make.
func (s *Store) formFields(in *s3.PutObjectInput) (map[string]string, error) {
	tagging, err := s.tagDocument()
	if err != nil {
		return nil, err
	}
	fields := map[string]string{
		"success_action_status":                       "201",
		"Content-Type":                                aws.ToString(in.ContentType),
		"Content-Disposition":                         aws.ToString(in.ContentDisposition),
		"Cache-Control":                               aws.ToString(in.CacheControl),
		"x-amz-checksum-sha256":                       aws.ToString(in.ChecksumSHA256),
		"x-amz-server-side-encryption":                string(in.ServerSideEncryption),
		"x-amz-server-side-encryption-aws-kms-key-id": aws.ToString(in.SSEKMSKeyId),
		"tagging": tagging,
	}
	maps.DeleteFunc(fields, func(_, value string) bool { return value == "" })
	return fields, nil
}

// tagDocument returns Tags as forms need them, "" for none.
func (s *Store) tagDocument() (string, error) {
	type tag struct{ Key, Value string }
	var doc struct {
		XMLName xml.Name `xml:"Tagging"`
		Tags    []tag    `xml:"TagSet>Tag"`
	}
	for _, key := range slices.Sorted(maps.Keys(s.opts.Tags)) {
		doc.Tags = append(doc.Tags, tag{key, s.opts.Tags[key]})
	}
	if len(doc.Tags) == 0 {
		return "", nil
	}
	text, err := xml.Marshal(doc)
	return string(text), err
}
