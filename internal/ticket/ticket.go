// Package ticket seals small pieces of data into tokens. Clients carry tokens, but cannot read, make
// or change one. Turns remembers what an instance has done with tickets.
package ticket

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

const (
	// MinSecret is the minimum length of a secret in bytes.
	MinSecret = 32
	// MaxToken is the maximum length of a token in bytes. Tokens are sent in paths and queries, for
	// which servers and proxies commonly allow 8 KiB.
	MaxToken = 3 << 10
)

// A token is base64url without padding of
//
//	version (1 byte) | id of the secret (8) | salt (16) | AES-256-GCM ciphertext and tag
//
// where everything before the ciphertext is authenticated with it. HKDF (RFC 5869) derives a key for
// each token from the secret, the salt and the purpose. So one secret can seal any practical number
// of tokens.
const (
	version    = 1
	idSize     = 8
	saltSize   = 16
	headerSize = 1 + idSize + saltSize
)

// domain keeps these keys apart from those that others derive from the same secret.
const domain = "airlock-go/upload ticket 1"

// ErrInvalid is returned for every token that cannot be opened, whatever the reason.
var ErrInvalid = errors.New("ticket: invalid token")

// Sealer seals with its first secret and opens what any of its secrets sealed. It is safe for
// concurrent use.
type Sealer struct {
	secrets []secret
	purpose string
}

type secret struct {
	id  [idSize]byte
	raw []byte
}

// New returns a Sealer. Tokens sealed for one purpose do not open for another.
func New(secrets [][]byte, purpose string) (*Sealer, error) {
	if len(secrets) == 0 {
		return nil, errors.New("ticket: no secret")
	}
	s := &Sealer{purpose: purpose}
	for _, raw := range secrets {
		if len(raw) < MinSecret {
			return nil, fmt.Errorf("ticket: secret of %d bytes; it must have at least %d", len(raw), MinSecret)
		}
		id, err := hkdf.Key(sha256.New, raw, nil, domain+" id", idSize)
		if err != nil {
			return nil, err
		}
		s.secrets = append(s.secrets, secret{id: [idSize]byte(id), raw: append([]byte(nil), raw...)})
	}
	return s, nil
}

// Seal returns a token that contains data. It fails if the token would be longer than MaxToken.
func (s *Sealer) Seal(data []byte) (string, error) {
	first := s.secrets[0]
	header := make([]byte, headerSize, headerSize+len(data)+16)
	header[0] = version
	copy(header[1:], first.id[:])
	rand.Read(header[1+idSize:])
	aead, err := s.aead(first, header[1+idSize:])
	if err != nil {
		return "", err
	}
	sealed := aead.Seal(header, make([]byte, aead.NonceSize()), data, header)
	token := base64.RawURLEncoding.EncodeToString(sealed)
	if len(token) > MaxToken {
		return "", fmt.Errorf("ticket: token of %d bytes; it may have %d", len(token), MaxToken)
	}
	return token, nil
}

// Open returns the data of a token that Seal returned, or [ErrInvalid].
func (s *Sealer) Open(token string) ([]byte, error) {
	if len(token) > MaxToken {
		return nil, ErrInvalid
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(sealed) < headerSize || sealed[0] != version ||
		base64.RawURLEncoding.EncodeToString(sealed) != token { // the decoder ignores line breaks
		return nil, ErrInvalid
	}
	header, id := sealed[:headerSize], [idSize]byte(sealed[1:])
	for _, secret := range s.secrets {
		if secret.id != id {
			continue
		}
		aead, err := s.aead(secret, header[1+idSize:])
		if err != nil {
			return nil, err
		}
		if data, err := aead.Open(nil, make([]byte, aead.NonceSize()), sealed[headerSize:], header); err == nil {
			return data, nil
		}
	}
	return nil, ErrInvalid
}

// aead returns the cipher of one token. Callers use it with a zero nonce, since its key seals
// nothing else.
func (s *Sealer) aead(from secret, salt []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, from.raw, salt, domain+" key\x00"+s.purpose, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
