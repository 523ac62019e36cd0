package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// letIn allows pages of the layout's origins to send files to the bucket, and sets rules that
// remove unconfirmed files.
func letIn(ctx context.Context, store *s3store.Store, layout s3bucket.Layout, log *slog.Logger) error {
	bucket, err := s3bucket.New(store, layout)
	if err != nil {
		return fmt.Errorf("-s3-setup: %w", err)
	}
	lacking, err := bucket.Setup(ctx)
	for _, what := range lacking {
		log.Warn("-s3-setup: " + what)
	}
	if err != nil {
		return fmt.Errorf("-s3-setup: %w", err)
	}
	return nil
}

// origins returns the origins of pages that may send files: those of this server, and more. If the
// server listens on this machine only, or on all addresses, localhost and 127.0.0.1 are among them.
func origins(addr net.Addr, more string) []string {
	all := []string{"http://" + browsable(addr)}
	if tcp, ok := addr.(*net.TCPAddr); ok && (tcp.IP.IsUnspecified() || tcp.IP.IsLoopback()) {
		for _, host := range []string{"localhost", "127.0.0.1"} {
			all = append(all, "http://"+net.JoinHostPort(host, strconv.Itoa(tcp.Port)))
		}
	}
	if more != "" {
		all = append(all, more)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
