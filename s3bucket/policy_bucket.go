package s3bucket

import (
	"slices"

	"github.com/airlock-go/upload/s3store"
)

// scanClean is the value of [s3store.ScanTag] for objects that may be served.
const scanClean = "NO_THREATS_FOUND"

// BucketPolicy returns statements for the bucket's own policy, which bind everybody, whatever their
// roles allow. They require TLS, and forbid ACLs and callers without credentials. With
// [Layout].Scanner, only Scanner and ScanExempt can read published objects that were not found
// clean, and only Scanner can tag them as clean. Without [Layout].KeyPrefixes these two statements
// cover all objects. The statements use the store's name for the bucket, which must not be an
// access point's alias. They only forbid, so they can be added to the statements that a bucket has.
//
// Setup does not apply it: a mistake in a bucket policy locks people out. Also use the public
// access block against callers without credentials, and the ownership controls against ACLs; Check
// examines both.
func (b *Bucket) BucketPolicy() Policy {
	bucket := b.resources(wholeBucket)[0]
	all := []string{bucket, bucket + "/*"}
	p := Policy{Version: policyVersion, Statement: []Statement{
		{
			Sid: "OnlyTLS", Action: []string{"s3:*"}, Resource: all,
			Condition: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
			Why:       "so that no file, signed request or link travels in the clear",
		},
		{
			Sid: "NobodyUnknown", Action: []string{"s3:*"}, Resource: all,
			Condition: map[string]map[string][]string{"StringEquals": {"aws:PrincipalType": {"Anonymous"}}},
			Why:       "so that no other statement makes the bucket public; signed requests, such as links, are not anonymous",
		},
		{
			Sid: "NoACLs", Action: []string{"s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"}, Resource: all,
			Why: "so that no object is opened by itself; an ACL that is sent along with an object needs the same right",
		},
	}}
	if b.layout.Scanner != "" {
		p.Statement = append(p.Statement, b.scanGate()...)
	}
	for i := range p.Statement {
		p.Statement[i].Effect, p.Statement[i].Principal = "Deny", "*"
	}
	return p
}

func (b *Bucket) scanGate() []Statement {
	scanner := b.layout.Scanner
	return []Statement{
		{
			Sid: "OnlyClean", Action: []string{"s3:GetObject", "s3:GetObjectVersion"}, Resource: b.resources(publishedKeys),
			Condition: map[string]map[string][]string{
				"StringNotEquals": {"s3:ExistingObjectTag/" + s3store.ScanTag: {scanClean}},
				"ArnNotLike":      {"aws:PrincipalArn": slices.Concat([]string{scanner}, b.layout.ScanExempt)},
			},
			Why: "so that only files that GuardDuty found clean are served: a file that is not yet scanned is not clean",
		},
		{
			Sid: "OnlyScannerJudges", Action: []string{"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}, Resource: b.resources(publishedKeys),
			Condition: map[string]map[string][]string{
				"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": {s3store.ScanTag}},
				"ArnNotLike":               {"aws:PrincipalArn": {scanner}},
			},
			Why: "so that only GuardDuty marks a file as clean",
		},
	}
}
