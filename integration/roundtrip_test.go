package integration_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
)

func TestBytesComeBack(t *testing.T) {
	t.Parallel()
	files := []client.Part{
		client.File("a.txt", client.Text(1)),
		client.File("a.png", client.PNG(0)),
		client.File("a.png", client.PNG(mib)),
		client.File("a.png", client.PNG(part-1)),
		client.File("a.png", client.PNG(part)),
		client.File("a.png", client.PNG(part+1)),
		client.File("a.png", client.PNG(2*part)),
		client.File("a.txt", client.Text(2*part+1)),
	}
	for i, f := range files {
		for _, chunked := range []bool{false, true} {
			if chunked == (i%2 == 0) && rounds.Of(1, 2) == 1 {
				continue
			}
			t.Run(fmt.Sprintf("%s of %d bytes, chunked %v", f.Name, f.Content.Size, chunked), func(t *testing.T) {
				st := newStage(t, false, s3store.Options{})
				s := host.Start(t, newHandler(t, st.store, upload.Options{SHA256: true}))
				a := post(t, s, client.Form{f}, chunked)
				require.Equal(t, 201, a.Status, "%s", a.Body)
				require.Len(t, a.Files, 1)
				require.Equal(t, f.Content.Size, a.Files[0].Size)
				require.Equal(t, f.Content.SHA256(), a.Files[0].SHA256)
				requireStored(t, st.bucket, a.Files[0].Key, f.Content)
				used, peak := st.store.Memory()
				require.Zero(t, used)
				require.LessOrEqual(t, peak, int64(64*mib))
			})
		}
	}
}

func TestLargeFile(t *testing.T) {
	t.Parallel()
	size := int64(rounds.Of(80, 300)) * mib
	anything := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })
	st := newStage(t, false, s3store.Options{})
	s := host.Start(t, newHandler(t, st.store, upload.Options{MaxFileSize: size}, anything))
	f := client.File("a.txt", client.Text(size))
	a := post(t, s, client.Form{f}, false)
	require.Equal(t, 201, a.Status, "%s", a.Body)
	requireStored(t, st.bucket, a.Files[0].Key, f.Content)
}

func TestPageNamedPNGIsNotStored(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	s := host.Start(t, newHandler(t, st.store, upload.Options{}))
	page := client.Bytes([]byte("<!doctype html><html><body><script>alert(1)</script></body></html>"))
	a := post(t, s, client.Form{client.File("a.png", page)}, false)
	require.Equal(t, 415, a.Status)
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
	require.Equal(t, upload.CodeTypeNotAllowed, a.Code)
	st.bucket.RequireNothing(t)
}

// TestBytesComeBackOverTLS checks bodies over TLS, where a checksum is signed in place of their
// digest.
func TestBytesComeBackOverTLS(t *testing.T) {
	t.Parallel()
	takesTurn := rounds.Turns(2) // each size without a fault, and each fault with some sizes
	for _, size := range []int{100 << 10, part - 1, part, part + 1, 2*part + 1} {
		for _, fault := range []faultproxy.Fault{"", faultproxy.SlowDown, faultproxy.Reset, faultproxy.Drop} {
			if fault != "" && !takesTurn() {
				continue
			}
			t.Run(fmt.Sprintf("%d bytes/%q", size, fault), func(t *testing.T) {
				t.Parallel()
				st, proxy := newTLSStage(t, s3store.Options{})
				for _, u := range uploads {
					proxy.Inject(u.call, fault, 1)
				}
				s := host.Start(t, newHandler(t, st.store, upload.Options{}))
				f := client.File("a.png", client.PNG(size))
				a := post(t, s, client.Form{f}, false)
				require.Equal(t, 201, a.Status, "%s", a.Body)
				requireStored(t, st.bucket, a.Files[0].Key, f.Content)
			})
		}
	}
}

// TestLittleMemory checks that requests whose files together exceed the memory do not wait forever
// for each other's files, nor for their own.
func TestLittleMemory(t *testing.T) {
	t.Parallel()
	four := client.File("4.png", client.PNG(4*mib))
	forms := []struct {
		name string
		form client.Form
	}{
		{"small ones, then a large one", client.Form{small, small, large}},
		{"three that each nearly fill a part", client.Form{four, four, four}},
		{"a large one, then small ones", client.Form{large, small, four}},
	}
	takesTurn := rounds.Turns(2)
	for _, chunked := range []bool{false, true} {
		for _, row := range forms {
			if !takesTurn() {
				continue
			}
			form := row.form
			t.Run(fmt.Sprintf("%s, chunked %v", row.name, chunked), func(t *testing.T) {
				st := newStage(t, false, s3store.Options{MaxMemory: 8 * mib})
				s := host.Start(t, newHandler(t, st.store, upload.Options{MaxWait: patience}, upTo(3)))
				answers := make(chan *client.Answer, rounds.Of(3, 8))
				for range cap(answers) {
					go func() {
						a, err := client.Post(t.Context(), s.Client(), s.URL, form, chunked)
						if err != nil {
							t.Error(err)
							a = &client.Answer{}
						}
						answers <- a
					}()
				}
				for range cap(answers) {
					a := <-answers
					require.Equal(t, 201, a.Status, "%s", a.Body)
					for i, f := range a.Files {
						digest, _ := st.bucket.SHA256(t, f.Key)
						require.Equal(t, form[i].Content.SHA256(), digest)
					}
				}
				require.Len(t, st.bucket.Versions(t.Context(), t), 3*cap(answers))
				require.Empty(t, st.bucket.Uploads(t.Context(), t))
				_, peak := st.store.Memory()
				require.LessOrEqual(t, peak, int64(8*mib))
			})
		}
	}
}

// TestExactLimit checks that a file of exactly the limit is stored, and one byte more is not.
func TestExactLimit(t *testing.T) {
	t.Parallel()
	for i, limit := range []int{100 << 10, part, 2 * part, 2*part + 1} {
		for _, chunked := range []bool{false, true} {
			if chunked == (i%2 == 0) && rounds.Of(1, 2) == 1 {
				continue
			}
			t.Run(fmt.Sprintf("%d bytes, chunked %v", limit, chunked), func(t *testing.T) {
				st := newStage(t, false, s3store.Options{})
				s := host.Start(t, newHandler(t, st.store, upload.Options{MaxFileSize: int64(limit)}))
				a := post(t, s, client.Form{client.File("a.png", client.PNG(limit+1))}, chunked)
				require.Equal(t, 413, a.Status, "%s", a.Body)
				st.bucket.RequireNothing(t)
				a = post(t, s, client.Form{client.File("a.png", client.PNG(limit))}, chunked)
				require.Equal(t, 201, a.Status, "%s", a.Body)
			})
		}
	}
}

// TestNames checks that the client's name is not in the key, and comes back from the object's
// headers unchanged, also with these unusual characters.
func TestNames(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	s := host.Start(t, newHandler(t, st.store, upload.Options{Keys: upload.Prefix("in", upload.RandomKeys())}))
	for _, name := range []string{
		"cat.png", "with space.png", "naïve café.png", "日本語.png", "it's; filename=x.png", "50% off.png", "שלום.png", "🐈.png",
		strings.Repeat("é", 100) + ".png",
	} {
		t.Run(name, func(t *testing.T) {
			a := post(t, s, client.Form{client.File(name, small.Content)}, false)
			require.Equal(t, 201, a.Status, "%s", a.Body)
			require.Equal(t, name, a.Files[0].Name)
			require.Regexp(t, `^in/[0-9a-f]{32}\.png$`, a.Files[0].Key)
			stored, err := st.store.Stat(t.Context(), a.Files[0].Key)
			require.NoError(t, err)
			require.Equal(t, "image/png", stored.Type)
			require.Equal(t, name, stored.Name)
			require.Equal(t, small.Content.Size, stored.Size)
		})
	}
}
