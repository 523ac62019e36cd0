package clamav

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/airlock-go/upload/storage"
)

// maxReply is the longest answer that is read, in bytes.
const maxReply = 4 << 10

// readReply reads an answer to its NUL, without which it is not whole.
func readReply(r io.Reader) (string, error) {
	line, err := bufio.NewReaderSize(r, maxReply).ReadSlice(0)
	if err != nil {
		return "", fmt.Errorf("an answer of clamd that does not end: %q: %w", line[:min(len(line), 64)], err)
	}
	return string(line[:len(line)-1]), nil
}

// verdictOf understands the answer to INSTREAM. Whatever it does not know is a
// scan that failed. The cause is for the log and holds the signature's name.
func verdictOf(reply string) (storage.ScanResult, error) {
	cause := fmt.Errorf("clamav: clamd answered %q", reply)
	name, found := strings.CutSuffix(strings.TrimPrefix(reply, "stream: "), " FOUND")
	switch {
	case reply == "stream: OK":
		return storage.ScanClean, cause
	case strings.HasPrefix(reply, "INSTREAM size limit exceeded"):
		return storage.ScanTooLarge, cause
	case !found:
		return storage.ScanFailed, cause
	}
	for _, kind := range kinds {
		if strings.HasPrefix(name, kind.prefix) {
			return kind.verdict, cause
		}
	}
	return storage.ScanInfected, cause
}

// kinds are what "FOUND" stands for besides malware, by the beginning of the
// signature's name; the first that fits counts.
var kinds = []struct {
	prefix  string
	verdict storage.ScanResult
}{
	{"Heuristics.Limits.Exceeded", storage.ScanTooLarge},
	{"Heuristics.Encrypted.", storage.ScanEncrypted},
	{"Heuristics.", storage.ScanSuspicious},
	{"PUA.", storage.ScanSuspicious},
}
