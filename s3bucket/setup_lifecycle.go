package s3bucket

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// unfinishedDays is the least number of days after which S3 aborts a streamed upload that is still
// open. A client that takes longer to send a file loses it.
const unfinishedDays = 7

// Lifecycle returns the rules that remove unfinished uploads: staged files, pieces of resumable
// uploads and parts of direct ones after [Layout].TicketExpires, and other multipart uploads after
// a week, or later if tickets last for a week. S3 selects objects by the beginnings of their keys,
// so each prefix of the [Layout] has rules, except one that a shorter one of its kind covers. On
// versioned buckets, staged files are removed for good a day later. A file that a killed process
// was cleaning lies in the folder of its key, and usually stays until a sweep.
//
// S3 counts in days, up to the next midnight UTC, and may act later. A file that is sent with a
// ticket and never confirmed stays for at least two days by default. No published object ever
// expires by these rules.
func (b *Bucket) Lifecycle() *types.BucketLifecycleConfiguration {
	var rules []types.LifecycleRule
	for _, prefix := range b.layout.staged() {
		rules = append(rules, b.stagingRules(prefix)...)
	}
	days := max(unfinishedDays, b.layout.stagingDays()) // the prefix may cover staged keys
	for _, prefix := range b.layout.published() {
		rules = append(rules, lifecycleRule("unfinished", prefix, types.LifecycleRule{
			AbortIncompleteMultipartUpload: abortAfter(days),
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
		// This rule removes the markers that the expiration leaves. S3 does not accept its setting
		// in a rule with days.
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

// applies reports whether a rule is for all objects under prefix.
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

// expiry returns after how many days the rules remove objects under prefix, 0 for never.
func expiry(rules []types.LifecycleRule, prefix string) (days int32) {
	for _, r := range rules {
		if applies(r, prefix) && r.Expiration != nil {
			days = sooner(days, r.Expiration.Days)
		}
	}
	return days
}

// noncurrentExpiry is expiry for versions that are no longer current.
func noncurrentExpiry(rules []types.LifecycleRule, prefix string) (days int32) {
	for _, r := range rules {
		if n := r.NoncurrentVersionExpiration; applies(r, prefix) && n != nil && n.NewerNoncurrentVersions == nil {
			days = sooner(days, n.NoncurrentDays)
		}
	}
	return days
}

// abortion returns after how many days the rules abort uploads under prefix, 0 for never.
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
