package clean_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/inspect"
)

// seen is what an inspector answered.
type seen struct{ writes, verdict string }

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// inspectScanned cleans a JPEG file in pieces, and writes each to an inspector. If known, the
// inspector gets what the cleaner has scanned. inspectScanned returns the answers, and how many
// bytes the cleaner has scanned.
func inspectScanned(t testing.TB, file []byte, piece int, o clean.Options, known bool) (s seen, scanned int) {
	t.Helper()
	r := clean.NewReader(iotest.HalfReader(bytes.NewReader(file)), typeJPG, o)
	defer r.Close()
	g, passed := &inspect.JPEG{MotionPhotos: true}, &inspect.Scanned{}
	if known {
		g.Scanned = passed
	}
	buf, off := make([]byte, piece), int64(0)
	for {
		n, err := r.Read(buf)
		passed.At, passed.Bytes = r.Scanned()
		requireScanned(t, file, buf[:n], off, passed)
		scanned += len(passed.Bytes)
		_, refusal := g.Write(buf[:n])
		s.writes += textOf(refusal) + ";"
		if off += int64(n); err != nil {
			*passed = inspect.Scanned{}
			s.verdict = textOf(g.Verdict())
			return s, scanned
		}
	}
}

// requireScanned requires that s is empty, or is a part of p in which no scan ends. p is at offset
// off of the file.
func requireScanned(t testing.TB, file, p []byte, off int64, s *inspect.Scanned) {
	t.Helper()
	if len(s.Bytes) == 0 {
		return
	}
	require.LessOrEqual(t, off, s.At)
	require.LessOrEqual(t, int(s.At-off)+len(s.Bytes), len(p))
	require.Same(t, &p[s.At-off], &s.Bytes[0])
	for i := int(s.At); i < int(s.At)+len(s.Bytes); i++ {
		require.True(t, file[i] != 0xff || strings.IndexByte("\x00\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7", file[i+1]) >= 0, "at %d", i)
	}
}

// FuzzScanned compares inspectors with and without what the cleaner has scanned.
func FuzzScanned(f *testing.F) {
	scan := "scan\xff\x00bytes\xff\xd3\xff\x00"
	whole := jpegOf(f)
	long := append(append(whole[:len(whole)-2:len(whole)-2], strings.Repeat(scan, 30)+"\xff\xff\xff\x00more\xff\xff\xd1"...), 0xff, 0xd9)
	f.Add(whole, uint16(10), false)
	f.Add(long, uint16(100), false)
	f.Add(long[:len(long)-2], uint16(7), true)
	f.Add(append(long, long...), uint16(3000), false)
	f.Add(append(long[:len(long)-2:len(long)-2], "\xff\xc4\x00\x08pixels"+scan...), uint16(64), true)
	f.Fuzz(func(t *testing.T, file []byte, piece uint16, keep bool) {
		o := clean.Options{Keep: keep}
		without, _ := inspectScanned(t, file, int(piece)+1, o, false)
		with, _ := inspectScanned(t, file, int(piece)+1, o, true)
		require.Equal(t, without, with)
	})
}

// TestScanned checks that the cleaner reports nearly all of a scan, in small and in large pieces.
func TestScanned(t *testing.T) {
	t.Parallel()
	file := jpegOf(t)
	file = append(append(file[:len(file)-2:len(file)-2], strings.Repeat("scan bytes \xff\x00", 10_000)...), 0xff, 0xd9)
	for _, piece := range []int{100, 1001, 64 << 10} {
		_, scanned := inspectScanned(t, file, piece, clean.Options{}, true)
		require.Greater(t, scanned, 120_000, piece)
	}
}

// TestScannedElsewhere checks that an inspector itself searches bytes that lie in another buffer
// than those that were scanned.
func TestScannedElsewhere(t *testing.T) {
	t.Parallel()
	file := jpegOf(t)
	other := bytes.Clone(file)
	copy(other[len(other)-20:], "\xff\xc1")
	g := &inspect.JPEG{Scanned: &inspect.Scanned{Bytes: bytes.Clone(file)}}
	_, err := g.Write(other)
	require.Error(t, err)
}
