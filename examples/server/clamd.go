package main

import (
	"context"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/clamav"
)

// scan puts clamd behind what the policy accepts. An address with a slash is a
// Unix socket. A clamd that is away, or that would pass what it has not read,
// keeps the server from starting.
func (cfg *config) scan(ctx context.Context) error {
	if cfg.clamd == "" {
		return nil
	}
	network := "tcp"
	if strings.Contains(cfg.clamd, "/") {
		network = "unix"
	}
	scanner, err := clamav.New(network, cfg.clamd, nil)
	if err != nil {
		return err
	}
	cfg.policy = upload.All(cfg.policy, scanner)
	return scanner.Check(ctx)
}
