package s3bucket

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// unfinishedDays is after how many days S3 aborts a streamed upload that is still
// open. One that makes progress takes hours at most.
const unfinishedDays = 7

// Lifecycle returns the rules that remove what processes and clients left behind:
// staged files and the parts of direct uploads as soon as their tickets have
// expired, and other multipart uploads after a week. S3 selects objects by what
// their keys begin with, so there is a rule for each prefix of the [Layout]; on
// versioned buckets staged files are then removed for good.
//
// S3 counts in days, up to the next midnight UTC, and may take longer to act. A
// file that is sent by a ticket and never confirmed stays for a day at least. Nothing
// that is published ever expires by these rules.
func (b *Bucket) Lifecycle() *types.BucketLifecycleConfiguration {
	var rules []types.LifecycleRule
	for _, prefix := range b.layout.staged() {
		rules = append(rules, b.stagingRules(prefix)...)
	}
	for _, prefix := range b.layout.published() {
		rules = append(rules, lifecycleRule("unfinished", prefix, types.LifecycleRule{
			AbortIncompleteMultipartUpload: abortAfter(unfinishedDays),
		}))
	}
	return &types.BucketLifecycleConfiguration{Rules: rules}
}

func (b *Bucket) stagingRules(prefix string) []types.LifecycleRule {
	days := b.layout.stagingDays()
	rule := types.LifecycleRule{
		Expiration:                     &types.LifecycleExpiration{Days: &days},
		AbortIncompleteMultipartUpload: abortAfter(days),
	}
	if !b.layout.Versioned {
		return []types.LifecycleRule{lifecycleRule("staging", prefix, rule)}
	}
	rule.NoncurrentVersionExpiration = &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(1)}
	return []types.LifecycleRule{
		lifecycleRule("staging", prefix, rule),
		// The markers that the expiration leaves. S3 takes this in no rule with days.
		lifecycleRule("markers", prefix, types.LifecycleRule{
			Expiration: &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)},
		}),
	}
}

func lifecycleRule(kind, prefix string, rule types.LifecycleRule) types.LifecycleRule {
	rule.ID = aws.String(ruleID(kind, prefix))
	rule.Status = types.ExpirationStatusEnabled
	rule.Filter = &types.LifecycleRuleFilter{Prefix: aws.String(prefix)}
	return rule
}

func abortAfter(days int32) *types.AbortIncompleteMultipartUpload {
	return &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: &days}
}

// applies reports that a rule is for all objects under prefix.
func applies(r types.LifecycleRule, prefix string) bool {
	if r.Status != types.ExpirationStatusEnabled {
		return false
	}
	from := aws.ToString(r.Prefix) //nolint:staticcheck // old rules have it there
	if f := r.Filter; f != nil {
		if f.And != nil || f.Tag != nil || f.ObjectSizeGreaterThan != nil || f.ObjectSizeLessThan != nil {
			return false
		}
		from = aws.ToString(f.Prefix)
	}
	return strings.HasPrefix(prefix, from)
}

// expiry is after how many days the rules remove what lies under prefix, 0 for
// never.
func expiry(rules []types.LifecycleRule, prefix string) (days int32) {
	for _, r := range rules {
		if applies(r, prefix) && r.Expiration != nil {
			days = sooner(days, r.Expiration.Days)
		}
	}
	return days
}

// noncurrentExpiry is expiry for versions that are no longer the current ones.
func noncurrentExpiry(rules []types.LifecycleRule, prefix string) (days int32) {
	for _, r := range rules {
		if n := r.NoncurrentVersionExpiration; applies(r, prefix) && n != nil && n.NewerNoncurrentVersions == nil {
			days = sooner(days, n.NoncurrentDays)
		}
	}
	return days
}

// abortion is after how many days the rules abort uploads under prefix, 0 for
// never.
func abortion(rules []types.LifecycleRule, prefix string) (days int32) {
	for _, r := range rules {
		if a := r.AbortIncompleteMultipartUpload; applies(r, prefix) && a != nil {
			days = sooner(days, a.DaysAfterInitiation)
		}
	}
	return days
}

func sooner(days int32, other *int32) int32 {
	if other == nil || days != 0 && days < *other {
		return days
	}
	return *other
}
