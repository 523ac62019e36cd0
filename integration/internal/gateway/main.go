// Command gateway runs a versitygw over a directory, with a root account and an account of few
// rights, until its input ends. It is a process of its own, so that the race detector of tests does
// not slow it down.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	var g gateway
	flag.StringVar(&g.dir, "dir", "", "an empty `directory` for the objects")
	flag.StringVar(&g.addr, "addr", "", "the `address` to listen at")
	flag.StringVar(&g.health, "health", "/healthz", "the `path` that answers 200")
	flag.StringVar(&g.events, "events", "", "the `URL` that gets events about objects")
	flag.StringVar(&g.region, "region", "us-east-1", "the region")
	flag.StringVar(&g.root.access, "access", "", "the access key of the root account")
	flag.StringVar(&g.root.secret, "secret", "", "the secret key of the root account")
	flag.StringVar(&g.user.access, "user-access", "", "the access key of the other account")
	flag.StringVar(&g.user.secret, "user-secret", "", "the secret key of the other account")
	flag.Parse()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // a parent that is killed also closes the input
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if err := g.run(ctx); err != nil {
		log.SetOutput(os.Stderr)
		log.Fatal("gateway: ", err)
	}
}

type gateway struct {
	dir, addr, health, region string
	events                    string
	root, user                keys
}

type keys struct{ access, secret string }

func (g *gateway) run(ctx context.Context) error {
	log.SetOutput(io.Discard) // the gateway writes to the global logger
	backend, err := g.backend()
	if err != nil {
		return err
	}
	err = embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess:    g.root.access,
		RootUserSecret:    g.root.secret,
		IAMService:        newAccounts(g.root, g.user),
		Region:            g.region,
		Ports:             []string{g.addr},
		MaxConnections:    4096,
		MaxRequests:       4096,
		MultipartMaxParts: 10000,
		HealthPath:        g.health,
		EventWebhookURL:   g.events,
		KeepAlive:         true,
		Quiet:             true,
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (g *gateway) backend() (*posix.Posix, error) {
	root, versions := filepath.Join(g.dir, "root"), filepath.Join(g.dir, "versions")
	for _, d := range []string{root, versions} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, err
		}
	}
	return posix.New(root, meta.XattrMeta{}, posix.PosixOpts{
		VersioningDir:       versions,
		CopyObjectThreshold: 5 << 30, // as S3; with 0 only empty objects can be copied
	})
}
