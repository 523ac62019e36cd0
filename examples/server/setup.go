package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// ruleID names our rule among those of the bucket.
const ruleID = "upload-example"

// letIn lets pages of origins send files to the bucket. S3 keeps all CORS rules
// in one document, so those of others are read first and written back.
func letIn(ctx context.Context, client *s3.Client, bucket string, origins []string, log *slog.Logger) error {
	var rules []types.CORSRule
	old, err := client.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: &bucket})
	var none smithy.APIError
	switch {
	case noRules(err):
		log.Warn("-s3-setup: the S3 server has no CORS rules: it lets pages in, or not, by a setting of its own", "err", err)
		return nil
	case err == nil:
		rules = slices.DeleteFunc(old.CORSRules, func(r types.CORSRule) bool { return aws.ToString(r.ID) == ruleID })
	case !errors.As(err, &none) || none.ErrorCode() != "NoSuchCORSConfiguration":
		return fmt.Errorf("-s3-setup: %w", err)
	}
	rules = append(rules, types.CORSRule{
		ID:             aws.String(ruleID),
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodPut, http.MethodPost},
		AllowedHeaders: []string{"*"}, // the signature says which may be sent
		ExposeHeaders:  []string{"ETag"},
		MaxAgeSeconds:  aws.Int32(3600),
	})
	_, err = client.PutBucketCors(ctx, &s3.PutBucketCorsInput{
		Bucket:            &bucket,
		CORSConfiguration: &types.CORSConfiguration{CORSRules: rules},
	})
	switch {
	case noRules(err):
		log.Warn("-s3-setup: the S3 server takes no CORS rules: it lets pages in, or not, by a setting of its own", "err", err)
	case err != nil:
		return fmt.Errorf("-s3-setup: %w", err)
	}
	return nil
}

// noRules reports that the server does not know such a call.
func noRules(err error) bool {
	var answer interface{ HTTPStatusCode() int }
	return errors.As(err, &answer) && (answer.HTTPStatusCode() == http.StatusNotImplemented || answer.HTTPStatusCode() == http.StatusMethodNotAllowed)
}

// origins are those under which a browser opens the page: of a server that
// listens on this machine or everywhere, both usual names of the machine.
func origins(addr net.Addr, more string) []string {
	all := []string{"http://" + browsable(addr)}
	if tcp, ok := addr.(*net.TCPAddr); ok && (tcp.IP.IsUnspecified() || tcp.IP.IsLoopback()) {
		for _, host := range []string{"localhost", "127.0.0.1"} {
			all = append(all, "http://"+net.JoinHostPort(host, strconv.Itoa(tcp.Port)))
		}
	}
	if more != "" {
		all = append(all, more)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
