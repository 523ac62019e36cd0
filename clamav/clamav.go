// Package clamav scans uploads for malware with clamd, the daemon of ClamAV, while
// they arrive: each byte goes to clamd when it goes to staging, and nothing is
// published before clamd has called the whole file clean.
//
//	scanner, err := clamav.New("unix", "/run/clamav/clamd.ctl", nil)
//	…
//	accept := upload.All(upload.Images(nil), scanner)
//
// It belongs into All, and there comes last: what is refused before costs it
// nothing. In Any it would be one of several that may accept a file.
//
// # What clamd must be told
//
// By its defaults clamd answers "OK" for what it has not read: encrypted files,
// archives beyond its limits, and files above MaxFileSize. These settings of
// clamd.conf make it say so:
//
//	AlertExceedsMax yes
//	AlertEncrypted yes
//	# At least Options.MaxSize, both. (clamd takes no comment behind a value.)
//	StreamMaxLength 25M
//	MaxFileSize 25M
//	# More, for what is inside archives.
//	MaxScanSize 100M
//	# More than the connections of all processes together.
//	MaxQueue 100
//	# Seconds, more than a slow client takes to send 32 KiB.
//	ReadTimeout 120
//	HeuristicScanPrecedence no
//
// [Scanner.Check] finds out whether the first four are right; call it when the
// program starts. clamd spools each file to its TemporaryDirectory until it has
// come whole: MaxConnections times MaxSize bytes of it at most.
//
// # What it does not protect from
//
// Malware that no signature knows, and what clamd's other limits leave out without a word
// (MaxEmbeddedPE, MaxHTMLNormalize, MaxScriptNormalize, PCREMaxFileSize). A clamd that answers
// before it has read the end of the file: what has arrived by the time that the end is sent is not
// believed, and an answer that is on its way over a network then cannot be distinguished. clamd's
// TCP port has no encryption and asks for no password: whoever reaches it reads, or forges,
// verdicts and files. Use a Unix socket or a network of your own. How old the signatures are
// [Scanner.Version] tells.
package clamav

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/budget"
	"github.com/airlock-go/upload/storage"
)

// Options is everything that has a good default. Nothing can be made unlimited.
type Options struct {
	// MaxSize is the largest file, in bytes, that clamd scans: the smaller one of
	// its StreamMaxLength and MaxFileSize. Larger files are refused as not
	// scanned, by their declared size if that is known, else when they pass it.
	// Default: 25 MiB, the least that any release of clamd comes with. clamd
	// itself reads no file of 2 GiB or more.
	MaxSize int64

	// MaxConnections is how many files are scanned at once. Each keeps a
	// connection from its first byte to its verdict; no subject takes more than
	// half of them. Others wait for Timeout and are then refused with
	// [upload.CodeBusy]. It can be more than clamd's MaxThreads, which are taken
	// once a file has come whole. Default: 64, below clamd's MaxQueue.
	MaxConnections int

	// Timeout bounds each step: waiting for a connection and opening it, sending
	// a piece of the file, and the verdict. It must be less than
	// [upload.Options.CheckTimeout], which would otherwise end the step and count
	// the scanner as hung. Default: 25 s.
	Timeout time.Duration
}

// Scanner is an [upload.Validator] that asks clamd. Whatever goes wrong, and
// whatever clamd answers but "OK" to the whole file, refuses the file:
//
//	known malware                              422 infected
//	Heuristics and PUA signatures              422 suspicious
//	larger than a limit, encrypted             422 not_scanned
//	clamd is down, slow, errs, breaks off      503 check_failed
//	no free connection                         503 busy
//
// The names of signatures go to the log and not to the client. A Scanner is safe
// for concurrent use and holds no connection while no file is being received.
type Scanner struct {
	network, address string
	opts             Options
	places           *budget.Budget
}

// dialTimeout is how long clamd may take to accept a connection.
const dialTimeout = 5 * time.Second

// New returns a Scanner that finds clamd at the address, as net.Dial takes it:
// "unix" and the path of its LocalSocket, or "tcp" and host:port. It does not
// connect; see [Scanner.Check]. opts may be nil.
func New(network, address string, opts *Options) (*Scanner, error) {
	s := &Scanner{network: network, address: address}
	if opts != nil {
		s.opts = *opts
	}
	switch network {
	case "unix", "tcp", "tcp4", "tcp6":
	default:
		return nil, fmt.Errorf("clamav: network %q is neither unix nor tcp", network)
	}
	if address == "" {
		return nil, errors.New("clamav: the address of clamd is empty")
	}
	if s.opts.MaxSize == 0 {
		s.opts.MaxSize = 25 << 20
	}
	if s.opts.MaxConnections == 0 {
		s.opts.MaxConnections = 64
	}
	if s.opts.Timeout == 0 {
		s.opts.Timeout = 25 * time.Second
	}
	if min(s.opts.MaxSize, int64(s.opts.MaxConnections), int64(s.opts.Timeout)) < 0 {
		return nil, errors.New("clamav: a negative option; 0 means the default, and nothing is unlimited")
	}
	places := int64(s.opts.MaxConnections)
	s.places = budget.New(places, max(1, places/2))
	return s, nil
}

// Validate implements [upload.Validator]: it connects to clamd, and the observer
// shows it the file.
func (s *Scanner) Validate(ctx context.Context, in *upload.Incoming) (upload.Observer, error) {
	if err := s.ValidateDeclaration(ctx, in); err != nil {
		return nil, err
	}
	c, err := s.open(ctx, in.Subject)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// ValidateDeclaration implements [upload.DeclarationValidator]: it refuses what is
// declared to be larger than MaxSize.
func (s *Scanner) ValidateDeclaration(_ context.Context, in *upload.Incoming) error {
	if in.Size > s.opts.MaxSize {
		return s.tooLarge()
	}
	return nil
}

func (s *Scanner) tooLarge() error {
	return upload.ScanError(storage.ScanTooLarge, fmt.Errorf("clamav: the file is larger than MaxSize, %d bytes", s.opts.MaxSize))
}

func (s *Scanner) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: min(dialTimeout, s.opts.Timeout)}
	conn, err := d.DialContext(ctx, s.network, s.address)
	if err != nil {
		return nil, upload.ScanError(storage.ScanFailed, fmt.Errorf("clamav: %w", err))
	}
	return conn, nil
}
