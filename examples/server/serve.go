package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	// uploadGrace is how long uploads may continue after the signal to stop.
	uploadGrace = 5 * time.Second
	// closeGrace is how long the other requests may take after the uploads have ended.
	closeGrace = 5 * time.Second
)

// serve answers until ctx ends, then stops in order.
func (s *site) serve(ctx context.Context, cfg *config, stdout io.Writer) error {
	ln, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return err
	}
	if s.setup != nil {
		if err := s.setup(ctx, origins(ln.Addr(), cfg.corsOrigin)); err != nil {
			return errors.Join(err, ln.Close())
		}
	}
	srv := newServer(s.handler, s.log)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	_, _ = fmt.Fprintf(stdout, "listening on http://%s\n", browsable(ln.Addr()))

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return s.stop(srv)
	}
}

// newServer returns a server with the timeouts of any public server. Uploads may last longer: the
// upload handler moves the deadlines of its requests while bytes arrive.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// stop ends the uploads first, while the server still answers. Uploads that do not end within
// uploadGrace are cut off. Then stop closes the connections.
func (s *site) stop(srv *http.Server) error {
	s.log.Info("stopping", "grace", uploadGrace)
	ctx, cancel := context.WithTimeout(context.Background(), uploadGrace)
	defer cancel()
	err := s.uploads.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // they were cut off
		s.log.Warn("uploads did not end within the grace and were cut")
		err = nil
	}
	ctx, cancel = context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	if srv.Shutdown(ctx) != nil {
		err = errors.Join(err, srv.Close())
	}
	return err
}

// browsable returns addr in a form that browsers can open: localhost for a server that listens on
// all addresses.
func browsable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return fmt.Sprintf("localhost:%d", tcp.Port)
}
