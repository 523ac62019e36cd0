package clamav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// Ping sends PING to clamd, on a connection of its own. It suits a readiness probe. The error is
// [upload.CodeCheckFailed].
func (s *Scanner) Ping(ctx context.Context) error {
	reply, err := s.ask(ctx, "PING")
	if err == nil && reply != "PONG" {
		err = upload.ScanError(storage.ScanFailed, fmt.Errorf("clamav: clamd answered %q to PING", reply))
	}
	return err
}

// Version returns what clamd reports about itself: its release and, if it has the official
// signatures, their number and date, such as "ClamAV 1.4.6/27800/Tue Oct 27 …".
func (s *Scanner) Version(ctx context.Context) (string, error) { return s.ask(ctx, "VERSION") }

// ask sends one command and returns its answer, within Timeout after it has connected.
func (s *Scanner) ask(ctx context.Context, command string) (string, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	err = conn.SetDeadline(time.Now().Add(s.opts.Timeout))
	if err == nil {
		_, err = io.WriteString(conn, "z"+command+"\x00")
	}
	var reply string
	if err == nil {
		reply, err = readReply(conn)
	}
	if err != nil {
		return "", upload.ScanError(storage.ScanFailed, fmt.Errorf("clamav: %s: %w", command, err))
	}
	return reply, nil
}

// Check finds out whether clamd protects as this package documents. It scans four files that it
// makes: the EICAR test file, a small archive of 101 levels, a small archive marked as encrypted,
// and MaxSize bytes of zeros. clamd logs those of the first three that it reports, and runs its
// VirusEvent for each. Check is for the start of a program; after that, [Scanner.Ping] is enough.
//
// The error has one line for each problem, with its cause or solution. After a scan that failed,
// for example because clamd did not answer, the error is only [upload.CodeCheckFailed]. If no
// connection was free, it is only [upload.CodeBusy].
func (s *Scanner) Check(ctx context.Context) error {
	var errs []error
	for _, p := range []struct {
		file   io.Reader
		code   upload.Code // "" is clean
		advice string
	}{
		{bytes.NewReader(eicar()), upload.CodeInfected, "clamd does not detect the EICAR test file: its signatures are missing"},
		{bytes.NewReader(nested()), upload.CodeNotScanned, "clamd passes files that it has not read whole: set AlertExceedsMax yes"},
		{bytes.NewReader(locked()), upload.CodeNotScanned, "clamd passes encrypted files: set AlertEncrypted yes"},
		{io.LimitReader(zeros{}, s.opts.MaxSize), "", "clamd does not scan files of MaxSize: raise StreamMaxLength and MaxFileSize, or lower MaxSize"},
	} {
		err := s.probe(ctx, p.file)
		var e *upload.Error
		switch {
		case err == nil && p.code == "" || err != nil && p.code != "" && errors.Is(err, p.code):
		case errors.As(err, &e) && e.Code.Status() >= 500:
			return err
		case err != nil:
			errs = append(errs, fmt.Errorf("clamav: %s (%w)", p.advice, e.Err))
		default:
			errs = append(errs, fmt.Errorf("clamav: %s", p.advice))
		}
	}
	return errors.Join(errs...)
}

// probe scans a file as an upload is scanned.
func (s *Scanner) probe(ctx context.Context, file io.Reader) error {
	c, err := s.open(ctx, "")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := io.CopyBuffer(struct{ io.Writer }{c}, struct{ io.Reader }{file}, make([]byte, 32<<10)); err != nil {
		return err
	}
	return c.Verdict()
}
