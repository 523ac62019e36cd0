package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/storage"
)

// kind is a kind of client.
type kind struct {
	name   string
	weight int
	do     func(ctx context.Context, w *world, rng *rand.Rand) (outcome string, err error)
}

// kinds are all kinds of clients. Their outcomes are counted; an error is a broken promise.
var kinds = []kind{
	{"a picture", 30, posts(picture, 201)},
	{"a text", 20, posts(text, 201)},
	{"two files", 8, posts(func(rng *rand.Rand) client.Form { return append(picture(rng), text(rng)...) }, 201)},
	{"many parts", 3, posts(func(rng *rand.Rand) client.Form {
		return client.Form{client.File("a.txt", client.Text(int64(5*mib+rng.IntN(8*mib))))}
	}, 201)},
	{"slow", 5, posts(func(*rand.Rand) client.Form {
		return client.Form{client.File("a.txt", client.Slowly(client.Text(96<<10), 32<<10))}
	}, 201)},
	{"not what its name says", 8, posts(func(*rand.Rand) client.Form {
		return client.Form{client.File("a.png", client.Bytes([]byte("<html><script>alert(1)</script>")))}
	}, 415)},
	{"too large", 4, posts(func(*rand.Rand) client.Form {
		return client.Form{client.File("a.txt", client.Text(3*maxFileSize))}
	}, 413)},
	{"broken inside", 5, posts(func(*rand.Rand) client.Form {
		c := client.PNG(8 << 10)
		return client.Form{client.File("a.png", client.Content{Size: c.Size - 20, Open: func() io.Reader { return io.LimitReader(c.Open(), c.Size-20) }})}
	}, 422)},
	{"a good and a bad file", 5, posts(func(rng *rand.Rand) client.Form {
		return append(picture(rng), client.File("a.txt", client.Executable(20<<10)))
	}, 415)},
	{"the application fails", 8, posts(func(rng *rand.Rand) client.Form {
		return append(client.Form{client.Value("fail", "1")}, text(rng)...)
	}, 500)},
	{"stalls", 3, stalls},
	{"leaves", 10, leaves},
	{"direct", 8, direct},
	{"direct, never confirmed", 3, directAbandoned},
	{"direct, not what it says", 3, directBad},
}

func picture(rng *rand.Rand) client.Form {
	return client.Form{client.File("a.png", client.PNG(4<<10+rng.IntN(100<<10)))}
}

func text(rng *rand.Rand) client.Form {
	return client.Form{client.File("a.txt", client.Text(1+int64(rng.IntN(200<<10))))}
}

// client runs one client after another, until ctx ends. The last one runs to its end.
func (w *world) client(ctx context.Context, rng *rand.Rand) {
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	for sleep(ctx, time.Duration(rng.IntN(800))*time.Millisecond) {
		n := rng.IntN(total)
		i := slices.IndexFunc(kinds, func(k kind) bool { n -= k.weight; return n < 0 })
		outcome, err := kinds[i].do(context.WithoutCancel(ctx), w, rng)
		if err != nil {
			w.violation("%s: %v", kinds[i].name, err)
		}
		w.count(kinds[i].name, outcome)
	}
}

// posts returns a client that sends a form and requires the status, or one that [world.judge] also
// accepts.
func posts(form func(*rand.Rand) client.Form, want int) func(context.Context, *world, *rand.Rand) (string, error) {
	return func(ctx context.Context, w *world, rng *rand.Rand) (string, error) {
		f := form(rng)
		a, err := client.Post(ctx, w.http, w.url+"/upload", f, rng.IntN(4) == 0)
		if err != nil {
			return "no answer", err
		}
		return w.judge(a, want, f)
	}
}

// judge records the files that an answer acknowledges. It returns an error for a status other than
// want, except 502 and 503, by which an upload is refused while S3 fails.
func (w *world) judge(a *client.Answer, want int, f client.Form) (string, error) {
	outcome := strconv.Itoa(a.Status)
	switch {
	case a.Status == http.StatusCreated && want == http.StatusCreated:
		files := slices.DeleteFunc(slices.Clone(f), func(p client.Part) bool { return p.Name == "" })
		if len(a.Files) != len(files) {
			return outcome, fmt.Errorf("%d files were sent, and %d acknowledged: %s", len(files), len(a.Files), a.Body)
		}
		for i, file := range a.Files {
			w.acknowledged(file.Key, files[i].Content.SHA256())
		}
	case a.Status == want, a.Status == http.StatusBadGateway, a.Status == http.StatusServiceUnavailable:
	default:
		return outcome, errors.New(outcome + " instead of " + strconv.Itoa(want) + ": " + string(a.Body))
	}
	return outcome, nil
}

// stalls sends a part of a file and nothing more.
func stalls(_ context.Context, w *world, rng *rand.Rand) (string, error) {
	c, err := w.dial(client.Text(100<<10), rng)
	if err != nil {
		return "no connection", err
	}
	defer c.Close()
	a, err := c.Answer(40 * time.Second)
	if err != nil {
		return "no answer", err
	}
	return w.judge(a, http.StatusRequestTimeout, nil)
}

// leaves sends a part of a file and closes the connection, in one of two cases by a reset.
func leaves(_ context.Context, w *world, rng *rand.Rand) (string, error) {
	c, err := w.dial(client.Text(int64(100<<10+rng.IntN(12*mib))), rng)
	if err != nil {
		return "no connection", err
	}
	if rng.IntN(2) == 0 {
		c.Reset()
		return "reset", nil
	}
	c.Close()
	return "closed", nil
}

// dial opens a connection, and sends between a byte and nearly all of a form.
func (w *world) dial(c client.Content, rng *rand.Rand) (*client.Conn, error) {
	form := client.Form{client.File("a.txt", c)}
	length := int64(0)
	if rng.IntN(3) == 0 {
		length = -1
	}
	conn, err := client.Dial(strings.TrimPrefix(w.url, "http://"), "/upload", form, length)
	if err != nil {
		return nil, err
	}
	_ = conn.Send(1 + rng.Int64N(form.Size()-100)) // the server may refuse it meanwhile
	return conn, nil
}

// errDirect reports a failure of a direct upload that is allowed, since S3 may have caused it.
var errDirect = errors.New("S3 failed")

// direct sends a file straight to S3, in one request or in parts, and confirms it.
func direct(ctx context.Context, w *world, rng *rand.Rand) (string, error) {
	size := 1 + rng.IntN(200<<10)
	if rng.IntN(5) == 0 {
		size = 6*mib + rng.IntN(6*mib)
	}
	content := client.Text(int64(size))
	token, err := w.sendDirect(ctx, "a.txt", content)
	if err != nil {
		return "not sent", ignore(err)
	}
	return w.confirm(ctx, token, http.StatusCreated, content)
}

func directAbandoned(ctx context.Context, w *world, rng *rand.Rand) (string, error) {
	_, err := w.sendDirect(ctx, "a.txt", client.Text(int64(1+rng.IntN(6*mib))))
	return "abandoned", ignore(err)
}

func directBad(ctx context.Context, w *world, _ *rand.Rand) (string, error) {
	content := client.Bytes([]byte("<html><script>alert(1)</script>"))
	token, err := w.sendDirect(ctx, "a.txt", content)
	if err != nil {
		return "not sent", ignore(err)
	}
	return w.confirm(ctx, token, http.StatusUnsupportedMediaType, content)
}

func ignore(err error) error {
	if errors.Is(err, errDirect) {
		return nil
	}
	return err
}

// sendDirect requests a ticket and sends the file accordingly.
func (w *world) sendDirect(ctx context.Context, name string, c client.Content) (token string, err error) {
	var t upload.Ticket
	if err := w.step(ctx, "", map[string]any{"field": "file", "name": name, "size": c.Size}, &t); err != nil {
		return "", err
	}
	if t.Parts == 0 {
		return t.Token, w.put(ctx, t.SignedRequest, c, 0, c.Size)
	}
	for i := range t.Parts {
		var part storage.SignedRequest
		if err := w.step(ctx, "part", map[string]any{"token": t.Token, "partNumber": i + 1}, &part); err != nil {
			return "", err
		}
		from := int64(i) * t.PartSize
		if err := w.put(ctx, &part, c, from, min(t.PartSize, c.Size-from)); err != nil {
			return "", err
		}
	}
	return t.Token, nil
}

// put sends bytes of c to S3. It reports every failure there as errDirect.
func (w *world) put(ctx context.Context, s *storage.SignedRequest, c client.Content, from, n int64) error {
	b := make([]byte, from+n)
	if _, err := io.ReadFull(c.Open(), b); err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, s.Method, s.URL, bytes.NewReader(b[from:]))
	if err != nil {
		return err
	}
	for k, v := range s.Headers {
		r.Header.Set(k, v)
	}
	resp, err := w.http.Do(r)
	if err != nil {
		return errors.Join(errDirect, err)
	}
	_ = resp.Body.Close()
	// An earlier attempt may have stored it.
	if resp.StatusCode/100 == 2 || resp.StatusCode == http.StatusPreconditionFailed {
		return nil
	}
	return errDirect
}

// confirm confirms like clients that try again when S3 fails or the server is busy.
func (w *world) confirm(ctx context.Context, token string, want int, c client.Content) (string, error) {
	var a client.Answer
	for range 5 {
		err := w.ask(ctx, "/tickets/confirm", map[string]string{"token": token}, &a)
		var refused *statusError
		switch {
		case err == nil:
			a.Status = http.StatusCreated
		case errors.As(err, &refused):
			a.Status, a.Body = refused.status, []byte(refused.body)
		default:
			return "no answer", err
		}
		if a.Status < http.StatusInternalServerError {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	switch a.Status { // an earlier try may have removed the file
	case http.StatusConflict, http.StatusNotFound:
		return strconv.Itoa(a.Status), nil
	}
	return w.judge(&a, want, client.Form{client.File("a.txt", c)})
}

// step makes a step of a direct upload.
func (w *world) step(ctx context.Context, path string, v, out any) error {
	err := w.ask(ctx, "/tickets/"+path, v, out)
	var refused *statusError
	if errors.As(err, &refused) && refused.status >= http.StatusBadGateway {
		return errDirect
	}
	return err
}
