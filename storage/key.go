package storage

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxKeyBytes is the longest key that S3 takes.
const MaxKeyBytes = 1024

// ValidKey says what is wrong with a key, nil if nothing is: it must be UTF-8
// of 1 to [MaxKeyBytes] bytes, of segments that are not empty, "." or "..",
// joined by "/", without backslashes, control characters or invisible and
// direction-changing ones. Some S3 servers resolve ".." and some clients treat
// the rest as paths.
func ValidKey(key string) error {
	switch {
	case key == "" || len(key) > MaxKeyBytes:
		return fmt.Errorf("storage: a key of %d bytes; it must have 1 to %d", len(key), MaxKeyBytes)
	case !utf8.ValidString(key):
		return errors.New("storage: a key that is not UTF-8")
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return fmt.Errorf("storage: a key with the segment %q", segment)
		}
	}
	for _, r := range key {
		if r == '\\' || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return fmt.Errorf("storage: a key with the character %U", r)
		}
	}
	return nil
}

// StagingSegment is the path segment that marks the keys of files which clients
// sent to the storage themselves and nobody has checked yet, as in
// "tenants/upload-staging/1f0c…". No upload.KeyGenerator may use it, and no upload.Links
// lead to such a key. A lifecycle rule should remove what is left there.
const StagingSegment = "upload-staging"

// IsStaging reports whether a segment of the key is [StagingSegment].
func IsStaging(key string) bool {
	return strings.Contains("/"+key+"/", "/"+StagingSegment+"/")
}
