package resume_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing/iotest"
	"time"

	"github.com/airlock-go/upload"
)

// sender sends one file by tus, and cuts its own requests at random.
type sender struct {
	base    string // URL of creations
	content []byte
	name    string
	random  *rand.Rand

	url          string
	acknowledged int64
	requests     int
	cuts         int
}

// errRefused is the final answer for a file that must not be published.
var errRefused = errors.New("the file was refused")

// send sends the file until it is published or refused.
func (c *sender) send(ctx context.Context) (f upload.File, err error) {
	for err = errAgain; errors.Is(err, errAgain); pause(ctx) {
		if c.url == "" {
			err = c.create(ctx)
		} else {
			f, err = c.proceed(ctx)
		}
		if ctx.Err() != nil {
			return f, errors.Join(ctx.Err(), err)
		}
	}
	return f, err
}

// errAgain means that the client tries again: it creates the upload, or asks for its offset and
// goes on from there.
var errAgain = errors.New("again")

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(20 * time.Millisecond):
	}
}

// create creates the upload, in one of three cases with its first bytes.
func (c *sender) create(ctx context.Context) error {
	h := map[string]string{
		"Upload-Length":   strconv.Itoa(len(c.content)),
		"Upload-Metadata": "filename " + base64.StdEncoding.EncodeToString([]byte(c.name)),
	}
	var body []byte
	if c.random.IntN(3) == 0 {
		body = c.content[:c.random.IntN(len(c.content))]
	}
	got, err := c.do(ctx, http.MethodPost, c.base, h, body)
	if err != nil {
		return errAgain
	}
	if err := judged(got); err != nil {
		return err
	}
	if got.StatusCode != http.StatusCreated {
		return fmt.Errorf("creation: %d %s", got.StatusCode, got.text)
	}
	u, err := got.Request.URL.Parse(got.Header.Get("Location"))
	if err != nil {
		return err
	}
	c.url = u.String()
	c.acknowledged, _ = strconv.ParseInt(got.Header.Get("Upload-Offset"), 10, 64)
	return errAgain
}

// proceed asks for the offset, and sends some or all of the rest.
func (c *sender) proceed(ctx context.Context) (f upload.File, err error) {
	got, err := c.do(ctx, http.MethodHead, c.url, nil, nil)
	if err != nil {
		return f, errAgain
	}
	if err := judged(got); err != nil {
		return f, err
	}
	at, err := strconv.ParseInt(got.Header.Get("Upload-Offset"), 10, 64)
	switch {
	case got.StatusCode != http.StatusOK || err != nil:
		return f, fmt.Errorf("HEAD: %d, offset %q", got.StatusCode, got.Header.Get("Upload-Offset"))
	case at < c.acknowledged:
		return f, fmt.Errorf("of %d acknowledged bytes %d are left", c.acknowledged, at)
	case at == int64(len(c.content)):
		return c.published(ctx)
	}
	return c.patch(ctx, at)
}

func (c *sender) patch(ctx context.Context, at int64) (f upload.File, err error) {
	end := int64(len(c.content))
	if c.random.IntN(2) == 0 {
		end = at + 1 + c.random.Int64N(end-at)
	}
	got, err := c.do(ctx, http.MethodPatch, c.url, map[string]string{"Upload-Offset": strconv.FormatInt(at, 10)}, c.content[at:end])
	if err != nil {
		return f, errAgain
	}
	if err := judged(got); err != nil {
		return f, err
	}
	n, err := strconv.ParseInt(got.Header.Get("Upload-Offset"), 10, 64)
	switch {
	case got.StatusCode != http.StatusNoContent || err != nil:
		return f, fmt.Errorf("PATCH: %d %s", got.StatusCode, got.text)
	case n != end && (n != end-1 || end != int64(len(c.content))):
		return f, fmt.Errorf("bytes %d to %d were sent, and %d acknowledged", at, end, n)
	case n == int64(len(c.content)):
		return f, json.Unmarshal([]byte(got.Header.Get("Upload-File")), &f)
	}
	c.acknowledged = n
	return f, errAgain
}

// published asks which file was published, since this client has got no answer that names it.
func (c *sender) published(ctx context.Context) (f upload.File, err error) {
	got, err := c.do(ctx, http.MethodGet, c.url, nil, nil)
	if err != nil {
		return f, errAgain
	}
	if err := judged(got); err != nil {
		return f, err
	}
	var answer struct{ Files []upload.File }
	if err := json.Unmarshal(got.text, &answer); err != nil || len(answer.Files) != 1 {
		return f, fmt.Errorf("GET: %d %s", got.StatusCode, got.text)
	}
	return answer.Files[0], nil
}

// judged returns errAgain for the statuses after which the client tries again, errRefused for those
// after which it gives up, and nil for others.
func judged(a *answer) error {
	switch s := a.StatusCode; {
	case s == http.StatusConflict, s == http.StatusLocked, s >= 500:
		return errAgain
	case s == http.StatusUnsupportedMediaType, s == http.StatusUnprocessableEntity, s == http.StatusGone:
		return fmt.Errorf("%w: %s %d %s", errRefused, a.Request.Method, s, a.text)
	}
	return nil
}

type answer struct {
	*http.Response
	text []byte
}

var errCut = errors.New("cut")

// do sends one request. It cuts about a third of those with a body, in the body or up to 30 ms
// after its end. By then the answer may have come.
func (c *sender) do(ctx context.Context, method, url string, h map[string]string, body []byte) (*answer, error) {
	c.requests++
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	src := io.Reader(bytes.NewReader(body))
	switch how := c.random.IntN(6); {
	case len(body) == 0:
	case how == 0:
		c.cuts++
		src = io.MultiReader(bytes.NewReader(body[:c.random.IntN(len(body)+1)]), iotest.ErrReader(errCut))
	case how == 1:
		c.cuts++
		src = io.MultiReader(src, &leaving{cancel, time.Duration(c.random.IntN(30)) * time.Millisecond})
	}
	r, err := http.NewRequestWithContext(ctx, method, url, src)
	if err != nil {
		return nil, err
	}
	if r.ContentLength = int64(len(body)); len(body) == 0 {
		r.Body = http.NoBody
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	for name, value := range h {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return &answer{resp, text}, err
}

// leaving is the end of a body, a moment after which the client leaves.
type leaving struct {
	leave  func()
	moment time.Duration
}

func (l *leaving) Read([]byte) (int, error) {
	time.AfterFunc(l.moment, l.leave)
	return 0, io.EOF
}
