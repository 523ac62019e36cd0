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

// readReply reads an answer to its NUL, without which it is not complete.
func readReply(r io.Reader) (string, error) {
	line, err := bufio.NewReaderSize(r, maxReply).ReadSlice(0)
	if err != nil {
		return "", fmt.Errorf("clamd's answer does not end: %q: %w", line[:min(len(line), 64)], err)
	}
	return string(line[:len(line)-1]), nil
}

// verdictOf parses the answer to INSTREAM. Any other answer without FOUND is a failed scan. The
// error is never nil. It is for the log: it quotes the answer, which may have a signature's name.
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

// kinds are the meanings of "FOUND" other than malware, by the beginning of the signature's name;
// the first match counts.
var kinds = []struct {
	prefix  string
	verdict storage.ScanResult
}{
	{"Heuristics.Limits.Exceeded", storage.ScanTooLarge},
	{"Heuristics.Encrypted.", storage.ScanEncrypted},
	{"Heuristics.", storage.ScanSuspicious},
	{"PUA.", storage.ScanSuspicious},
}
