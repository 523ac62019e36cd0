package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// Answer is what a client was told. Of the JSON it holds what tests ask for.
type Answer struct {
	Status int
	Proto  string
	Header http.Header
	Body   []byte
	Sent   int64 // bytes of the request's body that were given to the connection

	Files []struct {
		Field, Name, Key, Type, SHA256, Code, Reason string
		Size                                         int64
	}
	Code, Detail string
}

// Dialer has a send buffer of 64 KiB. With the system's, which grows to several
// mebibytes, a client on the same machine hands over a good deal more than the
// server ever sees before it could notice an answer.
func Dialer(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if err := conn.(*net.TCPConn).SetWriteBuffer(64 << 10); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// Post sends the form with Go's client, with Content-Length unless chunked.
func Post(ctx context.Context, c *http.Client, url string, f Form, chunked bool, header ...string) (*Answer, error) {
	body := &counter{r: f.Body()}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", ContentType)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if !chunked {
		r.ContentLength = f.Size()
	}
	resp, err := c.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	a, err := newAnswer(resp)
	if err != nil {
		return nil, err
	}
	a.Sent = body.n.Load()
	return a, nil
}

func newAnswer(resp *http.Response) (*Answer, error) {
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("the answer %d is not whole: %w", resp.StatusCode, err)
	}
	a := &Answer{Status: resp.StatusCode, Proto: resp.Proto, Header: resp.Header, Body: b}
	switch resp.Header.Get("Content-Type") {
	case "application/json", "application/problem+json":
		if err := json.Unmarshal(b, a); err != nil {
			return nil, fmt.Errorf("the answer %d %q: %w", resp.StatusCode, b, err)
		}
	}
	return a, nil
}

type counter struct {
	r io.Reader
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
