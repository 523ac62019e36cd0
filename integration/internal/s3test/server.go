// Package s3test provides tests with buckets on a real S3 server: a versitygw or a MinIO that runs
// beside the test process, or any other server that the environment names:
//
//	UPLOAD_TEST_MINIO          the path of a MinIO program, which is started
//	UPLOAD_TEST_S3_ENDPOINT    the URL of a server; without either, versitygw is started
//	UPLOAD_TEST_S3_PROFILE     the server's abilities: aws, minio or r2; default aws, and minio with UPLOAD_TEST_MINIO
//	UPLOAD_TEST_S3_ACCESS_KEY  default access
//	UPLOAD_TEST_S3_SECRET_KEY  default secretsecret
//	UPLOAD_TEST_S3_TOKEN       the session's token, if the keys are temporary
//	UPLOAD_TEST_S3_REGION      default us-east-1
package s3test

import (
	"cmp"
	"crypto/tls"
	"errors"
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

	"github.com/airlock-go/upload/s3store"
)

// Server holds the address, credentials and abilities of an S3 server.
type Server struct {
	Endpoint  string
	AccessKey string
	SecretKey string
	Token     string // of the session, if the keys are temporary
	Region    string
	Kind      string // aws, minio or r2: the name of its profile
	Software  string // as the header Server of its answers names it
	Embedded  bool   // a versitygw that Start has started beside this process
}

// Names of software for which tests make exceptions.
const (
	VersityGW = "VERSITYGW"
	MinIO     = "MinIO"
)

var profiles = map[string]s3store.Profile{"aws": {}, "minio": s3store.MinIO(), "r2": s3store.R2()}

// Profile returns the profile of stores over the server.
func (s Server) Profile() s3store.Profile { return profiles[s.Kind] }

// AtAWS reports whether the endpoint is AWS's own of the region.
func (s Server) AtAWS() bool { return s.Endpoint == "https://s3."+s.Region+".amazonaws.com" }

var (
	current Server
	folder  string
)

// parallel is how many parallel tests run at once, in place of the flag -parallel. They wait for
// injected faults and for retries, not for the processor.
const parallel = "8"

// Main runs the tests of a package with a server, for TestMain. Then it calls the functions of
// after.
func Main(m *testing.M, after ...func()) {
	server, stop, err := Start()
	if err == nil {
		folder, err = os.MkdirTemp("", "tests-")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "s3test:", err)
		os.Exit(1)
	}
	current = server
	flag.Parse()
	if err := flag.Set("test.parallel", parallel); err != nil {
		panic(err) // the flag exists in every test binary
	}
	code := m.Run()
	for _, do := range after {
		do()
	}
	if err := errors.Join(stop(), os.RemoveAll(folder)); err != nil {
		fmt.Fprintln(os.Stderr, "s3test:", err)
		code = 1
	}
	os.Exit(code)
}

// Start starts the server, or uses the one that the environment names. It returns a function that
// stops what it started. [Main] calls it for tests. Other programs call it themselves, once.
func Start() (Server, func() error, error) {
	s, stop, err := start()
	if err != nil {
		return s, stop, err
	}
	if s.Software, err = softwareAt(s.Endpoint); err != nil {
		return s, nil, errors.Join(err, stop())
	}
	return s, stop, nil
}

// softwareAt returns the name of a server's software.
func softwareAt(endpoint string) (string, error) {
	resp, err := http.Get(endpoint)
	if err != nil {
		return "", err
	}
	return resp.Header.Get("Server"), resp.Body.Close()
}

func start() (Server, func() error, error) {
	s := Server{
		Endpoint:  os.Getenv("UPLOAD_TEST_S3_ENDPOINT"),
		AccessKey: cmp.Or(os.Getenv("UPLOAD_TEST_S3_ACCESS_KEY"), "access"),
		SecretKey: cmp.Or(os.Getenv("UPLOAD_TEST_S3_SECRET_KEY"), "secretsecret"),
		Token:     os.Getenv("UPLOAD_TEST_S3_TOKEN"),
		Region:    cmp.Or(os.Getenv("UPLOAD_TEST_S3_REGION"), "us-east-1"),
		Kind:      cmp.Or(os.Getenv("UPLOAD_TEST_S3_PROFILE"), "aws"),
	}
	program := os.Getenv("UPLOAD_TEST_MINIO")
	switch _, known := profiles[s.Kind]; {
	case !known:
		return s, nil, fmt.Errorf("UPLOAD_TEST_S3_PROFILE is %q, not one of aws, minio and r2", s.Kind)
	case s.Endpoint != "" && program != "":
		return s, nil, errors.New("UPLOAD_TEST_MINIO and UPLOAD_TEST_S3_ENDPOINT name two servers")
	case s.Endpoint != "":
		return s, func() error { return nil }, nil
	case program != "":
		return startMinIO(s, program)
	}
	s.Embedded = true
	return startGateway(s)
}

// Folder returns a folder that is empty before the tests of [Main] run, and is removed after them.
func Folder() string { return folder }

// Get returns the server that the tests of [Main] use.
func Get() Server { return current }

// Client returns a client for the server at endpoint, which may be a proxy's, and a function that
// closes its idle connections. The client retries as often as the SDK does by default, with shorter
// pauses.
func (s Server) Client(endpoint string) (client *s3.Client, closeIdle func()) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: 64,
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // test proxies have certificates of their own
	}
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       s.Region,
		Credentials:  credentials.NewStaticCredentialsProvider(s.AccessKey, s.SecretKey, s.Token),
		UsePathStyle: true,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxBackoff = 200 * time.Millisecond
		}),
		HTTPClient: &http.Client{Transport: transport},
	}), transport.CloseIdleConnections
}
