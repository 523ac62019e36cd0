package s3calls

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// silence is the error of an attempt whose answer is not one that S3 sends: an empty body, white
// space, a page of a gateway, or a text that is too long. XML that is cut off is an error of the
// SDK's instead. The status of a silence decides whether S3 may have carried the call out, see
// Refused.
type silence struct {
	status int
	why    string // such as "does not state the object's ETag"
}

func (e *silence) Error() string { return fmt.Sprintf("an answer of %d that %s", e.status, e.why) }

// RetryableError makes the SDK try again, as it does after a lost answer.
func (*silence) RetryableError() bool { return true }

// Silent reports whether an attempt failed because its answer is not one that S3 sends.
func Silent(err error) bool {
	var s *silence
	return errors.As(err, &s)
}

// said returns an option for one call, whose input is in. An attempt then fails if its answer lacks
// the sign that S3 carried it out. The SDK makes an output of any answer of 2xx, and leaves empty
// what it does not find.
func said(in any) func(*s3.Options) {
	listen := func(ctx context.Context, d middleware.DeserializeInput, next middleware.DeserializeHandler) (
		middleware.DeserializeOutput, middleware.Metadata, error,
	) {
		out, metadata, err := next.HandleDeserialize(ctx, d)
		answer, ok := out.RawResponse.(*smithyhttp.Response)
		if err != nil || !ok {
			return out, metadata, err
		}
		if missing := unsaid(in, out.Result, answer.StatusCode); missing != "" {
			_ = answer.Body.Close() // that of GetObject is open
			err = &silence{answer.StatusCode, "does not state " + missing}
		}
		return out, metadata, err
	}
	return func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Deserialize.Insert(
				middleware.DeserializeMiddlewareFunc("AirlockSaid", listen), "OperationDeserializer", middleware.Before)
		})
	}
}

// unsaid returns what an answer of that status lacks, "" if it has everything that the store relies
// on. It does not compare the name of the bucket: for an access point's alias S3 names the
// underlying bucket.
func unsaid(in, result any, status int) string {
	switch out := result.(type) {
	case *s3.PutObjectOutput:
		return unless(named(out.ETag), "the object's ETag")
	case *s3.CompleteMultipartUploadOutput:
		key := in.(*s3.CompleteMultipartUploadInput).Key
		return unless(named(out.ETag) && same(out.Key, key), "the ETag of an object of this key")
	case *s3.CreateMultipartUploadOutput:
		key := in.(*s3.CreateMultipartUploadInput).Key
		return unless(named(out.UploadId) && (out.Key == nil || same(out.Key, key)), "the id of an upload of this key")
	case *s3.UploadPartOutput:
		return unless(named(out.ETag), "the part's ETag")
	case *s3.UploadPartCopyOutput:
		return unless(out.CopyPartResult != nil && named(out.CopyPartResult.ETag), "the part's ETag")
	case *s3.DeleteObjectsOutput:
		return unless(len(out.Deleted)+len(out.Errors) > 0, "what it removed")
	case *s3.DeleteObjectOutput, *s3.AbortMultipartUploadOutput:
		return unless(status == http.StatusNoContent, "that it was removed")
	}
	return untold(in, result)
}

// untold is unsaid for the calls that read objects, parts and lists. Of all other calls it demands
// nothing. An answer without tags is harmless, since a file without a verdict is not clean.
func untold(in, result any) string {
	switch out := result.(type) {
	case *s3.HeadObjectOutput:
		return unless(named(out.ETag) && out.ContentLength != nil, "the object's ETag and size")
	case *s3.GetObjectOutput:
		return unless(named(out.ETag) && out.ContentLength != nil, "the object's ETag and size")
	case *s3.ListPartsOutput:
		return unless(same(out.UploadId, in.(*s3.ListPartsInput).UploadId), "the upload whose parts it lists")
	case *s3.ListMultipartUploadsOutput:
		return unless(named(out.Bucket) || out.IsTruncated != nil, "what it lists")
	case *s3.ListObjectVersionsOutput:
		return unless(named(out.Name) || out.IsTruncated != nil, "what it lists")
	case *s3.ListObjectsV2Output:
		return unless(named(out.Name) || out.IsTruncated != nil, "what it lists")
	}
	return ""
}

func unless(fine bool, fault string) string {
	if fine {
		return ""
	}
	return fault
}

// named reports whether S3 gave a name, which may be in quotes.
func named(name *string) bool { return Unquoted(aws.ToString(name)) != "" }

// Unquoted returns an ETag without its quotes, which services put only in some answers.
func Unquoted(etag string) string { return strings.Trim(etag, `"`) }

func same(answer, asked *string) bool { return answer != nil && *answer == aws.ToString(asked) }
