// Package clamav scans uploads for malware with clamd, the daemon of ClamAV, while they arrive:
// each byte goes to clamd when it goes to staging. A file that was sent directly is scanned when it
// is confirmed. Nothing is published before clamd has found the whole file clean.
//
//	scanner, err := clamav.New("unix", "/run/clamav/clamd.ctl", nil)
//	…
//	accept := upload.All(upload.Images(nil), scanner)
//
// Put it last in All: files that others refuse by their head cost it nothing. In Any it would be
// one of several that may accept a file.
//
// # How to configure clamd
//
// By default clamd answers "OK" for files that it has not read whole: encrypted files, archives
// beyond its limits, and files above MaxFileSize. The first two settings of clamd.conf here make it
// report them, and the others suit this package:
//
//	AlertExceedsMax yes
//	AlertEncrypted yes
//	# At least Options.MaxSize, both. (clamd takes no comment after a value.)
//	StreamMaxLength 25M
//	MaxFileSize 25M
//	# More, for the content of archives.
//	MaxScanSize 100M
//	# More than the connections of all processes together.
//	MaxQueue 100
//	# Seconds, more than a slow client takes to send 32 KiB.
//	ReadTimeout 120
//	HeuristicScanPrecedence no
//
// [Scanner.Check] finds out whether the first four are right; call it when the program starts.
// clamd spools each file to its TemporaryDirectory until it has scanned it: at most MaxConnections
// times MaxSize bytes for each [Scanner], and what it unpacks.
//
// # What it does not protect against
//
// It does not protect against malware without a signature, or content that clamd's other limits
// skip silently (MaxEmbeddedPE, MaxHTMLNormalize, MaxScriptNormalize, PCREMaxFileSize). It does not
// fully protect against a clamd that answers before it has read the end of the file. It refuses an
// answer that has arrived before the end is sent, but it cannot recognise one that is then on its
// way over a network. clamd's TCP port has no encryption and no password: anybody on the way can
// read, or forge, verdicts and files. Use a Unix socket or a network of your own. [Scanner.Version]
// returns the date of the official signatures.
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

// Options are the settings, all with defaults. Nothing can be made unlimited.
type Options struct {
	// MaxSize is the size in bytes of the largest file that is scanned. It must not exceed clamd's
	// StreamMaxLength and MaxFileSize. A larger file is refused as not scanned: by its declared
	// size if that is known, otherwise when more than MaxSize bytes have come. Default: 25 MiB, the
	// default of older releases of clamd. clamd itself reads no file of 2 GiB or more.
	MaxSize int64

	// MaxConnections is how many files are scanned at once. Each keeps a connection from its head
	// to its verdict; no named subject takes more than half of them, but at least one. Others wait
	// up to Timeout, and are then refused with [upload.CodeBusy]. MaxConnections can exceed clamd's
	// MaxThreads: clamd uses a thread only once a whole file has arrived. Default: 64, below 100,
	// the default of clamd's MaxQueue.
	MaxConnections int

	// Timeout bounds each step: waiting for a free connection and opening it (opening takes 5 s at
	// most), sending a piece of the file, and the verdict. A step that fails takes up to a second
	// more, for clamd's reason. So Timeout must be over a second shorter than
	// [upload.Options.CheckTimeout], which would otherwise end the step and count the scanner as
	// hung. Default: 25 s.
	Timeout time.Duration
}

// Scanner is an [upload.Validator] that uses clamd. It refuses a file after any failure, and after
// any answer other than "OK" to the whole file:
//
//	known malware                              422 infected
//	Heuristics and PUA signatures              422 suspicious
//	larger than a limit, encrypted             422 not_scanned
//	clamd is down, slow, errs, breaks off      503 check_failed
//	no free connection                         503 busy
//
// The names of signatures go to the log and not to the client. A Scanner is safe for concurrent use
// and holds no connection while it is not used.
type Scanner struct {
	network, address string
	opts             Options
	places           *budget.Budget
}

// dialTimeout is how long clamd may take to accept a connection, unless Options.Timeout is less.
const dialTimeout = 5 * time.Second

// New returns a Scanner for the clamd at the address, as net.Dial takes it: "unix" and the path of
// its LocalSocket, or "tcp" and host:port. It does not connect; see [Scanner.Check]. opts may be
// nil.
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
		return nil, errors.New("clamav: negative option; 0 means the default, and nothing is unlimited")
	}
	places := int64(s.opts.MaxConnections)
	s.places = budget.New(places, max(1, places/2))
	return s, nil
}

// Validate implements [upload.Validator]: it connects to clamd, to which the observer sends the
// file.
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

// ValidateDeclaration implements [upload.DeclarationValidator]: it refuses a declared size above
// MaxSize.
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
