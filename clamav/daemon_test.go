package clamav_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/clamav"
)

// unwanted matches the test's own signature of an unwanted program.
const unwanted = "a-tool-that-nobody-asked-for"

// daemon is a clamd of the test, with two signatures of its own.
type daemon struct {
	unix, tcp string
	folder    string
	cmd       *exec.Cmd
	ended     chan struct{}
}

// strict has settings from the package's documentation, with higher limits. DetectPUA and
// MaxThreads are settings of the tests alone.
var strict = map[string]string{
	"AlertExceedsMax": "yes", "AlertEncrypted": "yes", "StreamMaxLength": "150M", "MaxFileSize": "150M", "MaxScanSize": "400M",
	"DetectPUA": "yes", "MaxThreads": "2",
}

// noEICAR is not a setting of clamd: with it the test file is not among the signatures.
const noEICAR = "no EICAR"

// start runs clamd until the test ends, with strict's settings unless changed overrides them.
func start(t *testing.T, changed map[string]string) *daemon {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/clamd")
	}
	if err != nil {
		if os.Getenv("UPLOAD_TEST_REQUIRED") == "1" {
			t.Fatal("needs clamd: apt-get install clamav-daemon")
		}
		t.Skip("needs clamd: apt-get install clamav-daemon")
	}
	folder, err := os.MkdirTemp("", "clamd") //nolint:usetesting // t.TempDir's path can be too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	d := &daemon{unix: filepath.Join(folder, "socket"), tcp: freeAddress(t), folder: folder, ended: make(chan struct{})}
	d.configure(t, changed)
	var output bytes.Buffer
	d.cmd = exec.Command(program, "--config-file", filepath.Join(folder, "clamd.conf")) // kill ends it
	d.cmd.Stdout, d.cmd.Stderr = &output, &output
	require.NoError(t, d.cmd.Start())
	go func() {
		_ = d.cmd.Wait()
		close(d.ended)
	}()
	t.Cleanup(d.kill)
	d.wait(t, &output)
	return d
}

func (d *daemon) configure(t *testing.T, changed map[string]string) {
	t.Helper()
	settings, known := maps.Clone(strict), clamav.EICAR()
	maps.Copy(settings, changed)
	if _, without := settings[noEICAR]; without {
		delete(settings, noEICAR)
		known = []byte("something else")
	}
	for _, sub := range []string{"signatures", "spool"} {
		require.NoError(t, os.Mkdir(filepath.Join(d.folder, sub), 0o700))
	}
	host, port, err := net.SplitHostPort(d.tcp)
	require.NoError(t, err)
	settings["LocalSocket"], settings["TCPAddr"], settings["TCPSocket"] = d.unix, host, port
	settings["DatabaseDirectory"], settings["TemporaryDirectory"] = d.path("signatures"), d.path("spool")
	settings["Foreground"] = "yes"
	var conf strings.Builder
	for name, value := range settings {
		fmt.Fprintf(&conf, "%s %s\n", name, value)
	}
	signature := func(name string, content []byte) string { return name + ":0:*:" + hex.EncodeToString(content) + "\n" }
	for name, content := range map[string]string{
		"clamd.conf":          conf.String(),
		"signatures/test.ndb": signature("Test.EICAR", known),
		"signatures/test.ndu": signature("PUA.Test.Tool", []byte(unwanted)),
	} {
		require.NoError(t, os.WriteFile(d.path(name), []byte(content), 0o600))
	}
}

func (d *daemon) path(name string) string { return filepath.Join(d.folder, name) }

// wait returns when clamd answers.
func (d *daemon) wait(t *testing.T, output *bytes.Buffer) {
	t.Helper()
	for range 1500 {
		if d.scanner(t, nil).Ping(t.Context()) == nil {
			return
		}
		select {
		case <-d.ended:
			t.Fatalf("clamd ended:\n%s", output)
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("clamd does not answer")
}

// kill ends clamd as a crash would.
func (d *daemon) kill() {
	_ = d.cmd.Process.Kill()
	<-d.ended
}

func (d *daemon) scanner(t *testing.T, opts *clamav.Options) *clamav.Scanner {
	t.Helper()
	return newScanner(t, "unix", d.unix, opts)
}

// newScanner gives clamd more time than the default, since tests share a machine.
func newScanner(t *testing.T, network, address string, opts *clamav.Options) *clamav.Scanner {
	t.Helper()
	var o clamav.Options
	if opts != nil {
		o = *opts
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	s, err := clamav.New(network, address, &o)
	require.NoError(t, err)
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
