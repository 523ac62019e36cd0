package storage

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxKeyBytes is the length of the longest key that S3 accepts.
const MaxKeyBytes = 1024

// ValidKey returns an error that says what is wrong with a key, or nil. A key must be UTF-8 of 1 to
// [MaxKeyBytes] bytes. Its segments, joined by "/", must not be empty, "." or "..". It must have no
// backslashes, control characters or invisible characters, such as those that change the direction
// of text, separate lines, or choose the look of an emoji. Some S3 servers resolve "..", and some
// clients read a backslash as a slash.
func ValidKey(key string) error {
	switch {
	case key == "" || len(key) > MaxKeyBytes:
		return fmt.Errorf("storage: invalid key: %d bytes, not 1 to %d", len(key), MaxKeyBytes)
	case !utf8.ValidString(key):
		return errors.New("storage: invalid key: not UTF-8")
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return fmt.Errorf("storage: invalid key: segment %q", segment)
		}
	}
	for _, r := range key {
		if r == '\\' || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return fmt.Errorf("storage: invalid key: character %U", r)
		}
	}
	return nil
}

// StagingSegment is the path segment that marks the keys of unchecked files, for example
// "tenants/upload-staging/1f0c…". Clients sent them directly to the storage, or they are pieces of
// resumable uploads. The library keeps notes about uploads there, too. A store may also keep files
// there that it may have to patch, see [Patcher]. An upload.KeyGenerator must not use the segment,
// and upload.Links never lead to such a key. A lifecycle rule should remove old objects there.
const StagingSegment = "upload-staging"

// IsStaging reports whether a segment of the key is [StagingSegment].
func IsStaging(key string) bool {
	return strings.Contains("/"+key+"/", "/"+StagingSegment+"/")
}
