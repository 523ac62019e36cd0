// Package s3test gives tests buckets on a real S3 server: a versitygw that runs
// inside the test process, or any other server that the environment names:
//
//	UPLOAD_TEST_S3_ENDPOINT    its URL; empty starts versitygw
//	UPLOAD_TEST_S3_ACCESS_KEY
//	UPLOAD_TEST_S3_SECRET_KEY
//	UPLOAD_TEST_S3_REGION      default us-east-1
package s3test

import (
	"cmp"
	"crypto/tls"
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Server says where an S3 server is and how to sign for it.
type Server struct {
	Endpoint  string
	AccessKey string
	SecretKey string
	Region    string
}

var current Server

// parallel is how many parallel tests run at once: they wait for injected
// faults and for retries, not for the processor.
const parallel = "8"

// Main runs the tests of a package with a server beside them, for TestMain.
func Main(m *testing.M) {
	server, stop, err := Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "s3test:", err)
		os.Exit(1)
	}
	current = server
	flag.Parse()
	if err := flag.Set("test.parallel", parallel); err != nil {
		panic(err) // it exists in every test binary
	}
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "s3test:", err)
		code = 1
	}
	os.Exit(code)
}

// Start starts the server, once in a process, for whoever has no tests to run.
func Start() (Server, func() error, error) {
	s := Server{
		Endpoint:  os.Getenv("UPLOAD_TEST_S3_ENDPOINT"),
		AccessKey: cmp.Or(os.Getenv("UPLOAD_TEST_S3_ACCESS_KEY"), "access"),
		SecretKey: cmp.Or(os.Getenv("UPLOAD_TEST_S3_SECRET_KEY"), "secretsecret"),
		Region:    cmp.Or(os.Getenv("UPLOAD_TEST_S3_REGION"), "us-east-1"),
	}
	if s.Endpoint != "" {
		return s, func() error { return nil }, nil
	}
	return startGateway(s)
}

// Get returns the server that [Main] started.
func Get() Server { return current }

// Client returns a client for the server as it is reached under endpoint, which
// may be a proxy's, and a function that closes its idle connections. It retries
// as often as the SDK does by default, with shorter pauses.
func (s Server) Client(endpoint string) (client *s3.Client, closeIdle func()) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: 64,
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the certificate of a test
	}
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       s.Region,
		Credentials:  credentials.NewStaticCredentialsProvider(s.AccessKey, s.SecretKey, ""),
		UsePathStyle: true,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxBackoff = 200 * time.Millisecond
		}),
		HTTPClient: &http.Client{Transport: transport},
	}), transport.CloseIdleConnections
}
