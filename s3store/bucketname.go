package s3store

import (
	"errors"
	"fmt"
	"strings"
)

// aliasSuffix ends the alias of an access point, and the name of no bucket:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const aliasSuffix = "-s3alias"

// validBucket refuses what would be a bucket in some places only. The SDK takes the
// ARN of an access point for a bucket, but the source of a copy, policies and the
// calls for settings name such a thing in other ways.
func validBucket(name string) error {
	switch {
	case name == "":
		return errors.New("s3store: the bucket has no name")
	case strings.HasPrefix(name, "arn:"):
		return fmt.Errorf("s3store: %q is an ARN: name the bucket or, for an access point, its alias, which ends in %s", name, aliasSuffix)
	}
	return nil
}

// inPolicies is an error if the policy language does not know the bucket by its name.
func (s *Store) inPolicies() error {
	if strings.HasSuffix(*s.bucket, aliasSuffix) {
		return fmt.Errorf("s3store: %q is the alias of an access point, which no policy may name: ask a store that has the bucket's name", *s.bucket)
	}
	return nil
}
