package tus

import (
	"encoding/base64"
	"maps"
	"strings"
)

// MaxMetadata is the maximum length of an Upload-Metadata header in bytes. The URL of an upload
// contains its metadata.
const MaxMetadata = 2 << 10

// Metadata is what a client says about its file. None of it may be trusted.
type Metadata struct {
	Header string // as it was sent
	values map[string]string
}

// Get returns the first value of these keys that is not empty, or "".
func (m Metadata) Get(keys ...string) string {
	for _, key := range keys {
		if v := m.values[key]; v != "" {
			return v
		}
	}
	return ""
}

// Except returns all values except those of these keys.
func (m Metadata) Except(keys ...string) map[string]string {
	rest := maps.Clone(m.values)
	if rest == nil {
		return map[string]string{}
	}
	for _, key := range keys {
		delete(rest, key)
	}
	return rest
}

// Reread returns the metadata of a header that was read before.
func Reread(header string) (Metadata, error) { return parseMetadata([]string{header}) }

// parseMetadata reads pairs of a key and a value in base64, separated by commas. Keys are
// printable ASCII without spaces and commas, and unique. A value may be missing.
func parseMetadata(headers []string) (Metadata, error) {
	if len(headers) == 0 || len(headers) == 1 && headers[0] == "" {
		return Metadata{}, nil
	}
	if len(headers) > 1 || len(headers[0]) > MaxMetadata {
		return Metadata{}, bad("tus_metadata", "Upload-Metadata is too long, or there are several")
	}
	m := Metadata{Header: headers[0], values: map[string]string{}}
	for pair := range strings.SplitSeq(m.Header, ",") {
		key, encoded, _ := strings.Cut(strings.TrimPrefix(pair, " "), " ")
		if _, twice := m.values[key]; twice || !validKey(key) {
			return Metadata{}, bad("tus_metadata", "Upload-Metadata has a key that is not valid, or one twice")
		}
		value, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if err != nil || base64.StdEncoding.EncodedLen(len(value)) != len(encoded) { // the decoder ignores line breaks
			return Metadata{}, bad("tus_metadata", "Upload-Metadata has a value that is not in base64")
		}
		m.values[key] = string(value)
	}
	return m, nil
}

func validKey(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' })
}
