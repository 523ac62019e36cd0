package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// gateway is a versitygw over a temporary directory, as a process of its own. Unlike the S3 that
// discards, it keeps and copies objects.
type gateway struct {
	url   string
	dir   string
	cmd   *exec.Cmd
	input io.Closer
}

// startGateway builds and runs the gateway of the integration tests, which ends with its input.
func startGateway() (g *gateway, err error) {
	g = &gateway{}
	if g.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(g.dir))
	}
	addr := l.Addr().String()
	g.url = "http://" + addr
	program := filepath.Join(g.dir, "gateway")
	build := exec.Command("go", "build", "-C", filepath.Join("..", "integration"), "-o", program, "./internal/gateway") //nolint:gosec // its own path
	build.Stderr = os.Stderr
	if err := errors.Join(l.Close(), build.Run()); err != nil {
		return nil, errors.Join(err, os.RemoveAll(g.dir))
	}
	g.cmd = exec.Command(program, "-dir", g.dir, "-addr", addr, "-access", "access", "-secret", "secret") //nolint:gosec // the program just built
	g.cmd.Stderr = os.Stderr
	if g.input, err = g.cmd.StdinPipe(); err == nil {
		err = g.cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(g.dir))
	}
	if err := g.await(); err != nil {
		g.stop()
		return nil, err
	}
	return g, nil
}

// await waits until the gateway answers.
func (g *gateway) await() error {
	deadline := time.Now().Add(time.Minute)
	for {
		resp, err := http.Get(g.url + "/healthz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("the gateway answered %s", resp.Status)
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (g *gateway) stop() {
	_ = g.input.Close()
	_ = g.cmd.Wait()
	_ = os.RemoveAll(g.dir)
}
