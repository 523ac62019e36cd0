package s3test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

const healthPath = "/healthz"

// startGateway runs versitygw over a temporary directory in this process. It
// keeps package-level state and changes the working directory to its root, so a
// process can have one, and tests use absolute paths.
func startGateway(s Server) (Server, func() error, error) {
	dir, err := os.MkdirTemp("", "s3test-")
	if err != nil {
		return s, nil, err
	}
	log.SetOutput(io.Discard) // the gateway announces its modes on the global logger
	backend, err := newBackend(dir)
	if err != nil {
		return s, nil, errors.Join(err, os.RemoveAll(dir))
	}
	addr, err := freeAddr()
	if err != nil {
		return s, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done, config := make(chan error, 1), gatewayConfig(s, addr)
	go func() { done <- embedgw.RunVersityGW(ctx, backend, config) }()
	stop := func() error {
		cancel()
		err := <-done
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		return errors.Join(err, os.RemoveAll(dir))
	}
	s.Endpoint = "http://" + addr
	if err := awaitHealth(s.Endpoint + healthPath); err != nil {
		return s, nil, errors.Join(err, stop())
	}
	return s, stop, nil
}

func newBackend(dir string) (*posix.Posix, error) {
	root, versions := filepath.Join(dir, "root"), filepath.Join(dir, "versions")
	for _, d := range []string{root, versions} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, err
		}
	}
	return posix.New(root, meta.XattrMeta{}, posix.PosixOpts{
		VersioningDir:       versions,
		CopyObjectThreshold: 5 << 30, // as S3; without it nothing can be copied
	})
}

func gatewayConfig(s Server, addr string) *embedgw.Config {
	return &embedgw.Config{
		RootUserAccess:    s.AccessKey,
		RootUserSecret:    s.SecretKey,
		IAMService:        newAccounts(s),
		Region:            s.Region,
		Ports:             []string{addr},
		MaxConnections:    4096,
		MaxRequests:       4096,
		MultipartMaxParts: 10000,
		HealthPath:        healthPath,
		KeepAlive:         true,
		Quiet:             true,
	}
}

// freeAddr is a loopback address that was free a moment ago: the gateway does
// not say which port it got.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func awaitHealth(url string) error {
	deadline := time.Now().Add(time.Minute)
	for {
		resp, err := http.Get(url)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("health check answered %s", resp.Status)
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
}
