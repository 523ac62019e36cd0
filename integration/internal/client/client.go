// Package client provides clients of an upload: those of package uploadtest, with additions for the
// tests here, and curl.
package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/airlock-go/upload/uploadtest"
)

// Content is uploadtest's.
type Content = uploadtest.Content

// Part is uploadtest's.
type Part = uploadtest.Part

// Form is uploadtest's.
type Form = uploadtest.Form

// Answer is uploadtest's.
type Answer = uploadtest.Answer

// Conn is uploadtest's.
type Conn = uploadtest.Conn

// PNG returns a real image of exactly size bytes, or a small one if size is 0. Each size above 0
// is made once, when it is first read, since that takes long under the race detector.
func PNG(size int) Content {
	if size == 0 {
		return uploadtest.PNG(0)
	}
	c, made := pictures.Load(size)
	if !made {
		whole := sync.OnceValue(func() Content { return uploadtest.PNG(size) })
		c, _ = pictures.LoadOrStore(size, Content{Size: int64(size), Open: func() io.Reader { return whole().Open() }})
	}
	return c.(Content)
}

// pictures are those of [PNG], by their sizes.
var pictures sync.Map

// Bytes returns content that is held in memory.
func Bytes(b []byte) Content { return uploadtest.Bytes(b) }

// Text returns size bytes of plain text.
func Text(size int64) Content {
	return uploadtest.Repeat("The quick brown fox jumps over the lazy dog, 1234567890 times.\n", size)
}

// Zeros returns size zero bytes.
func Zeros(size int64) Content { return uploadtest.Repeat("\x00", size) }

// Executable returns size bytes that begin like a Windows program.
func Executable(size int64) Content {
	const head = "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
	rest := uploadtest.Repeat("\x00\x01\x02\x03\xfe\xff\x80\x90", size)
	return Content{Size: size, Open: func() io.Reader {
		return io.LimitReader(io.MultiReader(strings.NewReader(head), rest.Open()), size)
	}}
}

// Slowly returns the content c with slow reads: at most ten a second, each of at most a tenth of
// rate, which is in bytes a second, or of one byte.
func Slowly(c Content, rate int) Content {
	return Content{Size: c.Size, Open: func() io.Reader { return &slow{r: c.Open(), rate: rate} }}
}

type slow struct {
	r    io.Reader
	rate int
}

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(time.Second / 10)
	return s.r.Read(p[:min(len(p), max(1, s.rate/10))])
}

// File returns a file in the field "file".
func File(name string, c Content) Part { return uploadtest.File("file", name, c) }

// Value returns a text field.
func Value(field, value string) Part { return uploadtest.Text(field, value) }

// Dialer dials with a send buffer of 64 KiB, like [Dial].
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

// Dial begins a POST of the form to path. The Content-Length is length, or the form's own if length
// is 0; -1 sends the form chunked.
func Dial(addr, path string, f Form, length int64, header ...string) (*Conn, error) {
	return uploadtest.Dial(request("http://"+addr+path, f, length, header))
}

// Post sends the form with Go's client, with Content-Length unless chunked. A missing answer is an
// error, and does not end the test.
func Post(ctx context.Context, c *http.Client, url string, f Form, chunked bool, header ...string) (*Answer, error) {
	length := int64(0)
	if chunked {
		length = -1
	}
	return uploadtest.Do(c, request(url, f, length, header).WithContext(ctx))
}

// Put sends the file as the whole body of a PUT to url with the file's name appended, like [Post].
func Put(ctx context.Context, c *http.Client, url string, file Part, chunked bool, header ...string) (*Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, url+file.Name, file.Content.Open())
	if err != nil {
		return nil, err
	}
	r.ContentLength = file.Content.Size
	if chunked {
		r.ContentLength = -1
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return uploadtest.Do(c, r)
}

func request(url string, f Form, length int64, header []string) *http.Request {
	r := uploadtest.NewRequest(url, f...)
	if length != 0 {
		r.ContentLength = length
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}
