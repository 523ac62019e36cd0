package s3store

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
	s, key := p.store, p.publishedKey()
	if _, err := p.put(key); err != nil {
		return CannotTell, "nothing could be written to be read"
	}
	nobody := s3.New(s.client.Options(), func(o *s3.Options) { o.Credentials = nil })
	_, err := s3calls.Do(p.ctx, s.caller, nobody.HeadObject, &s3.HeadObjectInput{Bucket: s.bucket, Key: &key})
	switch {
	case err == nil:
		return Wrong, "anybody can read an object, without credentials"
	case s3calls.Status(err)/100 != 4:
		return CannotTell, err.Error()
	}
	_, err = s3calls.Do(p.ctx, s.caller, nobody.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: s.bucket, MaxKeys: aws.Int32(1)})
	switch {
	case err == nil:
		return Wrong, "anybody can list the bucket, without credentials"
	case s3calls.Status(err)/100 != 4:
		return CannotTell, err.Error()
	}
	return OK, "nothing can be read or listed without credentials"
}

// right is something that no role needs. try uses it in a way that changes
// nothing, and reports whether the service let it pass.
type right struct {
	action string
	try    func(p *probing) (had State, err error)
}

// The answers of right.try. What was let pass is what is wrong.
const (
	may    = Wrong
	mayNot = OK
)

var rights = []right{
	{"s3:ListAllMyBuckets", (*probing).listsBuckets},
	{"s3:GetBucketPolicy", func(p *probing) (State, error) {
		s := p.store
		_, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
		return passed(err, "NoSuchBucketPolicy")
	}},
	{"s3:GetBucketAcl", func(p *probing) (State, error) {
		s := p.store
		_, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketAcl, &s3.GetBucketAclInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
		return passed(err)
	}},
	{"s3:DeleteObjectTagging", func(p *probing) (State, error) { // of an object that does not exist
		s := p.store
		_, err := s3calls.Do(p.ctx, s.caller, s.client.DeleteObjectTagging, &s3.DeleteObjectTaggingInput{
			Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: aws.String(p.publishedKey()),
		})
		return passed(err, "NoSuchKey")
	}},
	{"s3:GetObject outside of the prefixes", func(p *probing) (State, error) {
		_, err := p.store.head(p.ctx, p.outside(), nil)
		return passed(err, "NotFound")
	}},
	{"s3:AbortMultipartUpload outside of the prefixes", func(p *probing) (State, error) {
		s := p.store
		_, err := s3calls.Do(p.ctx, s.caller, s.client.AbortMultipartUpload, &s3.AbortMultipartUploadInput{
			Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: aws.String(p.outside()), UploadId: aws.String(probeName),
		})
		return passed(err, codeNoUpload)
	}},
}

// rights looks for more than any role needs. What could do harm is not tried, so
// it is a sample.
func (p *probing) rights() (State, string) {
	var had, open []string
	for _, r := range rights {
		if strings.Contains(r.action, "outside") && slices.Contains(p.store.prefixes(both), "") {
			continue
		}
		switch state, err := r.try(p); state {
		case may:
			had = append(had, r.action)
		case CannotTell:
			open = append(open, fmt.Sprintf("%s (%v)", r.action, err))
		}
	}
	switch {
	case len(had) > 0:
		return Wrong, "the credentials also have " + strings.Join(had, ", ") + ", which no role needs: give them the policies of their roles alone"
	case len(open) > 0:
		return CannotTell, "it is not clear whether the credentials have " + strings.Join(open, ", ")
	}
	return OK, "none of those that were tried; what could do harm was not"
}

// passed says whether a call was let pass, if need be only to find nothing.
func passed(err error, nothing ...string) (State, error) {
	switch {
	case err == nil, slices.Contains(nothing, s3calls.Code(err)):
		return may, nil
	case s3calls.Status(err) == http.StatusForbidden:
		return mayNot, nil
	}
	return CannotTell, err
}

// listsBuckets: some services let everybody list the buckets that are theirs.
func (p *probing) listsBuckets() (State, error) {
	out, err := s3calls.Do(p.ctx, p.store.caller, p.store.client.ListBuckets, &s3.ListBucketsInput{})
	if err != nil {
		return passed(err)
	}
	for _, b := range out.Buckets {
		if aws.ToString(b.Name) != *p.store.bucket {
			return may, nil
		}
	}
	return mayNot, nil
}

// outside is a key that is in none of the prefixes, and under which nothing is
// written.
func (p *probing) outside() string {
	key := p.key("")
	p.written = slices.DeleteFunc(p.written, func(w written) bool { return w.key == key })
	return key
}
