package upload_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// TestConfirmStoredInterrupted checks that the end of the host's context gives a status of 500 or
// more. For a lower one a queue would drop the event.
func TestConfirmStoredInterrupted(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always})
	key, _ := d.left(t, "a.txt", "hello")
	for name, op := range map[string]uploadtest.Op{
		"before the ticket": uploadtest.OpOpenAt, "before the file": uploadtest.OpOpenStaged, "while it is published": uploadtest.OpPromote,
	} {
		ctx, cancel := context.WithCancel(t.Context())
		store := uploadtest.NewFailingStore(d.store, uploadtest.Fault{Op: op, Do: func(context.Context) error {
			cancel()
			return context.Canceled
		}}).Storage()
		h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
		require.NoError(t, err)
		p, err := upload.NewPresigner(h, [][]byte{secret}, &upload.PresignOptions{GrantStored: always})
		require.NoError(t, err)
		_, err = p.ConfirmStored(ctx, key, nil)
		var refused *upload.Error
		require.ErrorAs(t, err, &refused, name)
		require.GreaterOrEqual(t, refused.Code.Status(), 500, "%s: %s", name, refused.Code)
		require.Equal(t, 2, d.staged(), name)
	}
	_, _, err := d.confirmStored(t, key)
	require.NoError(t, err)
}

// TestNoTicketNoPermission checks that nobody gets a signed request whose ticket could not be kept,
// and that nothing of it stays.
func TestNoTicketNoPermission(t *testing.T) {
	for name, fault := range map[string]uploadtest.Fault{
		"not staged":     {Op: uploadtest.OpStage, After: 10},
		"not published":  {Op: uploadtest.OpCommit},
		"a lost answer":  {Op: uploadtest.OpCommit, Late: true, Err: storage.ErrUnknownOutcome},
		"no more memory": {Op: uploadtest.OpStage, Err: storage.ErrBusy},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{MaxFileSize: 32 << 20}, upload.PresignOptions{})
			d.meddle(t, upload.Options{MaxFileSize: 32 << 20}, upload.PresignOptions{GrantStored: always, SingleSize: 1 << 20}, fault)
			for _, size := range []int{5, 6 << 20} { // one request, and parts
				decl := declarationOf("a.txt", "")
				decl.Size = int64(size)
				p := d.step(t, "../meddled/", decl, nil).problem(t)
				require.Contains(t, []upload.Code{upload.CodeStorage, upload.CodeBusy}, p.Code)
				require.Empty(t, d.store.Keys())
				require.Zero(t, d.store.Used())
			}
		})
	}
}

// TestTicketsAreCleanedUp checks that a ticket that could not be published is removed at the second
// try when the first fails, and that this is reported.
func TestTicketsAreCleanedUp(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	d.meddle(t, upload.Options{}, upload.PresignOptions{GrantStored: always},
		uploadtest.Fault{Op: uploadtest.OpCommit}, uploadtest.Fault{Op: uploadtest.OpDiscard, Nth: 1})
	p := d.step(t, "../meddled/", declarationOf("a.txt", "hello"), nil).problem(t)
	require.Equal(t, upload.CodeStorage, p.Code)
	require.Zero(t, d.store.Used())
	require.Contains(t, d.log.String(), "upload: cleaned_up")
}

// TestStoredTicketsFail checks that a ticket that cannot be read loses no file.
func TestStoredTicketsFail(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{GrantStored: always})
	key, _ := d.left(t, "a.txt", "hello")
	for name, fault := range map[string]uploadtest.Fault{"fails": {Op: uploadtest.OpOpenAt}, "hangs": {Op: uploadtest.OpOpenAt, Do: uploadtest.Hang}} {
		h, err := upload.New(uploadtest.NewFailingStore(d.store, fault).Storage(), upload.Types("text/plain"), upload.AllowAnonymous,
			&upload.Options{StallTimeout: 50 * time.Millisecond, Logger: (&fixture{log: d.log}).logger()})
		require.NoError(t, err)
		p, err := upload.NewPresigner(h, [][]byte{secret}, &upload.PresignOptions{GrantStored: always})
		require.NoError(t, err)
		_, err = p.ConfirmStored(t.Context(), key, nil)
		require.ErrorIs(t, err, upload.CodeStorage, name)
	}
	_, _, err := d.confirmStored(t, key)
	require.NoError(t, err)
}

// TestConfirmStoredIsOff checks that without GrantStored signing leaves nothing in the staging
// area, and no key is confirmed.
func TestConfirmStoredIsOff(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	d.sign(t, declarationOf("a.txt", "hello"))
	require.Empty(t, d.store.Keys())
	_, _, err := d.confirmStored(t, "upload-staging/x")
	require.ErrorIs(t, err, upload.CodeInternal)
}

// TestConfirmStoredEnds checks that no file is confirmed after Shutdown or once its ticket has
// expired, and that it stays.
func TestConfirmStoredEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memstore.Store{}
		serve := store.Handler("http://example.com/")
		h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
		require.NoError(t, err)
		p, err := upload.NewPresigner(h, [][]byte{secret}, &upload.PresignOptions{GrantStored: always, URLExpires: time.Minute, TicketExpires: time.Hour})
		require.NoError(t, err)
		ticket, err := p.Sign(httptest.NewRequest("POST", "/", nil), declarationOf("a.txt", "hello"))
		require.NoError(t, err)
		require.Equal(t, 200, uploadtest.Send(t, uploadtest.Client(serve), uploadtest.SignedRequest(ticket.SignedRequest, uploadtest.Bytes("hello"))).Status)
		key := strings.TrimSuffix(store.Keys()[1], ".ticket")
		time.Sleep(time.Hour + time.Minute)
		_, err = p.ConfirmStored(t.Context(), key, nil)
		require.ErrorIs(t, err, upload.CodeBadTicket)
		require.NoError(t, h.Shutdown(t.Context()))
		_, err = p.ConfirmStored(t.Context(), key, nil)
		require.ErrorIs(t, err, upload.CodeShutdown)
		require.Len(t, store.Keys(), 2)
	})
}
