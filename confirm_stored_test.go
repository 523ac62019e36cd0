package upload_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// always grants a subject what it was granted when its ticket was signed.
func always(_ context.Context, subject string) (*upload.Grant, error) {
	return &upload.Grant{Subject: subject}, nil
}

// waiting returns the staging keys beside which a ticket lies.
func (d *direct) waiting() (keys []string) {
	for _, key := range d.store.Keys() {
		if staged, ok := strings.CutSuffix(key, ".ticket"); ok {
			keys = append(keys, staged)
		}
	}
	return keys
}

// left signs and sends a file, after which its client is gone. It returns staging key and ticket.
func (d *direct) left(t *testing.T, name, content string) (key string, ticket upload.Ticket) {
	t.Helper()
	before := d.waiting()
	ticket = d.sign(t, declarationOf(name, content))
	require.Contains(t, []int{200, 201}, send(t, ticket.SignedRequest, content))
	for _, key = range d.waiting() {
		if !strings.Contains(strings.Join(before, " "), key) {
			return key, ticket
		}
	}
	t.Fatal("no ticket lies in the staging area")
	return "", ticket
}

// confirmStored is what an application does with an event of its bucket.
func (d *direct) confirmStored(t *testing.T, key string) (owner string, f upload.File, err error) {
	t.Helper()
	f, err = d.presigner.ConfirmStored(t.Context(), key, func(subject string, _ upload.File) error {
		owner = subject
		return nil
	})
	return owner, f, err
}

// TestConfirmStored checks that a file without its client is published once, for its owner. The
// client that comes back gets the same file.
func TestConfirmStored(t *testing.T) {
	for name, o := range map[string]upload.PresignOptions{
		"put": {}, "form": {Form: true}, "staging prefix": {StagingPrefix: "in/"}, "purpose": {Purpose: "avatars"},
	} {
		t.Run(name, func(t *testing.T) {
			o.GrantStored = always
			d := newDirect(t, nil, upload.Options{}, o)
			key, ticket := d.left(t, "a.txt", "hello")
			owner, f, err := d.confirmStored(t, key)
			require.NoError(t, err)
			require.Equal(t, "ann", owner)
			require.Equal(t, "hello", d.read(t, f.Key))
			require.Zero(t, d.staged(), "neither the file nor its ticket stays")
			owner, _, err = d.confirmStored(t, key)
			require.ErrorIs(t, err, upload.CodeBadTicket, "a second event")
			require.Empty(t, owner)
			require.Equal(t, f, d.confirm(t, ticket.Token))
			require.Equal(t, []string{f.Key}, d.published())
			require.Equal(t, 1, strings.Count(d.log.String(), "upload: accepted"))
			require.NotContains(t, d.log.String(), "upload: refused", "an event after the confirmation is not a refusal")
		})
	}
}

// TestStoredGrants checks that the host is asked what the subject may do now, and that no file is
// lost when it cannot answer.
func TestStoredGrants(t *testing.T) {
	for _, row := range []struct {
		name  string
		grant *upload.Grant
		err   error
		code  upload.Code // "" for a file that is published
		stays bool        // for another try
	}{
		{"the same", &upload.Grant{Subject: "ann"}, nil, "", false},
		{"none", nil, nil, upload.CodeForbidden, true},
		{"a refusal", nil, upload.Reject(upload.CodeForbidden, "The account is closed."), upload.CodeForbidden, true},
		{"a failure", nil, errors.New("no database"), upload.CodeCheckFailed, true},
		{"another subject's", &upload.Grant{Subject: "bob"}, nil, upload.CodeBadTicket, true},
		{"another prefix", &upload.Grant{Subject: "ann", KeyPrefix: "b/"}, nil, upload.CodeBadTicket, true},
		{"nonsense", &upload.Grant{Subject: "ann", MaxFileSize: -1}, nil, upload.CodeInternal, true},
		{"smaller files", &upload.Grant{Subject: "ann", MaxFileSize: 4}, nil, upload.CodeTooLarge, false},
		{"pictures only", &upload.Grant{Subject: "ann", Policy: upload.Types("image/png")}, nil, upload.CodeTypeNotAllowed, false},
		{"another field", &upload.Grant{Subject: "ann", Policy: upload.Form{"cv": {Accept: upload.NotEmpty()}}}, nil, upload.CodeUnexpectedField, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: func(_ context.Context, subject string) (*upload.Grant, error) {
				require.Equal(t, "ann", subject)
				return row.grant, row.err
			}})
			key, _ := d.left(t, "a.txt", "hello")
			_, _, err := d.confirmStored(t, key)
			if row.code == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, row.code)
			require.Empty(t, d.published())
			require.Equal(t, row.stays, d.staged() == 2, "%v", d.store.Keys())
		})
	}
	panics := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: func(context.Context, string) (*upload.Grant, error) { panic("no") }})
	key, _ := panics.left(t, "a.txt", "hello")
	_, _, err := panics.confirmStored(t, key)
	require.ErrorIs(t, err, upload.CodeCheckFailed)
	require.Equal(t, 2, panics.staged())
}

// TestConfirmStoredAtOnce checks that events and the client together publish one file once, also
// through two presigners.
func TestConfirmStoredAtOnce(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always})
	other, err := upload.NewPresigner(d.handler, [][]byte{secret}, &upload.PresignOptions{GrantStored: always})
	require.NoError(t, err)
	key, ticket := d.left(t, "a.txt", "hello")
	var rows atomic.Int64
	confirmed := make(chan string, 24)
	for i := range 24 {
		go func() {
			p := []*upload.Presigner{d.presigner, other}[i%2]
			done := func(upload.File) error { rows.Add(1); return nil }
			var f upload.File
			var err error
			if i%3 == 0 {
				f, err = p.Confirm(httptest.NewRecorder(), confirmRequest(ticket.Token), ticket.Token, done)
			} else {
				f, err = p.ConfirmStored(t.Context(), key, func(_ string, f upload.File) error { return done(f) })
			}
			// Another call has published the staged file and removed it.
			if errors.Is(err, upload.CodeBadTicket) || errors.Is(err, upload.CodeConflict) {
				err = nil
			}
			if err != nil {
				t.Error(err)
			}
			confirmed <- f.Key
		}()
	}
	keys := map[string]bool{}
	for range 24 {
		if k := <-confirmed; k != "" {
			keys[k] = true
		}
	}
	require.Len(t, keys, 1)
	require.Len(t, d.published(), 1)
	require.True(t, keys[d.published()[0]])
	require.Positive(t, rows.Load())
}

// TestRefusedForAll checks that the client learns why its file was refused when an event came
// first.
func TestRefusedForAll(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always})
	key, ticket := d.left(t, "a.png", "<!doctype html>")
	_, _, err := d.confirmStored(t, key)
	require.ErrorIs(t, err, upload.CodeTypeMismatch)
	require.Zero(t, d.staged())
	for range 2 {
		d.refusesConfirm(t, upload.CodeTypeMismatch, "ann", ticket.Token)
	}
}

// TestConfirmStoredAgain checks that a file waits for the next event when the host's function has
// failed.
func TestConfirmStoredAgain(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always})
	key, _ := d.left(t, "a.txt", "hello")
	failed := errors.New("the insert failed")
	_, err := d.presigner.ConfirmStored(t.Context(), key, func(string, upload.File) error { return failed })
	require.ErrorIs(t, err, failed)
	require.Len(t, d.published(), 1)
	require.Equal(t, 2, d.staged())
	owner, f, err := d.confirmStored(t, key)
	require.NoError(t, err)
	require.Equal(t, "ann", owner)
	require.Equal(t, []string{f.Key}, d.published())
	require.Zero(t, d.staged())
}

// TestConfirmStoredParts checks that parts are joined only when all have arrived.
func TestConfirmStoredParts(t *testing.T) {
	const part = 5 << 20
	d := newDirect(t, nil, upload.Options{MaxFileSize: 32 << 20}, upload.PresignOptions{SingleSize: 1 << 20, PartSize: part, GrantStored: always})
	content := strings.Repeat("0123456789abcdef", (part+1600)/16)
	ticket := d.sign(t, declarationOf("a.txt", content))
	key := d.waiting()[0]
	for n := 1; n <= ticket.Parts; n++ {
		_, _, err := d.confirmStored(t, key)
		require.ErrorIs(t, err, upload.CodeNotUploaded)
		var s storage.SignedRequest
		require.Equal(t, 200, d.step(t, "part", map[string]any{"token": ticket.Token, "partNumber": n}, &s).StatusCode)
		require.Equal(t, 200, send(t, &s, content[(n-1)*part:min(n*part, len(content))]))
	}
	_, f, err := d.confirmStored(t, key)
	require.NoError(t, err)
	require.Equal(t, content, d.read(t, f.Key))
	require.Zero(t, d.staged())
}
