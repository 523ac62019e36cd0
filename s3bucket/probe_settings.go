package s3bucket

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

func (p *probing) publicBlock() (State, string) {
	s := p.bucket
	out, err := s3calls.Do(p.ctx, s.caller, s.client.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	switch {
	case s3calls.Code(err) == "NoSuchPublicAccessBlockConfiguration":
		return StateWrong, "the bucket has none: switch all four settings on, so that no policy or ACL can open it"
	case err != nil:
		return unclear(err, "s3:GetBucketPublicAccessBlock")
	case out.PublicAccessBlockConfiguration == nil:
		return StateCannotTell, "the service answers without its settings"
	}
	b := out.PublicAccessBlockConfiguration
	for _, setting := range []struct {
		name string
		on   *bool
	}{
		{"BlockPublicAcls", b.BlockPublicAcls},
		{"IgnorePublicAcls", b.IgnorePublicAcls},
		{"BlockPublicPolicy", b.BlockPublicPolicy},
		{"RestrictPublicBuckets", b.RestrictPublicBuckets},
	} {
		if !aws.ToBool(setting.on) {
			return StateWrong, setting.name + " is off: switch all four settings on"
		}
	}
	return StateOK, "all four settings are on"
}

func (p *probing) publicPolicy() (State, string) {
	s := p.bucket
	out, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	switch {
	case s3calls.Code(err) == "NoSuchBucketPolicy":
		return StateOK, "the bucket has no policy that could open it"
	case err != nil:
		return unclear(err, "s3:GetBucketPolicyStatus")
	case out.PolicyStatus == nil:
		return StateCannotTell, "the service answers without a status"
	case aws.ToBool(out.PolicyStatus.IsPublic):
		return StateWrong, "the bucket's policy makes it public: remove the statements that allow everybody"
	}
	return StateOK, "the bucket's policy does not make it public"
}

func (p *probing) acls() (State, string) {
	s := p.bucket
	out, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	switch {
	case s3calls.Code(err) == "OwnershipControlsNotFoundError":
		return StateWrong, "ACLs are on: set the ownership controls to BucketOwnerEnforced"
	case err != nil:
		return unclear(err, "s3:GetBucketOwnershipControls")
	case out.OwnershipControls == nil || len(out.OwnershipControls.Rules) == 0:
		return StateCannotTell, "the service answers without rules"
	}
	for _, r := range out.OwnershipControls.Rules {
		if r.ObjectOwnership != types.ObjectOwnershipBucketOwnerEnforced {
			return StateWrong, fmt.Sprintf("ACLs are on (%s): set the ownership controls to BucketOwnerEnforced", r.ObjectOwnership)
		}
	}
	return StateOK, "ACLs are off (BucketOwnerEnforced)"
}

func (p *probing) encryption() (State, string) {
	s := p.bucket
	out, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	switch {
	case s3calls.Code(err) == "ServerSideEncryptionConfigurationNotFoundError":
		return StateWrong, "the bucket has no default encryption: switch it on"
	case err != nil:
		return unclear(err, "s3:GetEncryptionConfiguration")
	case out.ServerSideEncryptionConfiguration == nil:
		return StateCannotTell, "the service answers without a configuration"
	}
	for _, r := range out.ServerSideEncryptionConfiguration.Rules {
		if d := r.ApplyServerSideEncryptionByDefault; d != nil {
			return StateOK, fmt.Sprintf("objects are encrypted by default (%s)", d.SSEAlgorithm)
		}
	}
	return StateWrong, "the bucket has no default encryption: switch it on"
}

// versioning compares with the layout, since the rights for removing depend on it.
func (p *probing) versioning() (State, string) {
	s := p.bucket
	out, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	if err != nil {
		return unclear(err, "s3:GetBucketVersioning")
	}
	keeps, expected := out.Status != "", s.layout.Versioned
	switch {
	case keeps && !expected:
		return StateWrong, fmt.Sprintf("versioning is %s: say so in the Layout, since deleting then takes s3:DeleteObjectVersion", strings.ToLower(string(out.Status)))
	case !keeps && expected:
		return StateWrong, "the bucket keeps no versions, contrary to the Layout"
	case keeps:
		return StateOK, fmt.Sprintf("versioning is %s, as the Layout says", strings.ToLower(string(out.Status)))
	}
	return StateOK, "the bucket keeps no versions, as the Layout says"
}

func (p *probing) logging() (State, string) {
	s := p.bucket
	out, err := s3calls.Do(p.ctx, s.caller, s.client.GetBucketLogging, &s3.GetBucketLoggingInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	switch {
	case err != nil:
		return unclear(err, "s3:GetBucketLogging")
	case out.LoggingEnabled == nil:
		return StateWrong, "reads are not logged: switch on access logging, to another bucket (CloudTrail data events, which cannot be seen from here, would do, too)"
	}
	return StateOK, fmt.Sprintf("access is logged to the bucket %q", aws.ToString(out.LoggingEnabled.TargetBucket))
}

// staging checks that rules remove what clients sent and never finished, but not while they can
// still finish it.
func (p *probing) staging() (State, string) {
	s := p.bucket
	out, err := s.lifecycle(p.ctx)
	if err != nil {
		return unclear(err, "s3:GetLifecycleConfiguration")
	}
	least := s.layout.stagingDays()
	for _, prefix := range s.layout.staged() {
		switch days := expiry(out.Rules, prefix); {
		case days == 0:
			return StateWrong, fmt.Sprintf("no rule removes files under %q: Setup adds it", prefix)
		case days < least:
			return StateWrong, fmt.Sprintf("files under %q are removed after %d days, but uploads last up to %v: keep them for %d days", prefix, days, s.layout.TicketExpires, least)
		}
		if s.layout.Versioned && noncurrentExpiry(out.Rules, prefix) == 0 {
			return StateWrong, fmt.Sprintf("no rule removes the older versions under %q: Setup adds it", prefix)
		}
	}
	return StateOK, "unconfirmed files from clients are removed"
}

func (p *probing) unfinished() (State, string) {
	s := p.bucket
	out, err := s.lifecycle(p.ctx)
	if err != nil {
		return unclear(err, "s3:GetLifecycleConfiguration")
	}
	for _, prefix := range s.layout.all() {
		if abortion(out.Rules, prefix) == 0 {
			return StateWrong, fmt.Sprintf("no rule aborts unfinished multipart uploads under %q, which cost money and are in no list of objects: Setup adds it", prefix)
		}
	}
	least := s.layout.stagingDays()
	for _, prefix := range s.layout.staged() {
		if days := abortion(out.Rules, prefix); days < least {
			return StateWrong, fmt.Sprintf("multipart uploads under %q are aborted after %d days, but uploads last up to %v: keep them for %d days", prefix, days, s.layout.TicketExpires, least)
		}
	}
	return StateOK, "unfinished multipart uploads are aborted"
}

func (p *probing) cors() (State, string) {
	rules, err := p.bucket.corsRules(p.ctx)
	if err != nil {
		return unclear(err, "s3:GetBucketCORS")
	}
	for _, r := range rules {
		if slices.Contains(r.AllowedOrigins, "*") {
			return StateWrong, "a rule allows pages of any origin: name the origins"
		}
	}
	for _, origin := range p.bucket.layout.Origins {
		if missing := p.bucket.missingIn(rules, origin); missing != "" {
			return StateWrong, fmt.Sprintf("pages of %s lack %s: Setup adds it", origin, missing)
		}
	}
	return StateOK, "the pages may send files"
}
