package main

import (
	"context"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/clamav"
)

// scan adds clamd after the policy. An address with a slash is a Unix socket. scan returns an error
// if clamd does not answer, or would pass files that it has not read completely.
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
