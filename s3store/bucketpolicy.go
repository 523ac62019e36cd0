package s3store

import (
	"bytes"
	"encoding/json"
	"slices"
)

// scanClean is the value of scanTag for what may be served.
const scanClean = "NO_THREATS_FOUND"

// BucketPolicy returns statements for the bucket's own policy, which bind
// everybody, whatever their roles allow: only TLS, no callers without credentials,
// no ACLs and, with [Layout].Scanner, nothing served that was not found clean.
// They name the bucket by the store's name for it, which must not be an access
// point's alias. They only forbid, so they can be added to the statements that a bucket has.
//
// It is not applied by Setup: a mistake in a bucket policy locks people out.
// Callers without credentials and ACLs are best switched off by the public access
// block and the ownership controls of the bucket, too, which Check looks at.
func (s *Store) BucketPolicy() Policy {
	bucket := s.resources(wholeBucket)[0]
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
			Why:       "so that no other statement makes the bucket public; what was signed, such as links, is not anonymous",
		},
		{
			Sid: "NoACLs", Action: []string{"s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"}, Resource: all,
			Why: "so that no object is opened by itself; an ACL that is sent along with an object needs the same right",
		},
	}}
	if s.opts.Layout.Scanner != "" {
		p.Statement = append(p.Statement, s.scanGate()...)
	}
	for i := range p.Statement {
		p.Statement[i].Effect, p.Statement[i].Principal = "Deny", "*"
	}
	return p
}

func (s *Store) scanGate() []Statement {
	scanner := s.opts.Layout.Scanner
	return []Statement{
		{
			Sid: "OnlyClean", Action: []string{"s3:GetObject", "s3:GetObjectVersion"}, Resource: s.resources(published),
			Condition: map[string]map[string][]string{
				"StringNotEquals": {"s3:ExistingObjectTag/" + scanTag: {scanClean}},
				"ArnNotLike":      {"aws:PrincipalArn": slices.Concat([]string{scanner}, s.opts.Layout.ScanExempt)},
			},
			Why: "so that nobody is served what GuardDuty has not found clean: not yet scanned is not clean",
		},
		{
			Sid: "OnlyScannerJudges", Action: []string{"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}, Resource: s.resources(published),
			Condition: map[string]map[string][]string{
				"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": {scanTag}},
				"ArnNotLike":               {"aws:PrincipalArn": {scanner}},
			},
			Why: "so that nobody but GuardDuty says that a file is clean",
		},
	}
}

// JSON writes a [Policy], or what [Store.CORS] and [Store.Lifecycle] return, as
// the AWS command line reads it:
//
//	aws s3api put-bucket-policy --policy file://…
//	aws s3api put-bucket-cors --cors-configuration file://…
//	aws s3api put-bucket-lifecycle-configuration --lifecycle-configuration file://…
//
// The last two replace all rules of a bucket; Setup keeps those of others.
func JSON(document any) ([]byte, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	if _, ours := document.(Policy); !ours { // the SDK's types say null for what is not set
		var tree any
		if err := json.Unmarshal(text, &tree); err != nil {
			return nil, err
		}
		if text, err = json.Marshal(withoutNulls(tree)); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, err
	}
	return append(out.Bytes(), '\n'), nil
}

func withoutNulls(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		for key, value := range v {
			if value == nil {
				delete(v, key)
			} else {
				v[key] = withoutNulls(value)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return tree
}
