package main

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/s3bucket"
)

// terraform returns the bucket, its settings, and the roles that use it, for Terraform.
func (e *env) terraform() (string, error) {
	h := &writer{}
	h.line("# " + e.bucket + ", written by: upload-bucket policy -format terraform")
	h.line("# The rules for CORS and the lifecycle, and the policy of the bucket, replace all others.")
	h.line("# A bucket that exists: terraform import aws_s3_bucket.uploads " + e.bucket)
	e.inputs(h)
	e.settings(h)
	e.rules(h)
	err := e.roles(h)
	return h.b.String(), err
}

// inputs writes the provider, and variables for what the layout does not say.
func (e *env) inputs(h *writer) {
	h.line("")
	h.block("terraform {", "}", func() {
		h.block("required_providers {", "}", func() {
			h.block("aws = {", "}", func() {
				h.set("source", "hashicorp/aws")
				h.set("version", ">= 5.0, < 7.0")
			})
		})
	})
	for _, v := range []struct {
		name, about string
		kind, value expression
	}{
		{"trust", "Trust policies in JSON by role, or by several, such as streamed+delivery, if the command named them. Terraform creates the policies of all roles, and only these roles.", "map(string)", "{}"},
		{"log_bucket", "The bucket that gets the access log. Null: reads are not logged.", "string", "null"},
		{"kms_key", "The ARN of a KMS key. Roles that read or write files then need rights to it, too. Null: S3 manages the key.", "string", "null"},
	} {
		h.line("")
		h.block("variable "+literal(v.name)+" {", "}", func() {
			h.set("description", v.about)
			h.set("type", v.kind)
			h.set("default", v.value)
		})
	}
}

// of writes a resource that belongs to the bucket.
func (h *writer) of(kind string, body func()) {
	h.line("")
	h.block(`resource "aws_s3_bucket`+kind+`" "uploads" {`, "}", func() {
		h.set("bucket", expression("aws_s3_bucket.uploads.id"))
		body()
	})
}

func (e *env) settings(h *writer) {
	h.line("")
	h.block(`resource "aws_s3_bucket" "uploads" {`, "}", func() { h.set("bucket", e.bucket) })
	h.of("_public_access_block", func() {
		for _, name := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
			h.set(name, true)
		}
	})
	h.of("_ownership_controls", func() {
		h.block("rule {", "}", func() { h.set("object_ownership", "BucketOwnerEnforced") })
	})
	h.of("_server_side_encryption_configuration", func() {
		h.block("rule {", "}", func() {
			h.set("bucket_key_enabled", expression("var.kms_key != null"))
			h.block("apply_server_side_encryption_by_default {", "}", func() {
				h.set("sse_algorithm", expression(`var.kms_key == null ? "AES256" : "aws:kms"`))
				h.set("kms_master_key_id", expression("var.kms_key"))
			})
		})
	})
	if e.layout.Versioned {
		h.of("_versioning", func() {
			h.block("versioning_configuration {", "}", func() { h.set("status", "Enabled") })
		})
	}
	h.of("_logging", func() {
		h.set("count", expression("var.log_bucket == null ? 0 : 1"))
		h.set("target_bucket", expression("var.log_bucket"))
		h.set("target_prefix", e.bucket+"/")
	})
	h.of("_policy", func() {
		h.block("policy = jsonencode({", "})", func() { h.policy(e.care.BucketPolicy()) })
		h.line("depends_on = [aws_s3_bucket_public_access_block.uploads]")
	})
}

// rules writes those of [s3bucket.Bucket.CORS] and [s3bucket.Bucket.Lifecycle].
func (e *env) rules(h *writer) {
	if cors := e.care.CORS(); cors != nil {
		h.of("_cors_configuration", func() {
			for _, r := range cors.CORSRules {
				h.block("cors_rule {", "}", func() {
					h.set("id", aws.ToString(r.ID))
					h.set("allowed_origins", r.AllowedOrigins)
					h.set("allowed_methods", r.AllowedMethods)
					h.set("allowed_headers", r.AllowedHeaders)
					h.set("expose_headers", r.ExposeHeaders)
					h.set("max_age_seconds", aws.ToInt32(r.MaxAgeSeconds))
				})
			}
		})
	}
	h.of("_lifecycle_configuration", func() {
		for _, r := range e.care.Lifecycle().Rules {
			h.block("rule {", "}", func() { h.lifecycle(r) })
		}
		if e.layout.Versioned {
			h.line("depends_on = [aws_s3_bucket_versioning.uploads]")
		}
	})
}

func (h *writer) lifecycle(r types.LifecycleRule) {
	h.set("id", aws.ToString(r.ID))
	h.set("status", string(r.Status))
	h.block("filter {", "}", func() { h.set("prefix", aws.ToString(r.Filter.Prefix)) })
	if x := r.Expiration; x != nil {
		h.block("expiration {", "}", func() {
			if x.Days != nil {
				h.set("days", *x.Days)
			} else {
				h.set("expired_object_delete_marker", aws.ToBool(x.ExpiredObjectDeleteMarker))
			}
		})
	}
	if x := r.NoncurrentVersionExpiration; x != nil {
		h.block("noncurrent_version_expiration {", "}", func() { h.set("noncurrent_days", aws.ToInt32(x.NoncurrentDays)) })
	}
	if x := r.AbortIncompleteMultipartUpload; x != nil {
		h.block("abort_incomplete_multipart_upload {", "}", func() { h.set("days_after_initiation", aws.ToInt32(x.DaysAfterInitiation)) })
	}
}

// rolePolicies returns those of each role of the layout, and of the processes with several roles
// that the arguments name.
func (e *env) rolePolicies() (map[string]s3bucket.Policy, error) {
	names := slices.Clone(e.args)
	for _, role := range s3bucket.Roles() {
		if role != s3bucket.RoleDirect || e.direct {
			names = append(names, string(role))
		}
	}
	policies := map[string]s3bucket.Policy{}
	for _, name := range names {
		p, err := e.rolePolicy(name)
		if err != nil {
			return nil, err
		}
		policies[name] = p
	}
	return policies, nil
}

// roles writes the policies, and resources for the roles that the variable trust has.
func (e *env) roles(h *writer) error {
	policies, err := e.rolePolicies()
	if err != nil {
		return err
	}
	longest := 0
	for name := range policies {
		longest = max(longest, len("-"+name))
	}
	h.line("")
	h.block("locals {", "}", func() {
		object(h, "policies", policies, func(role string, p s3bucket.Policy) {
			h.block(role+" = jsonencode({", "})", func() { h.policy(p) })
		})
	})
	name := expression(`"` + e.bucket[:min(len(e.bucket), maxRoleName-longest)] + `-${each.key}"`)
	h.each("policy", "local.policies", func() {
		h.set("name", name)
		h.set("policy", expression("each.value"))
	})
	h.each("role", "var.trust", func() {
		h.set("name", name)
		h.set("assume_role_policy", expression("each.value"))
	})
	h.each("role_policy_attachment", "var.trust", func() {
		h.set("role", expression("aws_iam_role.uploads[each.key].name"))
		h.set("policy_arn", expression("aws_iam_policy.uploads[each.key].arn"))
	})
	return nil
}

// maxRoleName is AWS's limit:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxRoleName = 64

// each writes resources of IAM, one for each key of a map.
func (h *writer) each(kind string, of expression, body func()) {
	h.line("")
	h.block(`resource "aws_iam_`+kind+`" "uploads" {`, "}", func() {
		h.set("for_each", of)
		body()
	})
}

// policy writes what is in the braces of a policy, each statement after its reason.
func (h *writer) policy(p s3bucket.Policy) {
	h.set("Version", p.Version)
	h.block("Statement = [", "]", func() {
		for _, s := range p.Statement {
			h.line("# " + s.Why)
			h.block("{", "},", func() { h.statement(s) })
		}
	})
}

func (h *writer) statement(s s3bucket.Statement) {
	h.set("Sid", s.Sid)
	h.set("Effect", s.Effect)
	if s.Principal != nil {
		h.set("Principal", s.Principal)
	}
	h.set("Action", s.Action)
	h.set("Resource", s.Resource)
	if s.Condition != nil {
		object(h, "Condition", s.Condition, func(operator string, on map[string][]string) {
			object(h, operator, on, func(key string, values []string) { h.set(key, values) })
		})
	}
}
