package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/airlock-go/upload/s3bucket"
)

// policy prints one of the documents: the identity policy of a role or of several, or a setting of
// the bucket. The reasons of its statements go to stderr, so that stdout can be piped to the AWS
// command line; -json omits them. For Terraform it prints all documents in one, with the reasons as
// comments; arguments add processes with several roles.
func policy(fs *flag.FlagSet) action {
	format := fs.String("format", "json", "json, or terraform for all documents in one")
	return func(_ context.Context, e *env) (int, error) {
		switch *format {
		case "json":
		case "terraform":
			return e.printTerraform()
		default:
			return 2, fmt.Errorf("-format: %q is neither json nor terraform", *format)
		}
		if len(e.args) != 1 {
			return 2, fmt.Errorf(`name one of %s; join several roles with "+"`, strings.Join(documents(), ", "))
		}
		document, err := e.document(e.args[0])
		if err != nil {
			return 2, err
		}
		text, err := s3bucket.JSON(document)
		if err != nil {
			return 2, err
		}
		if p, ok := document.(s3bucket.Policy); ok && !e.json {
			for _, s := range p.Statement {
				_, _ = fmt.Fprintf(e.stderr, "%s: %s\n", s.Sid, s.Why)
			}
		}
		_, err = e.stdout.Write(text)
		return 0, err
	}
}

func (e *env) printTerraform() (int, error) {
	text, err := e.terraform()
	if err != nil {
		return 2, err
	}
	_, err = io.WriteString(e.stdout, text)
	return 0, err
}

// plainDocuments are the documents that are not policies of roles.
var plainDocuments = []string{"bucket", "cors", "lifecycle"}

func documents() []string {
	names := slices.Clone(plainDocuments)
	for _, role := range s3bucket.Roles() {
		names = append(names, string(role))
	}
	return names
}

func (e *env) document(name string) (any, error) {
	switch name {
	case "bucket":
		return e.care.BucketPolicy(), nil
	case "cors":
		if rule := e.care.CORS(); rule != nil {
			return rule, nil
		}
		return nil, errors.New("no CORS rule without -direct and an -origin")
	case "lifecycle":
		return e.care.Lifecycle(), nil
	}
	p, err := e.rolePolicy(name)
	if err != nil {
		return nil, fmt.Errorf("%w; other documents are %s", err, strings.Join(plainDocuments, ", "))
	}
	return p, nil
}

// rolePolicy returns the policy of a process whose roles are joined by "+".
func (e *env) rolePolicy(names string) (s3bucket.Policy, error) {
	var roles []s3bucket.Role
	for name := range strings.SplitSeq(names, "+") {
		role := s3bucket.Role(name)
		if !slices.Contains(s3bucket.Roles(), role) {
			return s3bucket.Policy{}, fmt.Errorf(`%q is not a role; roles are %s, and "+" joins several`, name, strings.Join(documents()[len(plainDocuments):], ", "))
		}
		if slices.Contains(roles, role) {
			return s3bucket.Policy{}, fmt.Errorf("%q names a role twice", names)
		}
		roles = append(roles, role)
	}
	return e.care.Policy(roles...)
}
