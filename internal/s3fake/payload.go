package s3fake

import (
	"bufio"
	"crypto/md5" //nolint:gosec // ETags are MD5
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/maphash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// payload reads a body and unwraps the aws-chunked encoding that the SDK uses over TLS. It compares
// the body with the length, the CRC32 and the SHA-256 that were sent along.
func payload(r *http.Request) ([]byte, error) {
	var body []byte
	var err error
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body, err = unchunk(r)
	} else {
		body, err = plain(r)
	}
	if err != nil {
		return nil, err
	}
	if want := checksum(r); want != "" && want != crc(body) {
		return nil, fmt.Errorf("CRC32 %s, not %s", crc(body), want)
	}
	if want := r.Header.Get("X-Amz-Checksum-Sha256"); want != "" && r.Header.Get("X-Amz-Copy-Source") == "" && want != sha(body) {
		return nil, fmt.Errorf("SHA-256 %s, not %s", sha(body), want)
	}
	return body, nil
}

// plain reads a body as it is. It allocates a known length at once, since tests send large bodies.
func plain(r *http.Request) ([]byte, error) {
	if r.ContentLength < 0 {
		return io.ReadAll(r.Body)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	return body, err
}

// unchunk reads chunks of any size up to an empty one, and the trailer.
func unchunk(r *http.Request) ([]byte, error) {
	in := bufio.NewReader(r.Body)
	var body []byte
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseInt(strings.TrimSpace(line), 16, 64)
		if err != nil {
			return nil, err
		}
		if size == 0 {
			break
		}
		chunk := make([]byte, size+2) // and CR LF
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, err
		}
		body = append(body, chunk[:size]...)
	}
	trailer, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	name, value, _ := strings.Cut(strings.TrimSpace(string(trailer)), ":")
	r.Header.Set(name, value)
	if want := r.Header.Get("X-Amz-Decoded-Content-Length"); want != strconv.Itoa(len(body)) {
		return nil, errors.New("decoded length is not " + want)
	}
	return body, nil
}

func checksum(r *http.Request) string { return r.Header.Get("X-Amz-Checksum-Crc32") }

func crc(body []byte) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
}

func sha(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// seed is for the hashes in the ETags of large bodies.
var seed = maphash.MakeSeed()

// etag returns the MD5 of a body of at most 64 KiB, as S3 does: some tests use two small files with
// one MD5. Larger bodies get a hash that is many times faster.
func etag(body []byte) string {
	if len(body) > 64<<10 {
		return fmt.Sprintf(`"%016x%016x"`, maphash.Bytes(seed, body), len(body))
	}
	return fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum(body))) //nolint:gosec // ETags are MD5
}
