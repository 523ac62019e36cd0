package integration_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/uploadtest"
)

// silences are answers of 200 without S3's content, and how often they come.
var silences = []struct {
	fault faultproxy.Fault
	times int
}{
	{faultproxy.Silent, 1},
	{faultproxy.Silent, faultproxy.Always},
	{faultproxy.Page, faultproxy.Always},
	{faultproxy.Muted, faultproxy.Always},
}

// TestSilentAnswer answers a call of a streamed upload with 200 and nothing, or with a gateway's
// page. An accepted upload is stored, and nothing of a refused one is.
func TestSilentAnswer(t *testing.T) {
	for _, u := range uploads {
		for _, row := range silences {
			for name, versioned := range eitherBucket() {
				t.Run(fmt.Sprintf("%s/%s/%s/%d", name, u.call, row.fault, row.times), func(t *testing.T) {
					t.Parallel()
					st, proxy := newFaultyStage(t, versioned, s3store.Options{})
					proxy.Inject(u.call, row.fault, row.times)
					s := host.Start(t, newHandler(t, st.store, upload.Options{}))
					a := post(t, s, client.Form{u.file}, false)
					requireTruth(t, st.bucket, a, u.file.Content)
					publishes := u.call == faultproxy.Put || u.call == faultproxy.Complete
					if row.times == 1 || row.fault == faultproxy.Muted && publishes {
						require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
					}
				})
			}
		}
	}
}

// TestSilentConfirmation does the same to the calls of a confirmation: the file is published, or
// the staged file is kept, and a second confirmation publishes it.
func TestSilentConfirmation(t *testing.T) {
	calls := []faultproxy.Call{
		faultproxy.Head, faultproxy.Get, faultproxy.Create, faultproxy.UploadPart, faultproxy.Complete, faultproxy.Delete,
	}
	for _, call := range calls {
		for _, row := range silences {
			for name, versioned := range eitherBucket() {
				t.Run(fmt.Sprintf("%s/%s/%s/%d", name, call, row.fault, row.times), func(t *testing.T) {
					t.Parallel()
					testSilentConfirmation(t, versioned, call, row.fault, row.times)
				})
			}
		}
	}
}

func testSilentConfirmation(t *testing.T, versioned bool, call faultproxy.Call, fault faultproxy.Fault, times int) {
	t.Helper()
	signer, closeIdle := s3test.Get().Client(s3test.Get().Endpoint)
	t.Cleanup(closeIdle)
	st, proxy := newFaultyStage(t, versioned, s3store.Options{Signer: signer})
	p, err := upload.NewPresigner(newHandler(t, st.store, upload.Options{}), [][]byte{make([]byte, 32)}, nil)
	require.NoError(t, err)
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	d := &uploadtest.Direct{URL: s.URL}
	file := uploadtest.File("file", "a.txt", strings.Repeat("hello ", 20_000))
	ticket, a := d.Sign(t, uploadtest.Declare(file))
	require.NotNil(t, ticket, a)
	require.Equal(t, http.StatusOK, d.Send(t, ticket, file.Content).Status)

	proxy.Inject(call, fault, times)
	a = d.Confirm(t, ticket.Token)
	if a.Status != http.StatusCreated {
		require.NotEqual(t, 1, times, a)
		require.Equal(t, upload.CodeStorage, a.Code, a)
	} else {
		got, _ := st.bucket.SHA256(t, a.Files[0].Key)
		require.Equal(t, file.Content.SHA256(), got)
	}
	proxy.Inject(call, "", 0)
	a = d.Confirm(t, ticket.Token)
	require.Equal(t, http.StatusCreated, a.Status, a)
	requireStored(t, st.bucket, a.Files[0].Key, file.Content)
}
