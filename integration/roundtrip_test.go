package integration_test

import (
	"fmt"
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/s3store"
	"github.com/stretchr/testify/require"
)

func TestBytesComeBack(t *testing.T) {
	files := []client.Part{
		client.File("a.txt", client.Text(1)),
		client.File("a.png", client.PNG(0)),
		client.File("a.png", client.PNG(mib)),
		client.File("a.png", client.PNG(part-1)),
		client.File("a.png", client.PNG(part)),
		client.File("a.png", client.PNG(part+1)),
		client.File("a.png", client.PNG(2*part)),
		client.File("a.txt", client.Text(2*part+1)),
		client.File("a.txt", client.Text(300*mib)),
	}
	for _, f := range files {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s of %d bytes, chunked %v", f.Name, f.Content.Size, chunked), func(t *testing.T) {
				st := newStage(t, false, s3store.Options{})
				s := host.Start(t, newHandler(t, st.store, upload.Options{MaxFileSize: 512 * mib, SHA256: true}))
				a := post(t, s, client.Form{f}, chunked)
				require.Equal(t, 201, a.Status, "%s", a.Body)
				require.Len(t, a.Files, 1)
				require.Equal(t, f.Content.Size, a.Files[0].Size)
				requireStored(t, st.bucket, a.Files[0].Key, f.Content)
				used, peak := st.store.Memory()
				require.Zero(t, used)
				require.LessOrEqual(t, peak, int64(64*mib))
			})
		}
	}
}

func TestPageNamedPNGIsNotStored(t *testing.T) {
	st := newStage(t, false, s3store.Options{})
	s := host.Start(t, newHandler(t, st.store, upload.Options{}))
	page := client.Bytes([]byte("<!doctype html><html><body><script>alert(1)</script></body></html>"))
	a := post(t, s, client.Form{client.File("a.png", page)}, false)
	require.Equal(t, 415, a.Status)
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
	require.Equal(t, string(upload.CodeTypeNotAllowed), a.Code)
	st.bucket.RequireNothing(t)
}
