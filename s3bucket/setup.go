package s3bucket

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

// Setup adds the rules of [Bucket.CORS] and [Bucket.Lifecycle] to those that the bucket has. Rules
// of others stay as they are. Ours are recognised by their ids, which are derived from the prefixes
// in the [Layout], so a rule for a removed prefix also stays. Nothing is written if all rules are
// there already. Otherwise it is an error if a rule has a setting that the SDK does not know and
// would drop; no rule of that kind is written then.
//
// S3 keeps the rules of each kind in one document and has no condition for replacing it. Rules that
// another process adds at the same time can be lost, so run Setup from one place. It needs the
// policy of the role [RoleSetup].
//
// It tries both kinds and returns the errors of both. If a service does not support rules of a
// kind, or those that abort unfinished uploads, Setup does the rest without an error. Lacking has a
// sentence for each of these that the service does not support.
func (b *Bucket) Setup(ctx context.Context) (lacking []string, err error) {
	cors := b.setCORS(ctx)
	noAborts, lifecycle := b.setLifecycle(ctx)
	if noAborts {
		lacking = append(lacking, lackingAborts)
	}
	if notKnown(cors) {
		lacking, cors = append(lacking, lackingCORS), nil
	}
	if notKnown(lifecycle) {
		lacking, lifecycle = append(lacking, lackingLifecycle), nil
	}
	if cors != nil {
		cors = fmt.Errorf("CORS: %w", cors)
	}
	if lifecycle != nil {
		lifecycle = fmt.Errorf("lifecycle: %w", lifecycle)
	}
	return lacking, errors.Join(cors, lifecycle)
}

// Setup returns these sentences about services.
const (
	lackingCORS = "the service has no CORS rules for buckets: a setting of its own decides which pages may send files"

	lackingLifecycle = "the service has no lifecycle rules: run a Sweeper, which removes staged files that nobody confirmed " +
		"and aborts unfinished multipart uploads"

	lackingAborts = "the service accepts no lifecycle rule that aborts unfinished multipart uploads: run a Sweeper, " +
		"unless the service aborts them by itself"
)

func (b *Bucket) setCORS(ctx context.Context) error {
	want := b.CORS()
	if want == nil {
		return nil
	}
	var lost error
	old, err := b.corsRules(ctx, whole[types.CORSConfiguration]("CORSConfiguration", &lost))
	if err != nil {
		return err
	}
	rules, changed := merge(old, want.CORSRules, func(r types.CORSRule) string { return aws.ToString(r.ID) })
	switch {
	case !changed:
		return nil
	case lost != nil:
		return lost
	}
	_, err = s3calls.Do(ctx, b.caller, b.client.PutBucketCors, &s3.PutBucketCorsInput{
		Bucket: b.bucket, ExpectedBucketOwner: b.owner, CORSConfiguration: &types.CORSConfiguration{CORSRules: rules},
	})
	return err
}

// setLifecycle continues without the rules that abort uploads if the service refuses those. One
// document has all rules, so with them it would refuse the others too.
func (b *Bucket) setLifecycle(ctx context.Context) (noAborts bool, err error) {
	var lost error
	old, err := b.lifecycle(ctx, whole[types.BucketLifecycleConfiguration]("LifecycleConfiguration", &lost))
	if err != nil {
		return false, err
	}
	refused := b.putLifecycle(ctx, old, lost, b.Lifecycle().Rules)
	if !notTaken(refused) {
		return false, refused
	}
	if err := b.putLifecycle(ctx, old, lost, withoutAborts(b.Lifecycle().Rules)); err != nil {
		return false, refused
	}
	return true, nil
}

// withoutAborts omits what aborts uploads, and rules that do nothing else.
func withoutAborts(rules []types.LifecycleRule) []types.LifecycleRule {
	var left []types.LifecycleRule
	for _, r := range rules {
		r.AbortIncompleteMultipartUpload = nil
		if r.Expiration != nil || r.NoncurrentVersionExpiration != nil {
			left = append(left, r)
		}
	}
	return left
}

// putLifecycle adds ours to the old rules, unless they are there; lost says why the old rules
// cannot be written again.
func (b *Bucket) putLifecycle(ctx context.Context, old *s3.GetBucketLifecycleConfigurationOutput, lost error, ours []types.LifecycleRule) error {
	rules, changed := merge(old.Rules, ours, func(r types.LifecycleRule) string { return aws.ToString(r.ID) })
	switch {
	case !changed:
		return nil
	case lost != nil:
		return lost
	}
	_, err := s3calls.Do(ctx, b.caller, b.client.PutBucketLifecycleConfiguration, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: b.bucket, ExpectedBucketOwner: b.owner,
		LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
		// This setting, which is not part of the rules, falls back to its default if it is not
		// repeated.
		TransitionDefaultMinimumObjectSize: old.TransitionDefaultMinimumObjectSize,
	})
	return err
}

// merge puts each of ours in the place of the old rule with its id, or after all others.
func merge[R any](old, ours []R, id func(R) string) (all []R, changed bool) {
	all = slices.Clone(old)
	for _, rule := range ours {
		i := slices.IndexFunc(all, func(r R) bool { return id(r) == id(rule) })
		switch {
		case i < 0:
			all, changed = append(all, rule), true
		case !reflect.DeepEqual(all[i], rule):
			all[i], changed = rule, true
		}
	}
	return all, changed
}
