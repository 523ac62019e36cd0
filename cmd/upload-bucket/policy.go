package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/airlock-go/upload/s3bucket"
)

// policy prints one of the documents: the identity policy of a role, or a setting of
// the bucket. The reasons of its statements go to stderr, so that stdout can be piped
// to the AWS command line.
func policy(*flag.FlagSet) action {
	return func(_ context.Context, e *env) (int, error) {
		if len(e.args) != 1 {
			return 2, fmt.Errorf("name one of %s", strings.Join(documents(), ", "))
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

func documents() []string {
	names := []string{"bucket", "cors", "lifecycle"}
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
	if !slices.Contains(documents(), name) {
		return nil, fmt.Errorf("%q is none of %s", name, strings.Join(documents(), ", "))
	}
	return e.care.Policy(s3bucket.Role(name))
}
