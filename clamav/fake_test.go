package clamav_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/clamav"
	"github.com/airlock-go/upload/internal/rounds"
)

// fake starts a server in the place of clamd. The function do handles each of its connections.
func fake(t *testing.T, do func(c net.Conn)) (address string) {
	t.Helper()
	return fakeAt(t, "tcp", "127.0.0.1:0", do)
}

// fakeAt does what fake does, at the given address.
func fakeAt(t *testing.T, network, at string, do func(c net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen(network, at)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				do(c)
			}()
		}
	}()
	return l.Addr().String()
}

// receive skips the command and returns the content of n chunks at most. It stops after the end of
// the stream.
func receive(c net.Conn, n int) []byte {
	var all []byte
	if _, err := io.ReadFull(c, make([]byte, len("zINSTREAM\x00"))); err != nil {
		return nil
	}
	for range n {
		var length [4]byte
		if _, err := io.ReadFull(c, length[:]); err != nil || binary.BigEndian.Uint32(length[:]) == 0 {
			break
		}
		chunk := make([]byte, binary.BigEndian.Uint32(length[:]))
		if _, err := io.ReadFull(c, chunk); err != nil {
			break
		}
		all = append(all, chunk...)
	}
	return all
}

const whole = 1 << 30 // chunks

// gone waits until the Scanner has closed the connection.
func gone(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func say(reply string) func(net.Conn) {
	return func(c net.Conn) {
		receive(c, whole)
		_, _ = io.WriteString(c, reply)
	}
}

// TestMisbehaving checks that a file is stored only after "OK" to all of it, whatever clamd does.
// The Scanner stops sending to a clamd that has answered, and no connection is left in use.
func TestMisbehaving(t *testing.T) {
	t.Parallel()
	hangs := func(net.Conn) { <-t.Context().Done() }
	// sayAfter reads the first chunk and nothing more, and answers after the wait.
	sayAfter := func(wait time.Duration, reply string) func(net.Conn) {
		return func(c net.Conn) {
			receive(c, 1)
			time.Sleep(wait)
			_, _ = io.WriteString(c, reply)
			hangs(c)
		}
	}
	sayEarly := func(reply string) func(net.Conn) { return sayAfter(0, reply) }
	rows := map[string]struct {
		do      func(net.Conn)
		code    upload.Code
		timeout bool // the Scanner must give up
		large   bool // more than the sockets hold, since nobody reads it
	}{
		"behaves":                        {say("stream: OK\x00"), "", false, false},
		"finds":                          {say("stream: X FOUND\x00"), upload.CodeInfected, false, false},
		"reads nothing":                  {hangs, upload.CodeCheckFailed, true, true},
		"stops reading":                  {func(c net.Conn) { receive(c, 5); hangs(c) }, upload.CodeCheckFailed, true, true},
		"never answers":                  {func(c net.Conn) { receive(c, whole); gone(c) }, upload.CodeCheckFailed, true, false},
		"answers half":                   {func(c net.Conn) { say("stream: OK")(c); gone(c) }, upload.CodeCheckFailed, true, false},
		"closes at once":                 {func(net.Conn) {}, upload.CodeCheckFailed, false, false},
		"closes in the middle":           {func(c net.Conn) { receive(c, 5) }, upload.CodeCheckFailed, false, false},
		"closes at the end":              {func(c net.Conn) { receive(c, whole) }, upload.CodeCheckFailed, false, false},
		"closes half answered":           {say("stream: OK"), upload.CodeCheckFailed, false, false},
		"garbage":                        {say("\xff\x13\x37\x00"), upload.CodeCheckFailed, false, false},
		"nothing":                        {say("\x00"), upload.CodeCheckFailed, false, false},
		"OK and more":                    {say("stream: OK, or so\x00"), upload.CodeCheckFailed, false, false},
		"ok":                             {say("stream: ok\x00"), upload.CodeCheckFailed, false, false},
		"OK with a line end":             {say("stream: OK\n\x00"), upload.CodeCheckFailed, false, false},
		"OK after an error":              {say("stream: no memory ERROR\x00stream: OK\x00"), upload.CodeCheckFailed, false, false},
		"too long":                       {say(strings.Repeat("stream: ", 10_000) + "OK\x00"), upload.CodeCheckFailed, false, false},
		"endless":                        {func(c net.Conn) { receive(c, whole); _, _ = io.Copy(c, endlessText{}) }, upload.CodeCheckFailed, false, false},
		"OK before the file":             {func(c net.Conn) { _, _ = io.WriteString(c, "stream: OK\x00"); hangs(c) }, upload.CodeCheckFailed, false, true},
		"OK before the end":              {sayEarly("stream: OK\x00"), upload.CodeCheckFailed, false, true},
		"garbage before the end":         {sayEarly("what?\x00"), upload.CodeCheckFailed, false, true},
		"finds while a Write is blocked": {sayAfter(time.Second, "stream: X FOUND\x00"), upload.CodeInfected, false, true},
		"finds before the end":           {sayEarly("stream: X FOUND\x00"), upload.CodeInfected, false, true},
		"limit before the end":           {sayEarly("INSTREAM size limit exceeded. ERROR\x00"), upload.CodeNotScanned, false, true},
		"its disk is full":               {sayEarly("Error writing to temporary file ERROR\x00"), upload.CodeCheckFailed, false, true},
		"the command is late":            {say("COMMAND READ TIMED OUT\x00"), upload.CodeCheckFailed, false, false},
		"unknown command":                {say("UNKNOWN COMMAND\x00"), upload.CodeCheckFailed, false, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			opts := clamav.Options{Timeout: time.Minute}
			if row.timeout {
				opts.Timeout = 200 * time.Millisecond
			}
			size := int64(mib)
			if row.large {
				size = 16 * mib
			}
			s := newScanner(t, "tcp", fake(t, row.do), &opts)
			h := newHost(t, s, upload.Options{})
			begun := time.Now()
			a := h.scans(t, zeros(size, 0, nil), row.code)
			require.Less(t, time.Since(begun), 30*time.Second, "the Scanner must not wait for a Timeout of a minute")
			require.NotContains(t, a.body, "stream:")
			require.NotContains(t, a.body, "clam")
			require.Zero(t, s.Busy())
		})
	}
}

// endlessText has no NUL.
type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestNobodyListens(t *testing.T) {
	address := freeAddress(t)
	s := newScanner(t, "tcp", address, nil)
	h := newHost(t, s, upload.Options{})
	a := h.scans(t, strings.NewReader("hello"), upload.CodeCheckFailed)
	require.NotEmpty(t, a.retryAfter)
	require.Contains(t, h.log.String(), address)
	require.NotContains(t, a.body, "127.0.0.1")
	require.Zero(t, s.Busy())
}

// TestSeesAllOnce checks that clamd receives exactly the bytes of the file.
func TestSeesAllOnce(t *testing.T) {
	got := make(chan []byte, 1)
	s := newScanner(t, "tcp", fake(t, func(c net.Conn) {
		got <- receive(c, whole)
		_, _ = io.WriteString(c, "stream: OK\x00")
	}), nil)
	h := newHost(t, s, upload.Options{})
	for _, size := range []int64{0, 1, 4095, 4096, 4097, 32 << 10, 32<<10 + 1, 3*mib + 7} {
		want, err := io.ReadAll(zeros(size, size/2, nil))
		require.NoError(t, err)
		for i := range want {
			want[i] = byte(i % 251)
		}
		h.scans(t, strings.NewReader(string(want)), "")
		require.Equal(t, string(want), string(<-got))
	}
}

// TestSlowClamd checks that a slow scan delays only its own upload, which is accepted if the delay
// is within Timeout.
func TestSlowClamd(t *testing.T) {
	t.Parallel()
	first, release := make(chan struct{}, 1), make(chan struct{})
	first <- struct{}{}
	s := newScanner(t, "tcp", fake(t, func(c net.Conn) {
		select {
		case <-first:
			<-release
		default:
		}
		say("stream: OK\x00")(c)
	}), nil)
	h := newHost(t, s, upload.Options{})
	slow := make(chan answer, 1)
	go func() {
		a, err := send(t, h.Server, "ann", zeros(16*mib, 0, nil))
		if err != nil {
			a.body = err.Error()
		}
		slow <- a
	}()
	require.Eventually(t, func() bool { return s.Busy() == 1 && len(first) == 0 }, time.Minute, time.Millisecond)
	for range 5 {
		a, err := send(t, h.Server, "ann", zeros(mib, 0, nil))
		require.NoError(t, err)
		require.Equal(t, 201, a.status)
	}
	require.Empty(t, slow)
	close(release)
	a := <-slow
	require.Equal(t, 201, a.status, a.body)
}

// TestConnectionsAreBounded checks that one subject gets at most half of the connections. It also
// checks that, while all are in use, an upload of another subject waits and is then refused as
// busy.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := newScanner(t, "tcp", fake(t, func(c net.Conn) { <-release; say("stream: OK\x00")(c) }),
		&clamav.Options{MaxConnections: 2, Timeout: time.Second})
	for _, subject := range []string{"ann", "bob"} {
		o, err := s.Validate(t.Context(), &upload.Incoming{Size: -1, Subject: subject})
		require.NoError(t, err)
		_, err = s.Validate(t.Context(), &upload.Incoming{Size: -1, Subject: "ann"})
		require.ErrorIs(t, err, upload.CodeBusy, "half of them are ann's")
		defer func() { require.NoError(t, o.(io.Closer).Close()) }()
	}
	h := newHost(t, s, upload.Options{})
	begun := time.Now()
	a, err := send(t, h.Server, "cem", strings.NewReader("hello")) // ann and bob have one each
	require.NoError(t, err)
	require.Equal(t, upload.CodeBusy, a.code, a.body)
	require.GreaterOrEqual(t, time.Since(begun), time.Second, "it waits")
	require.Equal(t, 503, a.status)
	require.NotEmpty(t, a.retryAfter)
	close(release)
}

// TestNothingIsLeft checks that a scan ends, with its goroutines, when the client leaves or
// something else refuses the file.
func TestNothingIsLeft(t *testing.T) {
	ended := make(chan struct{}, 8)
	s := newScanner(t, "tcp", fake(t, func(c net.Conn) {
		gone(c)
		ended <- struct{}{}
	}), nil)
	before := runtime.NumGoroutine()
	h := newHost(t, s, upload.Options{MaxFileSize: 2 * mib})
	h.scans(t, zeros(3*mib, 0, nil), upload.CodeTooLarge)
	<-ended

	_, err := send(t, h.Server, "ann", io.MultiReader(zeros(mib, 0, nil), readerFunc(func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF })))
	require.Error(t, err)
	<-ended

	both := newHost(t, upload.All(s, upload.NotEmpty()), upload.Options{})
	both.scans(t, strings.NewReader(""), upload.CodeEmpty)
	<-ended
	for _, h := range []*host{h, both} {
		h.CloseClientConnections()
		h.Close()
		h.Client().CloseIdleConnections()
	}
	require.Zero(t, s.Busy())
	for range 1000 { // goroutines of net/http end a little later
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Fatalf("%s", stacks[:runtime.Stack(stacks, true)])
}

func TestNew(t *testing.T) {
	for name, row := range map[string]struct {
		network, address string
		opts             *clamav.Options
		ok               bool
	}{
		"unix":              {"unix", "/run/clamav/clamd.ctl", nil, true},
		"tcp":               {"tcp", "clamd:3310", &clamav.Options{}, true},
		"udp":               {"udp", "clamd:3310", nil, false},
		"no network":        {"", "clamd:3310", nil, false},
		"no address":        {"tcp", "", nil, false},
		"MaxSize -1":        {"tcp", "clamd:3310", &clamav.Options{MaxSize: -1}, false},
		"Timeout -1":        {"tcp", "clamd:3310", &clamav.Options{Timeout: -1}, false},
		"MaxConnections -1": {"tcp", "clamd:3310", &clamav.Options{MaxConnections: -1}, false},
	} {
		_, err := clamav.New(row.network, row.address, row.opts)
		require.Equal(t, row.ok, err == nil, "%s: %v", name, err)
	}
}

// TestSizeIsCounted checks that a file of unknown size is refused when it exceeds MaxSize, whatever
// clamd would answer.
func TestSizeIsCounted(t *testing.T) {
	s := newScanner(t, "tcp", fake(t, say("stream: OK\x00")), &clamav.Options{MaxSize: mib})
	h := newHost(t, s, upload.Options{})
	h.scans(t, zeros(mib, 0, nil), "")
	h.scans(t, zeros(mib+1, 0, nil), upload.CodeNotScanned)
	require.Zero(t, s.Busy())
}

// TestObserver checks an empty Write, and a context that ends while Verdict waits, and before
// Validate.
func TestObserver(t *testing.T) {
	got := make(chan []byte, 2)
	s := newScanner(t, "tcp", fake(t, func(c net.Conn) { got <- receive(c, whole); gone(c) }), &clamav.Options{Timeout: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	o, err := s.Validate(ctx, &upload.Incoming{Size: -1})
	require.NoError(t, err)
	for _, piece := range []string{"a", "", "b"} { // an empty chunk would be the end
		n, err := o.Write([]byte(piece))
		require.NoError(t, err)
		require.Len(t, piece, n)
	}
	verdict := make(chan error)
	go func() { verdict <- o.Verdict() }()
	require.Equal(t, "ab", string(<-got))
	cancel() // the client has gone, so nothing waits for the rest of the hour
	require.ErrorIs(t, <-verdict, upload.CodeCheckFailed)
	require.NoError(t, o.(io.Closer).Close())
	require.Zero(t, s.Busy())

	_, err = s.Validate(ctx, &upload.Incoming{Size: -1})
	require.Error(t, err)
	require.Zero(t, s.Busy())
}

// TestEarlyOK checks that a file is not clean if clamd says OK early, not even between the last
// byte of the file and the end of the stream.
func TestEarlyOK(t *testing.T) {
	s := newScanner(t, "tcp", fake(t, func(c net.Conn) {
		receive(c, 1)
		_, _ = io.WriteString(c, "stream: OK\x00")
		gone(c)
	}), nil)
	for _, more := range []bool{false, true} {
		o, err := s.Validate(t.Context(), &upload.Incoming{Size: -1})
		require.NoError(t, err)
		_, err = o.Write([]byte("a"))
		require.NoError(t, err)
		<-clamav.Answered(o)
		if more {
			_, err = o.Write([]byte("b"))
			require.ErrorIs(t, err, upload.CodeCheckFailed)
		}
		require.ErrorIs(t, o.Verdict(), upload.CodeCheckFailed)
		require.NoError(t, o.(io.Closer).Close())
	}
}

// TestOKBeforeTheEnd checks that an answer that exists before the scanner ends the stream does not
// count for the whole file, however late the scanner reads it. The socket of a Unix clamd has it as
// soon as clamd has written it.
func TestOKBeforeTheEnd(t *testing.T) {
	said := make(chan struct{}, 1)
	address := filepath.Join(t.TempDir(), "clamd")
	s := newScanner(t, "unix", address, nil)
	fakeAt(t, "unix", address, func(c net.Conn) {
		receive(c, 1)
		_, _ = io.WriteString(c, "stream: OK\x00")
		said <- struct{}{}
		gone(c)
	})
	for range rounds.Of(300, 3000) {
		o, err := s.Validate(t.Context(), &upload.Incoming{Size: -1})
		require.NoError(t, err)
		_, err = o.Write([]byte("a"))
		require.NoError(t, err)
		<-said
		require.ErrorIs(t, o.Verdict(), upload.CodeCheckFailed)
		require.NoError(t, o.(io.Closer).Close())
	}
	require.Zero(t, s.Busy())
}

// TestKnownSize checks that a known size is judged before clamd is used.
func TestKnownSize(t *testing.T) {
	s := newScanner(t, "tcp", freeAddress(t), &clamav.Options{MaxSize: 1000})
	for size, code := range map[int64]upload.Code{1001: upload.CodeNotScanned, 1000: upload.CodeCheckFailed, -1: upload.CodeCheckFailed} {
		in := &upload.Incoming{Size: size}
		_, err := s.Validate(t.Context(), in)
		require.ErrorIs(t, err, code)
		require.Equal(t, size == 1001, s.ValidateDeclaration(t.Context(), in) != nil)
	}
}
