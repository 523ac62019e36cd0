package s3bucket

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

// corsRules returns the CORS rules of the bucket.
func (s *service) corsRules(ctx context.Context, opts ...func(*s3.Options)) ([]types.CORSRule, error) {
	out, err := s3calls.Do(ctx, s.caller, s.client.GetBucketCors, &s3.GetBucketCorsInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner}, opts...)
	switch {
	case err == nil:
		return out.CORSRules, nil
	case s3calls.Code(err) == "NoSuchCORSConfiguration":
		return nil, nil
	}
	return nil, err
}

// lifecycle returns the lifecycle configuration of the bucket, without rules if it has none.
func (s *service) lifecycle(ctx context.Context, opts ...func(*s3.Options)) (*s3.GetBucketLifecycleConfigurationOutput, error) {
	out, err := s3calls.Do(ctx, s.caller, s.client.GetBucketLifecycleConfiguration, &s3.GetBucketLifecycleConfigurationInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner,
	}, opts...)
	if s3calls.Code(err) == "NoSuchLifecycleConfiguration" {
		return &s3.GetBucketLifecycleConfigurationOutput{}, nil
	}
	return out, err
}
