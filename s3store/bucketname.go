package s3store

import (
	"errors"
	"fmt"
	"strings"
)

// validBucket refuses names that mean a bucket in some places only. The SDK accepts the ARN of an
// access point as a bucket. The source of a copy, policies and the calls for settings name an
// access point differently.
func validBucket(name string) error {
	switch {
	case name == "":
		return errors.New("s3store: the bucket has no name")
	case strings.HasPrefix(name, "arn:"):
		return fmt.Errorf("s3store: %q is an ARN: name the bucket or, for an access point, its alias, which ends in -s3alias", name)
	}
	return nil
}
