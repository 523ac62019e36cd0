package s3test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

const (
	gatewayProgram = "github.com/airlock-go/upload/integration/internal/gateway"
	healthPath     = "/healthz"
)

// startGateway runs a versitygw over a temporary directory. Go builds it, and keeps it in its
// cache. The gateway ends when its input ends, so it does not outlive this process.
func startGateway(s Server) (Server, func() error, error) {
	dir, err := os.MkdirTemp("", "s3test-")
	if err != nil {
		return s, nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return s, nil, errors.Join(err, os.RemoveAll(dir))
	}
	cmd := exec.Command("go", "run", gatewayProgram, "-dir", dir, "-addr", addr, "-health", healthPath, "-region", s.Region,
		"-events", events, "-access", s.AccessKey, "-secret", s.SecretKey, "-user-access", userAccess, "-user-secret", userSecret)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return s, nil, fmt.Errorf("versitygw: %w", errors.Join(err, os.RemoveAll(dir)))
	}
	stop := func() error {
		return errors.Join(input.Close(), cmd.Wait(), os.RemoveAll(dir))
	}
	s.Endpoint = "http://" + addr
	if err := awaitHealth(s.Endpoint + healthPath); err != nil {
		return s, nil, errors.Join(err, stop())
	}
	return s, stop, nil
}

// freeAddr returns a loopback address that was free a moment ago, because neither the gateway nor
// MinIO reports its port.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// awaitHealth waits until url answers 200, at most 10 minutes: the first build of the
// gateway can take several.
func awaitHealth(url string) error {
	deadline := time.Now().Add(10 * time.Minute)
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
