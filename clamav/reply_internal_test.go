package clamav

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

func TestVerdictOf(t *testing.T) {
	for reply, want := range map[string]storage.ScanResult{
		"stream: OK":                                            storage.ScanClean,
		"stream: Win.Test.EICAR_HDB-1 FOUND":                    storage.ScanInfected,
		"stream: Test.EICAR.UNOFFICIAL(44d88612:68) FOUND":      storage.ScanInfected,
		"stream: My.Heuristics.Encrypted.Zip FOUND":             storage.ScanInfected,
		"stream:  FOUND":                                        storage.ScanInfected,
		"stream: Heuristics.Limits.Exceeded FOUND":              storage.ScanTooLarge,
		"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND": storage.ScanTooLarge,
		"INSTREAM size limit exceeded. ERROR":                   storage.ScanTooLarge,
		"stream: Heuristics.Encrypted.PDF FOUND":                storage.ScanEncrypted,
		"stream: Heuristics.OLE2.ContainsMacros FOUND":          storage.ScanSuspicious,
		"stream: Heuristics.Phishing.Email.SpoofedDomain FOUND": storage.ScanSuspicious,
		"stream: PUA.Win.Packer.Upx-4 FOUND":                    storage.ScanSuspicious,
		"stream: OK FOUND":                                      storage.ScanInfected,
		"stream: Can't allocate memory ERROR":                   storage.ScanFailed,
		"stream: FOUND":                                         storage.ScanFailed,
		"FOUND":                                                 storage.ScanFailed,
		"OK":                                                    storage.ScanFailed,
		"STREAM: OK":                                            storage.ScanFailed,
		"1: stream: OK":                                         storage.ScanFailed,
		"":                                                      storage.ScanFailed,
	} {
		got, cause := verdictOf(reply)
		require.Equal(t, want, got, reply)
		require.Error(t, cause)
	}
}

// FuzzReply checks that only one answer is clean, and that an incomplete or too long answer is an
// error.
func FuzzReply(f *testing.F) {
	for _, seed := range []string{"stream: OK\x00", "stream: OK", "stream: X FOUND\x00", "\x00", strings.Repeat("a", maxReply+1)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		reply, err := readReply(bytes.NewReader(sent))
		end := bytes.IndexByte(sent, 0)
		if (err == nil) != (end >= 0 && end < maxReply) {
			t.Fatalf("%q: %v", sent, err)
		}
		if err != nil {
			return
		}
		v, _ := verdictOf(reply)
		if (v == storage.ScanClean) != bytes.HasPrefix(sent, []byte("stream: OK\x00")) {
			t.Fatalf("%q is %s", sent, v)
		}
		if (upload.ScanError(v, nil) == nil) != (v == storage.ScanClean) {
			t.Fatal(v)
		}
	})
}
