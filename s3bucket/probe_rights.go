package s3bucket

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
)

// anonymous tries to read an object, and the list of them, without credentials.
func (p *probing) anonymous() (State, string) {
	s, key := p.service, p.publishedKey()
	if _, err := p.put(key); err != nil {
		return StateCannotTell, "nothing could be written to be read"
	}
	nobody := s3.New(s.client.Options(), func(o *s3.Options) { o.Credentials = nil })
	_, err := s3calls.Do(p.ctx, s.caller, nobody.HeadObject, &s3.HeadObjectInput{Bucket: s.bucket, Key: &key})
	switch {
	case err == nil:
		return StateWrong, "anybody can read an object, without credentials"
	case s3calls.Status(err)/100 != 4:
		return StateCannotTell, err.Error()
	}
	_, err = s3calls.Do(p.ctx, s.caller, nobody.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: s.bucket, MaxKeys: aws.Int32(1)})
	switch {
	case err == nil:
		return StateWrong, "anybody can list the bucket, without credentials"
	case s3calls.Status(err)/100 != 4:
		return StateCannotTell, err.Error()
	}
	return StateOK, "nothing can be read or listed without credentials"
}

// right is something that no role needs. try uses it without changing anything, and reports whether
// the service permitted it.
type right struct {
	action string
	try    func(p *probing) (had State, err error)
}

// These are the answers of right.try besides StateCannotTell. A permitted call is wrong.
const (
	may    = StateWrong
	mayNot = StateOK
)

var rights = []right{
	{"s3:ListAllMyBuckets", (*probing).listsBuckets},
	{"s3:GetBucketPolicy", func(p *probing) (State, error) {
		s := p.service
		_, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
		return passed(err, "NoSuchBucketPolicy")
	}},
	{"s3:GetBucketAcl", func(p *probing) (State, error) {
		s := p.service
		_, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketAcl, &s3.GetBucketAclInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
		return passed(err)
	}},
	{"s3:DeleteObjectTagging", func(p *probing) (State, error) { // for an object that does not exist
		s := p.service
		_, err := s3calls.Do(p.ctx, s.caller, s.client.DeleteObjectTagging, &s3.DeleteObjectTaggingInput{
			Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: aws.String(p.publishedKey()),
		})
		return passed(err, "NoSuchKey")
	}},
	// The last two name keys that do not exist: nothing is written outside of the prefixes.
	{"s3:GetObject outside of the prefixes", func(p *probing) (State, error) {
		_, err := p.service.head(p.ctx, unusedKey(""), nil)
		return passed(err, "NotFound")
	}},
	{"s3:AbortMultipartUpload outside of the prefixes", func(p *probing) (State, error) {
		s := p.service
		_, err := s3calls.Do(p.ctx, s.caller, s.client.AbortMultipartUpload, &s3.AbortMultipartUploadInput{
			Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: aws.String(unusedKey("")), UploadId: aws.String(probeName),
		})
		return passed(err, "NoSuchUpload")
	}},
}

// rights looks for more than any role needs. It does not try harmful rights, so it is a sample.
func (p *probing) rights() (State, string) {
	var had, open []string
	for _, r := range rights {
		if strings.Contains(r.action, "outside") && slices.Contains(p.bucket.layout.all(), "") {
			continue
		}
		switch state, err := r.try(p); state {
		case may:
			had = append(had, r.action)
		case StateCannotTell:
			open = append(open, fmt.Sprintf("%s (%v)", r.action, err))
		}
	}
	switch {
	case len(had) > 0:
		return StateWrong, "the credentials also have " + strings.Join(had, ", ") + ", which no role needs: give them only the policies of their roles"
	case len(open) > 0:
		return StateCannotTell, "it is not clear whether the credentials have " + strings.Join(open, ", ")
	}
	return StateOK, "none of those that were tried; harmful ones were not tried"
}

// passed reports whether a call was permitted, even if only to find nothing.
func passed(err error, nothing ...string) (State, error) {
	switch {
	case err == nil, slices.Contains(nothing, s3calls.Code(err)):
		return may, nil
	case s3calls.Status(err) == http.StatusForbidden:
		return mayNot, nil
	}
	return StateCannotTell, err
}

// listsBuckets checks whether other buckets are listed: some services let everybody list their own
// buckets.
func (p *probing) listsBuckets() (State, error) {
	out, err := s3calls.Do(p.ctx, p.service.caller, p.service.client.ListBuckets, &s3.ListBucketsInput{})
	if err != nil {
		return passed(err)
	}
	for _, b := range out.Buckets {
		if aws.ToString(b.Name) != *p.service.bucket {
			return may, nil
		}
	}
	return mayNot, nil
}
