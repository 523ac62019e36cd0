package upload

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"sync"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/form"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/worker"
)

// relaySize is how much of a file an observer on a goroutine of its own is shown at a time.
const relaySize = 32 << 10

var relays = sync.Pool{New: func() any { return new([relaySize]byte) }}

// formError gives the form reader's errors their codes.
func formError(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) { // of the host's
		return bodyTooLarge(tooLarge.Limit, err)
	}
	var e *form.Error
	if !errors.As(err, &e) {
		return &Error{Code: CodeMalformed, Err: err}
	}
	code := CodeMalformed
	switch e.Kind {
	case form.TooLarge:
		code = CodeTooLarge
	case form.TooMany:
		code = CodeTooMany
	case form.NotMultipart:
		code = CodeNotMultipart
	case form.Malformed:
	}
	return &Error{Code: code, Params: formParams(e), Err: err}
}

func formParams(e *form.Error) map[string]any {
	p := map[string]any{}
	if e.What != "" {
		p["kind"] = e.What
	}
	if e.Limit > 0 {
		p["limit"] = e.Limit
	}
	return p
}

// stream is the content of one file on its way to storage. It replays the head,
// counts, and shows every byte to the observer before storage gets it. It
// answers io.EOF only after the observer's verdict, so storage never sees the
// end of a file that was refused.
type stream struct {
	src      io.Reader     // the part after head
	head     []byte        // not yet replayed
	cleaner  *clean.Reader // of both, nil if package clean does not clean the type
	lends    bool          // the cleaner is closed elsewhere, later
	limit    int64
	worker   *worker.Worker
	observer Observer
	in       *Incoming        // the file that observer sees
	ours     bool             // isOurs(observer): it neither hangs nor keeps what it sees
	relay    *[relaySize]byte // shown to others, which may keep it when they hang
	hash     hash.Hash
	digest   string
	progress *tracked

	size int64
	err  error // io.EOF after the whole file was read and accepted
}

func newStream(src io.Reader, in *Incoming, limit int64, w *worker.Worker, o Observer, digest bool) *stream {
	s := &stream{src: src, in: in, head: in.Head, limit: limit, worker: w, observer: o, ours: isOurs(o)}
	if o != nil && !s.ours {
		s.relay = relays.Get().(*[relaySize]byte)
	}
	if digest {
		s.hash = sha256.New()
	}
	return s
}

// close closes the observer and, unless it is lent, the cleaner, and gives the relay back. After a
// call that hangs, the observer is closed when that call returns, and keeps the relay.
func (s *stream) close() {
	if s.cleaner != nil && !s.lends {
		s.cleaner.Close()
	}
	if s.observer == nil {
		return
	}
	s.worker.Last(s.ours, func() error { return closeObserver(s.observer) })
	if s.relay != nil && !s.worker.Hung {
		relays.Put(s.relay)
	}
	s.relay = nil
}

// Read fills p, or as much of it as fits the relay.
func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil || len(p) == 0 {
		return 0, s.err
	}
	seen := p
	if s.relay != nil {
		seen = s.relay[:min(len(p), relaySize)]
	}
	n, err := s.fill(seen)
	if err == nil || err == io.EOF { // the part's own io.EOF is bare
		err = s.account(seen[:n], err)
	} else if e := uncleanOf(err); e != nil {
		err = s.unclean(seen[:n], e)
	}
	if err != nil && err != io.EOF { // as above
		s.err = err
		return 0, err
	}
	if s.relay != nil {
		copy(p, seen[:n])
	}
	s.progress.taken(n)
	if s.err = err; n > 0 {
		return n, nil
	}
	return 0, s.err
}

// clean makes c the source of the stream, unless c is nil. The stream closes c unless lends is set.
func (s *stream) clean(c *clean.Reader) {
	if c != nil {
		s.cleaner, s.src, s.head = c, c, nil
	}
}

// unclean judges the bytes that came with a cleaner's fault, since the observer may have a better
// reason to refuse them.
func (s *stream) unclean(p []byte, e *clean.Error) error {
	if err := s.account(p, nil); err != nil {
		return err
	}
	if e.Ended && s.observer != nil {
		if err := s.judge(nil, true); err != nil {
			return err
		}
	}
	return metadataError(e)
}

// fill reads until p is full, the file ends or reading fails.
func (s *stream) fill(p []byte) (n int, err error) {
	n = copy(p, s.head)
	s.head = s.head[n:]
	for n < len(p) && err == nil {
		var m int
		m, err = s.src.Read(p[n:])
		n += m
	}
	if err == nil || err == io.EOF { // the part's own io.EOF is bare
		return n, err
	}
	if e := uncleanOf(err); e != nil {
		return n, e
	}
	return n, formError(err)
}

// account judges the bytes read; end is io.EOF after the last of them.
func (s *stream) account(p []byte, end error) error {
	if s.size += int64(len(p)); s.size > s.limit {
		return tooLarge(s.limit, -1)
	}
	if s.hash != nil {
		s.hash.Write(p)
	}
	if s.observer != nil {
		if err := s.judge(p, end != nil); err != nil {
			return err
		}
	}
	if end != nil && s.hash != nil {
		s.digest = hex.EncodeToString(s.hash.Sum(nil))
	}
	return end
}

func (s *stream) judge(p []byte, last bool) error {
	if s.ours && !s.worker.Hung { // as worker.Do, which would allocate for each piece
		if s.cleaner != nil {
			s.in.scanned.At, s.in.scanned.Bytes = s.cleaner.Scanned()
			defer func() { s.in.scanned = inspect.Scanned{} }()
		}
		return checkError(worker.Contain(func() error { return judgement(s.observer, p, last) }))
	}
	o := s.observer
	return checkError(s.worker.Do(func() error { return judgement(o, p, last) }))
}

// judgement shows p to o. It returns what o finds, and after the last bytes o's verdict.
func judgement(o Observer, p []byte, last bool) error {
	if len(p) > 0 {
		if err := show(o, p); err != nil {
			return err
		}
	}
	if last {
		return o.Verdict()
	}
	return nil
}

// sha256 returns the digest of what will be published, "" while it is not known, and for a file
// with late patches.
func (s *stream) sha256() string {
	if s.cleaner != nil && s.cleaner.Late() {
		return ""
	}
	return s.digest
}

// complete reports whether storage read the file to its accepted end.
func (s *stream) complete() bool { return s.err == io.EOF } // set by Read

// failed returns the first error of the stream, nil before one and at its regular end.
func (s *stream) failed() error {
	if s.complete() {
		return nil
	}
	return s.err
}

// readHead reads the bytes from which the type is detected, and sets Head and Type of in, and Size
// if the file ends within them. It distinguishes the end of a file from a cut body: io.ReadFull
// returns io.ErrUnexpectedEOF for both.
func readHead(in *Incoming, r io.Reader) error {
	head, n := make([]byte, sniff.HeadLen), 0
	for n < len(head) {
		m, err := r.Read(head[n:])
		n += m
		if err == io.EOF {
			in.Size = int64(n)
			break
		}
		if err != nil {
			return err
		}
	}
	in.Head = head[:n:n]
	in.Type = sniff.Resolve(in.Head, filename.Ext(in.Name))
	return nil
}
