package s3open

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
)

// idleConns is how many idle connections are kept: the default of upload.Options.MaxConcurrent.
const idleConns = 256

// client makes a client for the service of the URL and the AWS configuration.
func (t *target) client(ctx context.Context, log *slog.Logger) (*s3.Client, error) {
	conf, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(t.region), config.WithHTTPClient(httpClient()), config.WithLogger(logger(log)))
	if err != nil {
		return nil, fmt.Errorf("AWS configuration: %w", err)
	}
	client := s3.NewFromConfig(conf, func(o *s3.Options) {
		o.HTTPClient = unredirected(o.HTTPClient)
		if t.endpoint != "" {
			o.BaseEndpoint = &t.endpoint
		}
		if o.BaseEndpoint != nil { // of the URL, or of the AWS configuration
			o.UsePathStyle = true
			o.Region = cmp.Or(o.Region, "us-east-1") // other services rarely have regions, but signatures name one
		}
	})
	return client, t.judge(client.Options())
}

// judge refuses a client that would not reach the service safely, or not at all.
func (t *target) judge(o s3.Options) error {
	endpoint := aws.ToString(o.BaseEndpoint)
	switch {
	case o.Region == "":
		return errors.New("no region: set AWS_REGION, or name one (region=… in the URL of s3open)")
	case endpoint == "" && t.server != "" && t.server != "aws":
		return fmt.Errorf("the profile %q needs an endpoint (endpoint=… in the URL of s3open)", t.server)
	case endpoint == "":
		return nil
	}
	u, err := endpointURL(endpoint)
	if err != nil {
		return err
	}
	if u.Scheme == "http" && !loopback(u) && !t.insecure {
		return errors.New("endpoint: without https everybody on the way can read the files; insecure=true allows it")
	}
	return nil
}

// httpClient returns the SDK's client, with enough connections for uploads.
func httpClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
		tr.MaxIdleConns, tr.MaxIdleConnsPerHost = idleConns, idleConns
		tr.Protocols = new(http.Protocols)
		tr.Protocols.SetHTTP1(true)
		// The SDK's transport is set up for HTTP/2, and would offer it.
		tr.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		tr.TLSClientConfig.NextProtos = nil
	})
}

// unredirected returns a client that follows no redirect. It has the transport of the SDK's client,
// which by now trusts the certificates of the AWS configuration. The SDK's own follows redirects of
// 307 and 308, and would show the signed request to another host.
func unredirected(client s3.HTTPClient) s3.HTTPClient {
	built, ok := client.(*awshttp.BuildableClient)
	if !ok {
		return client
	}
	return &http.Client{
		Transport:     built.GetTransport(),
		Timeout:       built.GetTimeout(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// logger writes the SDK's messages, which are advice to developers, to log.
func logger(log *slog.Logger) logging.Logger {
	return logging.LoggerFunc(func(_ logging.Classification, format string, args ...any) {
		cmp.Or(log, slog.Default()).Debug(fmt.Sprintf(format, args...), "from", "aws")
	})
}
