package integration_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
)

// callTimeout is short, and long enough for a part on a busy machine.
const callTimeout = 5 * time.Second

// uploads are the calls that an accepted upload makes, with a file that leads to each of them.
var uploads = []struct {
	call faultproxy.Call
	file client.Part
}{
	{faultproxy.Put, small},
	{faultproxy.Create, twice},
	{faultproxy.UploadPart, twice},
	{faultproxy.Complete, twice},
}

// TestOneFault checks that the file is stored although one call fails, or takes long, once.
func TestOneFault(t *testing.T) {
	t.Parallel()
	once := []faultproxy.Fault{
		faultproxy.InternalError, faultproxy.SlowDown, faultproxy.Reset, faultproxy.Delay,
	}
	for _, fault := range once {
		for _, u := range uploads {
			t.Run(fmt.Sprintf("%s/%s", fault, u.call), func(t *testing.T) {
				t.Parallel()
				st, proxy := newFaultyStage(t, false, s3store.Options{})
				proxy.Inject(u.call, fault, 1)
				s := host.Start(t, newHandler(t, st.store, upload.Options{}))
				a := post(t, s, client.Form{u.file}, false)
				require.Equal(t, 201, a.Status, "%s", a.Body)
				requireStored(t, st.bucket, a.Files[0].Key, u.file.Content)
			})
		}
	}
}

// TestLastingFault checks that the client gets an error before post's timeout when one call always
// fails, and that nothing is left. Where a multipart upload was created, an abort was sent.
func TestLastingFault(t *testing.T) {
	t.Parallel()
	lasting := []faultproxy.Fault{
		faultproxy.InternalError, faultproxy.SlowDown, faultproxy.Reset, faultproxy.Stall,
	}
	for _, fault := range lasting {
		for _, u := range uploads {
			t.Run(fmt.Sprintf("%s/%s", fault, u.call), func(t *testing.T) {
				t.Parallel()
				st, proxy := newFaultyStage(t, false, s3store.Options{CallTimeout: callTimeout})
				proxy.Inject(u.call, fault, faultproxy.Always)
				s := host.Start(t, newHandler(t, st.store, upload.Options{}))
				a := post(t, s, client.Form{u.file}, false)
				require.Equal(t, 502, a.Status, "%s", a.Body)
				require.Equal(t, upload.CodeStorage, a.Code)
				require.NotContains(t, string(a.Body), st.bucket.Name)
				st.bucket.RequireNothing(t)
				if u.call == faultproxy.UploadPart || u.call == faultproxy.Complete {
					require.Positive(t, proxy.Count(faultproxy.Abort))
				}
			})
		}
	}
}

// TestFaultyCleanUp checks that the calls of a clean-up are made again after one fault. If a call
// always fails and something is left, the host gets an event with an error.
func TestFaultyCleanUp(t *testing.T) {
	t.Parallel()
	rows := []struct {
		call      faultproxy.Call
		versioned bool
		form      client.Form // the host answers 404 to what is accepted
	}{
		{faultproxy.Abort, false, client.Form{twice, client.File("b.png", client.Executable(100))}},
		{faultproxy.Delete, false, client.Form{small}},
		{faultproxy.Delete, false, client.Form{twice}},
		{faultproxy.Delete, true, client.Form{small}},
		{faultproxy.Head, false, client.Form{small}},
	}
	faults := []faultproxy.Fault{
		faultproxy.InternalError, faultproxy.SlowDown, faultproxy.Reset, faultproxy.Stall, faultproxy.Drop,
	}
	takesTurn := rounds.Turns(2) // each fault of each row, once or always
	for _, row := range rows {
		for _, fault := range faults {
			for name, n := range map[string]int{"once": 1, "always": faultproxy.Always} {
				if !takesTurn() {
					continue
				}
				t.Run(fmt.Sprintf("%s of %s, versioned %v/%s/%s", row.call, row.form[0].Name, row.versioned, fault, name), func(t *testing.T) {
					t.Parallel()
					st, proxy := newFaultyStage(t, row.versioned, s3store.Options{CallTimeout: callTimeout})
					left := make(chan error, 4)
					h := newHandler(t, st.store, upload.Options{CleanupTimeout: 2 * callTimeout, Hooks: upload.Hooks{
						Event: func(_ context.Context, e upload.Event) {
							if e.Kind == upload.KindCleanedUp || e.Kind == upload.KindCleanupFailed {
								left <- e.Err
							}
						},
					}}, upTo(2))
					s := host.Start(t, h.Middleware(http.NotFoundHandler()))
					proxy.Inject(row.call, fault, n)
					require.Less(t, post(t, s, row.form, false).Status, 500)
					err := <-left
					if n == 1 {
						require.NoError(t, err)
						st.bucket.RequireNothing(t)
						return
					}
					something := len(st.bucket.Versions(t.Context(), t))+len(st.bucket.Uploads(t.Context(), t)) > 0
					if something {
						require.Error(t, err, "something was left without a report to the host")
					}
				})
			}
		}
	}
}
