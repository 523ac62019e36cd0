package clamav

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

func TestVerdictOf(t *testing.T) {
	for reply, want := range map[string]upload.Verdict{
		"stream: OK":                                            upload.VerdictClean,
		"stream: Win.Test.EICAR_HDB-1 FOUND":                    upload.VerdictInfected,
		"stream: Test.EICAR.UNOFFICIAL(44d88612:68) FOUND":      upload.VerdictInfected,
		"stream: My.Heuristics.Encrypted.Zip FOUND":             upload.VerdictInfected,
		"stream:  FOUND":                                        upload.VerdictInfected,
		"stream: Heuristics.Limits.Exceeded FOUND":              upload.VerdictTooLarge,
		"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND": upload.VerdictTooLarge,
		"INSTREAM size limit exceeded. ERROR":                   upload.VerdictTooLarge,
		"stream: Heuristics.Encrypted.PDF FOUND":                upload.VerdictEncrypted,
		"stream: Heuristics.OLE2.ContainsMacros FOUND":          upload.VerdictSuspicious,
		"stream: Heuristics.Phishing.Email.SpoofedDomain FOUND": upload.VerdictSuspicious,
		"stream: PUA.Win.Packer.Upx-4 FOUND":                    upload.VerdictSuspicious,
		"stream: OK FOUND":                                      upload.VerdictInfected,
		"stream: Can't allocate memory ERROR":                   upload.VerdictFailed,
		"stream: FOUND":                                         upload.VerdictFailed,
		"FOUND":                                                 upload.VerdictFailed,
		"OK":                                                    upload.VerdictFailed,
		"STREAM: OK":                                            upload.VerdictFailed,
		"1: stream: OK":                                         upload.VerdictFailed,
		"":                                                      upload.VerdictFailed,
	} {
		got, cause := verdictOf(reply)
		require.Equal(t, want, got, reply)
		require.Error(t, cause)
	}
}

// FuzzReply: of all that can come, one answer is clean, and what is not whole, or
// longer than is read, is none.
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
		if (v == upload.VerdictClean) != bytes.HasPrefix(sent, []byte("stream: OK\x00")) {
			t.Fatalf("%q is %s", sent, v)
		}
		if (upload.ScanError(v, nil) == nil) != (v == upload.VerdictClean) {
			t.Fatal(v)
		}
	})
}
