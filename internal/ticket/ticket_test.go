package ticket_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/ticket"
)

var (
	oldSecret = bytes.Repeat([]byte{1}, 32)
	newSecret = bytes.Repeat([]byte{2}, 64)
)

func sealer(t testing.TB, purpose string, secrets ...[]byte) *ticket.Sealer {
	t.Helper()
	s, err := ticket.New(secrets, purpose)
	require.NoError(t, err)
	return s
}

func TestSecrets(t *testing.T) {
	for name, secrets := range map[string][][]byte{
		"none":         nil,
		"empty":        {nil},
		"short":        {make([]byte, 31)},
		"short second": {oldSecret, make([]byte, 31)},
	} {
		_, err := ticket.New(secrets, "")
		require.Error(t, err, name)
	}
}

func TestRotation(t *testing.T) {
	before, during, after := sealer(t, "", oldSecret), sealer(t, "", newSecret, oldSecret), sealer(t, "", newSecret)
	for _, c := range []struct {
		name       string
		seal, open *ticket.Sealer
		ok         bool
	}{
		{"sealed before, opened during", before, during, true},
		{"sealed during, opened before", during, before, false}, // so first add the new secret as the second one everywhere
		{"sealed during, opened after", during, after, true},
		{"sealed before, opened after", before, after, false},
	} {
		token, err := c.seal.Seal([]byte("data"))
		require.NoError(t, err)
		data, err := c.open.Open(token)
		if c.ok {
			require.NoError(t, err, c.name)
			require.Equal(t, "data", string(data), c.name)
		} else {
			require.ErrorIs(t, err, ticket.ErrInvalid, c.name)
		}
	}
}

func TestPurposesAreApart(t *testing.T) {
	token, err := sealer(t, "avatars", oldSecret).Seal([]byte("data"))
	require.NoError(t, err)
	_, err = sealer(t, "invoices", oldSecret).Open(token)
	require.ErrorIs(t, err, ticket.ErrInvalid)
}

// TestEveryChange checks that a token does not open if it is cut at either end, lacks a character,
// or has one changed or added. It tries each place, with samples of characters.
func TestEveryChange(t *testing.T) {
	s := sealer(t, "", oldSecret)
	token, err := s.Seal([]byte("data"))
	require.NoError(t, err)
	again, err := s.Seal([]byte("data"))
	require.NoError(t, err)
	require.NotEqual(t, token, again)
	require.Regexp(t, `^[A-Za-z0-9_-]+$`, token)
	for i := range token {
		for _, c := range "Ab-_0=/ \n" {
			if changed := token[:i] + string(c) + token[i+1:]; changed != token {
				_, err := s.Open(changed)
				require.ErrorIs(t, err, ticket.ErrInvalid, "%q at %d", c, i)
			}
		}
		for _, other := range []string{
			token[:i], token[i+1:], token[:i] + token[i+1:], token[:i] + "A" + token[i:], token[:i] + "\n" + token[i:], token[:i] + "\r\n" + token[i:], token + "\n",
		} {
			_, err := s.Open(other)
			require.ErrorIs(t, err, ticket.ErrInvalid)
		}
	}
}

func TestLength(t *testing.T) {
	s := sealer(t, "", oldSecret)
	_, err := s.Seal(make([]byte, 2200))
	require.NoError(t, err)
	_, err = s.Seal(make([]byte, 2400))
	require.ErrorContains(t, err, "may have 3072")
	_, err = s.Open(strings.Repeat("A", 1<<20))
	require.ErrorIs(t, err, ticket.ErrInvalid)
}

func FuzzOpen(f *testing.F) {
	s := sealer(f, "", oldSecret)
	token, err := s.Seal([]byte("data"))
	require.NoError(f, err)
	f.Add(token)
	f.Add("")
	f.Fuzz(func(t *testing.T, other string) {
		if data, err := s.Open(other); err == nil {
			require.Equal(t, "data", string(data), "a token that nobody sealed")
		}
	})
}
