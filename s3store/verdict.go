package s3store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// scanResults are the values of ScanTag. Password-protected files, and those over GuardDuty's
// quotas, are UNSUPPORTED, too.
var scanResults = map[string]storage.ScanResult{
	"NO_THREATS_FOUND": storage.ScanClean,
	"THREATS_FOUND":    storage.ScanInfected,
	"UNSUPPORTED":      storage.ScanUnsupported,
	"ACCESS_DENIED":    storage.ScanFailed,
	"FAILED":           storage.ScanFailed,
}

// ScanVerdict implements [storage.ScanReader] with one call, which needs s3:GetObjectTagging, and
// s3:GetObjectVersionTagging with a version. It reads the tag GuardDutyMalwareScanStatus. An object
// without it is pending, and an unknown value is a failed scan.
//
// Anybody who may set that tag can forge a verdict, so a policy should leave it to the scanner. The
// store never tags an existing object, which would replace what the scanner wrote; the tags of
// [Options] are sent with the object itself.
func (s *Store) ScanVerdict(ctx context.Context, key, version string) (storage.ScanResult, error) {
	out, err := s3calls.Do(ctx, s.caller, s.client.GetObjectTagging, &s3.GetObjectTaggingInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: &key, VersionId: optional(version),
	})
	if err != nil {
		return storage.ScanPending, missing(err)
	}
	for _, tag := range out.TagSet {
		if aws.ToString(tag.Key) != ScanTag {
			continue
		}
		if v, known := scanResults[aws.ToString(tag.Value)]; known {
			return v, nil
		}
		return storage.ScanFailed, nil
	}
	return storage.ScanPending, nil
}
