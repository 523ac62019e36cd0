package upload_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// smuggle stores an object, or replaces it, as somebody could who can write to the bucket.
func smuggle(t *testing.T, store storage.Storage, key, content string) {
	t.Helper()
	require.NoError(t, store.Delete(t.Context(), key))
	staged, err := store.Stage(t.Context(), storage.Object{Key: key, MaxSize: 1 << 20}, strings.NewReader(content))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
}

// TestConfirmStoredAttacks checks that ConfirmStored publishes nothing for a key that has no ticket
// beside it, or one that was not sealed for exactly this file. It publishes nothing either if the
// staged file is missing, or has another size or type than declared.
func TestConfirmStoredAttacks(t *testing.T) {
	read := func(t *testing.T, d *direct, key string) string { return d.read(t, key+".ticket") }
	for _, row := range []struct {
		name   string
		attack func(t *testing.T, d *direct, key string, ticket upload.Ticket) (asked string)
		code   upload.Code
	}{
		{"a key outside of staging", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			smuggle(t, d.store, "mine", "hello")
			smuggle(t, d.store, "mine.ticket", read(t, d, key))
			return "mine"
		}, upload.CodeBadTicket},
		{"another staging area", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			smuggle(t, d.store, "other/"+key+".ticket", read(t, d, key))
			return "other/" + key
		}, upload.CodeBadTicket},
		{"the ticket itself", func(_ *testing.T, _ *direct, key string, _ upload.Ticket) string { return key + ".ticket" }, upload.CodeBadTicket},
		{"a climbing key", func(_ *testing.T, _ *direct, key string, _ upload.Ticket) string {
			return strings.Replace(key, "/", "/../", 1)
		}, upload.CodeBadTicket},
		{"no key", func(*testing.T, *direct, string, upload.Ticket) string { return "" }, upload.CodeBadTicket},
		{"no ticket", func(t *testing.T, d *direct, _ string, _ upload.Ticket) string {
			smuggle(t, d.store, "upload-staging/smuggled", "hello")
			return "upload-staging/smuggled"
		}, upload.CodeBadTicket},
		{"a forged ticket", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			sealed := read(t, d, key)
			smuggle(t, d.store, key+".ticket", sealed[:40]+flip(sealed[40:41])+sealed[41:])
			return key
		}, upload.CodeBadTicket},
		{"a ticket of 1 MiB", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			smuggle(t, d.store, key+".ticket", strings.Repeat("A", 1<<20))
			return key
		}, upload.CodeBadTicket},
		{"an empty ticket", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			smuggle(t, d.store, key+".ticket", "\n")
			return key
		}, upload.CodeBadTicket},
		{"the ticket of the client", func(t *testing.T, d *direct, key string, ticket upload.Ticket) string {
			smuggle(t, d.store, key+".ticket", ticket.Token)
			return key
		}, upload.CodeBadTicket},
		{"the ticket of another file", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			other, _ := d.left(t, "b.txt", "HELLO")
			smuggle(t, d.store, key+".ticket", read(t, d, other))
			return key
		}, upload.CodeBadTicket},
		{"the ticket of another purpose", func(t *testing.T, d *direct, _ string, _ upload.Ticket) string {
			other := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always, Purpose: "other"})
			theirs, _ := other.left(t, "a.txt", "hello")
			smuggle(t, d.store, theirs, "hello")
			smuggle(t, d.store, theirs+".ticket", read(t, other, theirs))
			return theirs
		}, upload.CodeBadTicket},
		{"another size", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			smuggle(t, d.store, key, "hello again")
			return key
		}, upload.CodeNotDeclared},
		{"another type", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			smuggle(t, d.store, key, "\x00\x00\x00\x00\x00")
			return key
		}, upload.CodeTypeMismatch},
		{"nothing was sent", func(t *testing.T, d *direct, key string, _ upload.Ticket) string {
			require.NoError(t, d.store.Delete(t.Context(), key))
			return key
		}, upload.CodeNotUploaded},
		{"an aborted upload", func(t *testing.T, d *direct, key string, ticket upload.Ticket) string {
			require.Equal(t, 204, d.step(t, "abort", token{ticket.Token}, nil).StatusCode)
			require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
			return key
		}, upload.CodeBadTicket},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always})
			key, ticket := d.left(t, "a.txt", "hello")
			asked := row.attack(t, d, key, ticket)
			before := d.published()
			owner, _, err := d.confirmStored(t, asked)
			require.ErrorIs(t, err, row.code)
			require.Empty(t, owner, "the host's function ran")
			require.Equal(t, before, d.published())
		})
	}
}

// TestStoredTicketsServeNoClient checks that a ticket from the staging area hides its subject, and
// that clients cannot use it.
func TestStoredTicketsServeNoClient(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always})
	key, ticket := d.left(t, "a.txt", "hello")
	leaked := d.read(t, key+".ticket")
	sealed, err := base64.RawURLEncoding.DecodeString(leaked)
	require.NoError(t, err)
	require.NotContains(t, string(sealed), `"ann"`)
	for _, step := range []string{"confirm", "part", "abort"} {
		p := d.step(t, step, map[string]any{"token": leaked, "partNumber": 1}, nil).problem(t)
		require.Equal(t, upload.CodeBadTicket, p.Code, step)
	}
	d.confirm(t, ticket.Token)
}
