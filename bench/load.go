package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airlock-go/upload/internal/corpus"
)

var insecure = &http.Client{Transport: &http.Transport{
	TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // servers of the benchmark's own
	MaxIdleConnsPerHost: 512,
}}

// result is what the load generator measured.
type result struct {
	Seconds  float64
	Statuses map[string]int
	Retries  int64
	Sent     int64 // bytes of bodies that were given to connections
}

// load sends uploads and prints a result.
func load(args []string) error {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	url := flags.String("url", "", "")
	n := flags.Int("n", 1, "uploads")
	at := flags.Int("c", 1, "at a time")
	size := flags.Int64("size", mib, "bytes of a file")
	rate := flags.Int64("rate", 0, "bytes a second of one client, 0 for no limit")
	chunked := flags.Bool("chunked", false, "without Content-Length")
	patient := flags.Bool("patient", false, "obey Retry-After")
	file := flags.String("file", "", "the kind of file; without it a PNG of exactly size bytes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	newForm, err := forms(*file, *size)
	if err != nil {
		return err
	}
	l := &loader{url: *url + "/upload", form: newForm, rate: *rate, chunked: *chunked, patient: *patient, statuses: map[string]int{}}
	begin := time.Now()
	l.run(*n, *at)
	return json.NewEncoder(os.Stdout).Encode(result{
		Seconds: time.Since(begin).Seconds(), Statuses: l.statuses, Retries: l.retries.Load(), Sent: l.sent.Load(),
	})
}

type loader struct {
	url              string
	form             func() (io.Reader, int64)
	rate             int64
	chunked, patient bool

	retries, sent atomic.Int64
	mu            sync.Mutex
	statuses      map[string]int
}

func (l *loader) run(n, at int) {
	turns := make(chan struct{}, at)
	var done sync.WaitGroup
	for range n {
		turns <- struct{}{}
		done.Go(func() {
			status := l.upload()
			<-turns
			l.mu.Lock()
			defer l.mu.Unlock()
			l.statuses[status]++
		})
	}
	done.Wait()
}

// upload sends one file, and a patient loader sends it again as often as it is refused as busy. It
// returns how that ended.
func (l *loader) upload() string {
	for {
		resp, err := l.post()
		if err != nil {
			return err.Error()
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if resp.StatusCode != http.StatusServiceUnavailable || !l.patient || err != nil {
			return strconv.Itoa(resp.StatusCode)
		}
		l.retries.Add(1)
		time.Sleep(time.Duration(seconds) * time.Second)
	}
}

func (l *loader) post() (*http.Response, error) {
	body, length := l.form()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, l.url, &paced{r: body, rate: l.rate, sent: &l.sent})
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", formType)
	if r.ContentLength = length; l.chunked {
		r.ContentLength = -1
	}
	return insecure.Do(r)
}

// burst is what a paced client sends at once.
const burst = 128 * kib

// paced reads no faster than rate. It does not catch up after a wait for the server, since a slow
// network does not either.
type paced struct {
	r    io.Reader
	rate int64
	sent *atomic.Int64
	left int       // of the burst
	next time.Time // when the next burst may begin
}

func (p *paced) Read(b []byte) (int, error) {
	if p.rate > 0 {
		if p.left == 0 {
			time.Sleep(time.Until(p.next))
			p.left, p.next = burst, time.Now().Add(time.Duration(burst*int64(time.Second)/p.rate))
		}
		b = b[:min(len(b), p.left)]
	}
	n, err := p.r.Read(b)
	p.left -= n
	p.sent.Add(int64(n))
	return n, err
}

// forms returns a function that makes a form with one file of that kind in the field "file".
func forms(kind string, size int64) (func() (io.Reader, int64), error) {
	if kind == "" {
		return func() (io.Reader, int64) { return form("a.png", "image/png", picture(size), size) }, nil
	}
	kinds := corpus.Kinds()
	i := slices.IndexFunc(kinds, func(c corpus.Kind) bool { return c.About == kind })
	if i < 0 {
		return nil, fmt.Errorf("no kind of file %q", kind)
	}
	c, content := kinds[i], kinds[i].Make(int(size))
	return func() (io.Reader, int64) {
		return form(c.Name, c.Type, bytes.NewReader(content), int64(len(content)))
	}, nil
}

// boundary is as long as those of Chrome and Safari. Those of Firefox, curl and Go are longer.
const boundary = "----WebKitFormBoundaryBenchBenchBench1"

const formType = "multipart/form-data; boundary=" + boundary

// form returns a form with one file, and its length.
func form(name, mediaType string, content io.Reader, size int64) (io.Reader, int64) {
	head := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\nContent-Type: " + mediaType + "\r\n\r\n"
	const tail = "\r\n--" + boundary + "--\r\n"
	return io.MultiReader(strings.NewReader(head), content, strings.NewReader(tail)), int64(len(head)) + size + int64(len(tail))
}

const chunkData = 256 * kib

// chunk is an IDAT chunk of random data. It is repeated in a large PNG, whose bytes then cost
// almost nothing to make.
var chunk = sync.OnceValue(func() []byte { return idat(chunkData) })

func idat(n int) []byte {
	b := make([]byte, 12+n)
	binary.BigEndian.PutUint32(b, uint32(n)) //nolint:gosec // small
	copy(b[4:], "IDAT")
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(b[8 : 8+n])
	binary.BigEndian.PutUint32(b[8+n:], crc32.ChecksumIEEE(b[4:8+n]))
	return b
}

var (
	pngHead = chunkOf("\x89PNG\r\n\x1a\n", "IHDR", "\x00\x00\x10\x00\x00\x00\x10\x00\x08\x02\x00\x00\x00")
	pngTail = chunkOf("", "IEND", "")
)

func chunkOf(before, name, data string) []byte {
	b := binary.BigEndian.AppendUint32([]byte(before), uint32(len(data))) //nolint:gosec // small
	start := len(b)
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// picture returns a PNG of size bytes, whose chunks are well-formed.
func picture(size int64) io.Reader {
	rest := size - int64(len(pngHead)+len(pngTail))
	if rest < 12 {
		panic(fmt.Sprintf("a PNG cannot have %d bytes", size))
	}
	readers := []io.Reader{bytes.NewReader(pngHead)}
	for ; rest >= int64(len(chunk()))+12; rest -= int64(len(chunk())) {
		readers = append(readers, bytes.NewReader(chunk()))
	}
	for rest > int64(len(chunk())) { // the last two share the rest
		readers = append(readers, bytes.NewReader(idat(int(rest/2)-12)))
		rest -= rest / 2
	}
	readers = append(readers, bytes.NewReader(idat(int(rest)-12)), bytes.NewReader(pngTail))
	return io.MultiReader(readers...)
}
