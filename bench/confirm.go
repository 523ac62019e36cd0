package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3store"
)

// timed is how long something took, and the CPU time of the application meanwhile.
type timed struct{ wall, cpu time.Duration }

func timing(do func() error) (t timed, err error) {
	begin, before := time.Now(), processorTime()
	err = do()
	return timed{time.Since(begin), processorTime() - before}, err
}

// The rows of the table.
const (
	rowGet     = "one GET"
	rowCopy    = "one copy within the gateway"
	rowBoth    = "both"
	rowConfirm = "Confirm"
	rowOwn     = "Confirm, without the time in which parts are assembled"
)

// assembling sums the time in which S3 assembles parts. Such calls come one at a time, so it needs
// no lock.
type assembling struct {
	http.RoundTripper
	time time.Duration
}

func (a *assembling) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || !r.URL.Query().Has("uploadId") {
		return a.RoundTripper.RoundTrip(r)
	}
	begin := time.Now()
	defer func() { a.time += time.Since(begin) }()
	return a.RoundTripper.RoundTrip(r)
}

// confirm confirms files of 1 GiB, divided by the scale, that were sent in parts. It compares the
// time with the least that any check takes: reading the object once, and copying it once.
func (b *bench) confirm() error {
	size := gib / b.scale
	c, err := newConfirming(size)
	if err != nil {
		return err
	}
	defer c.gateway.stop()
	samples := map[string][]timed{}
	for round := range b.repeats + 1 { // the first one warms up
		m, err := c.round()
		if err != nil {
			return err
		}
		for row, t := range m {
			if round > 0 {
				samples[row] = append(samples[row], t)
			}
		}
	}
	b.out.section("Confirm: one file of %d MiB on versitygw", size/mib)
	fmt.Fprint(&b.out.b, `A client has sent the file in parts.
Confirm makes an object of them, reads it through the validators, and publishes a copy.
To assemble parts, versitygw copies them all: once when it makes the object, and once when it publishes the copy.
The GET and the copy are of the published object, by the SDK, one after the other; nothing is checked.
CPU time is that of the application alone.

`)
	b.out.table("What", "Seconds", "range", "× "+rowBoth, "CPU s")
	both := median(seconds(samples[rowBoth]))
	for _, row := range []string{rowGet, rowCopy, rowBoth, rowConfirm, rowOwn} {
		wall := seconds(samples[row])
		var cpu []float64
		for _, t := range samples[row] {
			cpu = append(cpu, t.cpu.Seconds())
		}
		b.out.row(row, fmt.Sprintf("%.2f", median(wall)), fmt.Sprintf("%.2f – %.2f", slices.Min(wall), slices.Max(wall)),
			fmt.Sprintf("%.2f", median(wall)/both), fmt.Sprintf("%.2f", median(cpu)))
	}
	return nil
}

func seconds(samples []timed) (list []float64) {
	for _, t := range samples {
		list = append(list, t.wall.Seconds())
	}
	return list
}

// confirming is an application whose clients send to a gateway.
type confirming struct {
	gateway   *gateway
	client    *s3.Client
	assembled *assembling
	store     *s3store.Store
	presigner *upload.Presigner
	size      int64
}

func newConfirming(size int64) (*confirming, error) {
	g, err := startGateway()
	if err != nil {
		return nil, err
	}
	c := &confirming{gateway: g, size: size}
	c.client = s3.New(client(g.url).Options(), func(o *s3.Options) {
		direct := o.HTTPClient.(*http.Client)
		c.assembled = &assembling{RoundTripper: direct.Transport}
		o.HTTPClient = &http.Client{Transport: c.assembled}
	})
	if err := c.open(); err != nil {
		g.stop()
		return nil, err
	}
	return c, nil
}

func (c *confirming) open() error {
	if _, err := c.client.CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: aws.String(bucket)}); err != nil {
		return err
	}
	var err error
	c.store, err = s3store.New(c.client, bucket, &s3store.Options{CallTimeout: 5 * time.Minute, Profile: s3store.Profile{InsecureNoCopyGuard: true}})
	if err != nil {
		return err
	}
	h, err := upload.New(c.store, policy(), upload.AllowAnonymous, &upload.Options{
		CommitTimeout: 5 * time.Minute, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	c.presigner, err = upload.NewPresigner(h, [][]byte{make([]byte, 32)}, &upload.PresignOptions{MaxFileSize: 8 * gib, SingleSize: mib})
	return err
}

// round sends a file, and measures its confirmation, a GET of it and a copy.
func (c *confirming) round() (map[string]timed, error) {
	token, err := c.send()
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	var f upload.File
	before := c.assembled.time
	confirmed, err := timing(func() (err error) {
		f, err = c.presigner.Confirm(httptest.NewRecorder(), request(), token, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	own := timed{confirmed.wall - (c.assembled.time - before), confirmed.cpu}
	got, err := timing(func() error { return c.get(ctx, f.Key) })
	if err != nil {
		return nil, err
	}
	copied, err := timing(func() error { return c.copy(ctx, f.Key, "copy") })
	if err != nil {
		return nil, err
	}
	for _, key := range []string{f.Key, "copy"} {
		if err := c.store.Delete(ctx, key); err != nil {
			return nil, err
		}
	}
	return map[string]timed{
		rowConfirm: confirmed, rowOwn: own, rowGet: got, rowCopy: copied,
		rowBoth: {got.wall + copied.wall, got.cpu + copied.cpu},
	}, nil
}

func request() *http.Request { return httptest.NewRequest(http.MethodPost, "/", nil) }

// send takes the steps of a client up to the confirmation.
func (c *confirming) send() (token string, err error) {
	t, err := c.presigner.Sign(request(), upload.Declaration{Field: "file", Name: "a.png", Size: c.size})
	if err != nil {
		return "", err
	}
	content, left := picture(c.size), c.size
	for number := 1; number <= t.Parts; number++ {
		signed, err := c.presigner.SignPart(request(), t.Token, number)
		if err != nil {
			return "", err
		}
		n := min(left, t.PartSize)
		left -= n
		r, err := http.NewRequestWithContext(context.Background(), signed.Method, signed.URL, io.LimitReader(content, n))
		if err != nil {
			return "", err
		}
		r.ContentLength = n
		for name, value := range signed.Headers {
			r.Header.Set(name, value)
		}
		resp, err := insecure.Do(r)
		if err != nil {
			return "", err
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return "", fmt.Errorf("part %d: %s", number, resp.Status)
		}
	}
	return t.Token, nil
}

func (c *confirming) get(ctx context.Context, key string) error {
	out, err := c.client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &key})
	if err != nil {
		return err
	}
	defer func() { _ = out.Body.Close() }()
	_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, out.Body, make([]byte, 64*kib))
	return err
}

func (c *confirming) copy(ctx context.Context, from, to string) error {
	_, err := c.client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: aws.String(bucket), Key: &to, CopySource: aws.String(bucket + "/" + from),
	})
	return err
}
