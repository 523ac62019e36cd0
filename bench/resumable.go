package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// The servers of resumable uploads.
const (
	resumed = "this library, resumable"
	tusd    = "tusd, its S3 store"
)

// resumable sends files by tus to this library and to tusd: uncut, cut once in the middle, and many
// at once. Both store to versitygw, through a proxy that counts requests.
func (b *bench) resumable() error {
	r, err := newResuming()
	if err != nil {
		return err
	}
	defer r.close()
	size := 512 * mib / b.scale
	b.out.section("Resumable: one file of %d MiB by tus, on versitygw", size/mib)
	b.out.text(resumableWords)
	b.out.table("Server", "The upload", "CPU s/GiB", "range", "× tusd", "S3 requests a GiB", "Seconds")
	for _, row := range []struct {
		name string
		cut  bool
	}{{"uncut", false}, {"cut once, in the middle", true}} {
		samples, err := r.compare(b.repeats, size, row.cut)
		if err != nil {
			return err
		}
		base := median(of(samples[tusd], resumedSample.cpuPerGiB))
		for _, kind := range []string{resumed, tusd} {
			cpu := of(samples[kind], resumedSample.cpuPerGiB)
			b.out.row(kind, row.name, fmt.Sprintf("%.2f", median(cpu)), fmt.Sprintf("%.2f – %.2f", slices.Min(cpu), slices.Max(cpu)),
				fmt.Sprintf("%.2f", median(cpu)/base), fmt.Sprintf("%.0f", median(of(samples[kind], resumedSample.callsPerGiB))),
				fmt.Sprintf("%.1f", median(of(samples[kind], func(s resumedSample) float64 { return s.wall.Seconds() }))))
		}
	}
	return r.many(b, int(200/b.scale), 20*mib)
}

const resumableWords = `The content is a PNG, sent by one request, or by two around a cut.
This library checks it as always; tusd checks nothing.
After a cut this library reads the stored file again, to check what came before the cut.
tusd publishes under the upload's own key, so it copies nothing.

`

// many sends files at once, each by one PATCH.
func (r *resuming) many(b *bench, n int, size int64) error {
	b.out.section("Resumable, many at once: %d uploads of %d MiB, on versitygw", n, size/mib)
	b.out.table("Server", "Peak RSS MiB", "Seconds", "CPU s/GiB")
	for _, kind := range []string{resumed, tusd} {
		p := r.servers[kind]
		if err := p.resetPeak(); err != nil {
			return err
		}
		failures := make(chan error, n)
		s, err := r.sample(p, int64(n)*size, func() error {
			var all sync.WaitGroup
			for range n {
				all.Go(func() { failures <- (&tusClient{url: p.url, size: size}).send(false) })
			}
			all.Wait()
			close(failures)
			var errs error
			for err := range failures {
				errs = errors.Join(errs, err)
			}
			return errs
		})
		if err != nil {
			return err
		}
		rss, err := p.peakRSS()
		if err != nil {
			return err
		}
		b.out.row(kind, rss/mib, fmt.Sprintf("%.1f", s.wall.Seconds()), fmt.Sprintf("%.2f", s.cpuPerGiB()))
		if err := r.empty(); err != nil {
			return err
		}
	}
	return nil
}

// resuming is both servers over one gateway.
type resuming struct {
	gateway *gateway
	proxy   *httptest.Server
	calls   atomic.Int64 // of servers to the gateway
	servers map[string]*process
}

func newResuming() (r *resuming, err error) {
	r = &resuming{servers: map[string]*process{}}
	if r.gateway, err = startGateway(); err != nil {
		return nil, err
	}
	to, _ := url.Parse(r.gateway.url)
	forward := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		r.calls.Add(1)
		p.SetURL(to)
		p.Out.Host = p.In.Host // which is signed
	}}
	r.proxy = httptest.NewServer(forward)
	_, err = client(r.gateway.url).CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: aws.String(bucket)})
	if err == nil {
		r.servers[resumed], err = start("serve", "-kind", resumed, "-s3", r.proxy.URL, "-max-wait", "5m")
	}
	if err == nil {
		r.servers[tusd], err = startTusd(r.gateway.dir, r.proxy.URL)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *resuming) close() {
	for _, p := range r.servers {
		p.stop()
	}
	r.proxy.Close()
	r.gateway.stop()
}

// compare sends one file to each server in turn, again and again.
func (r *resuming) compare(repeats int, size int64, cut bool) (map[string][]resumedSample, error) {
	samples := map[string][]resumedSample{}
	for round := range repeats + 1 { // the first one warms up
		for _, kind := range []string{resumed, tusd} {
			c := &tusClient{url: r.servers[kind].url, size: size}
			s, err := r.sample(r.servers[kind], size, func() error { return c.send(cut) })
			if err == nil {
				err = r.empty()
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
			if round > 0 {
				samples[kind] = append(samples[kind], s)
			}
		}
	}
	return samples, nil
}

// resumedSample is what uploads cost a server.
type resumedSample struct {
	wall, cpu time.Duration
	calls     int64
	bytes     int64
}

func (s resumedSample) cpuPerGiB() float64   { return s.cpu.Seconds() / float64(s.bytes) * gib }
func (s resumedSample) callsPerGiB() float64 { return float64(s.calls) / float64(s.bytes) * gib }

func of(samples []resumedSample, value func(resumedSample) float64) (list []float64) {
	for _, s := range samples {
		list = append(list, value(s))
	}
	return list
}

func (r *resuming) sample(p *process, size int64, do func() error) (s resumedSample, err error) {
	begin, before, calls := time.Now(), p.used(), r.calls.Load()
	err = do()
	return resumedSample{time.Since(begin), p.used() - before, r.calls.Load() - calls, size}, err
}

// empty removes all objects of the bucket.
func (r *resuming) empty() error {
	ctx, direct := context.Background(), client(r.gateway.url)
	for {
		out, err := direct.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
		if err != nil || len(out.Contents) == 0 {
			return err
		}
		for _, o := range out.Contents {
			if _, err := direct.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: o.Key}); err != nil {
				return err
			}
		}
	}
}
