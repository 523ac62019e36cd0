package s3calls

import (
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// kind is what is particular to the operation of a Puts.
type kind[In, Out any] struct {
	name    string
	of      func(*In) *call
	setBody func(*In, io.ReadSeeker)
	output  func(http.Header) *Out // of a successful answer
}

// call is what differs between the requests of one operation, except for the body.
type call struct {
	key        string
	query      url.Values
	fields     []field // one without a value is not sent
	meta       map[string]string
	incomplete bool // it lacks a Content-Type, so the SDK would add its default
}

type field struct{ name, value string }

const headChecksum = "X-Amz-Checksum-Crc32"

var putObject = kind[s3.PutObjectInput, s3.PutObjectOutput]{
	name: "PutObject",
	of: func(in *s3.PutObjectInput) *call {
		return &call{
			key:        *in.Key,
			meta:       in.Metadata,
			incomplete: in.ContentType == nil,
			fields: []field{
				{"X-Amz-Storage-Class", string(in.StorageClass)},
				{"Content-Type", aws.ToString(in.ContentType)},
				{"Content-Disposition", aws.ToString(in.ContentDisposition)},
				{headChecksum, aws.ToString(in.ChecksumCRC32)},
			},
		}
	},
	setBody: func(in *s3.PutObjectInput, body io.ReadSeeker) { in.Body = body },
	output: func(h http.Header) *s3.PutObjectOutput {
		return &s3.PutObjectOutput{ETag: optional(h, "Etag"), VersionId: optional(h, "X-Amz-Version-Id")}
	},
}

var uploadPart = kind[s3.UploadPartInput, s3.UploadPartOutput]{
	name: "UploadPart",
	of: func(in *s3.UploadPartInput) *call {
		return &call{
			key:    *in.Key,
			query:  url.Values{"partNumber": {strconv.Itoa(int(*in.PartNumber))}, "uploadId": {*in.UploadId}},
			fields: []field{{headChecksum, aws.ToString(in.ChecksumCRC32)}},
		}
	},
	setBody: func(in *s3.UploadPartInput, body io.ReadSeeker) { in.Body = body },
	output: func(h http.Header) *s3.UploadPartOutput {
		return &s3.UploadPartOutput{ETag: optional(h, "Etag"), ChecksumCRC32: optional(h, headChecksum)}
	},
}

// optional returns the value of a header field, nil if it is missing or empty.
func optional(h http.Header, name string) *string {
	if value := h.Get(name); value != "" {
		return &value
	}
	return nil
}
