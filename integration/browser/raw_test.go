package browser

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
)

// rawPage is a page with a function put. It sends first and then letters, size bytes in all, as the
// whole body of a PUT.
const rawPage = `<!doctype html><title>raw</title><script>
const put = async (name, size, first) => {
	const mib = new Uint8Array(1 << 20).fill(97)
	const parts = [first]
	for (let left = size - first.length; left > 0; left -= mib.length) parts.push(mib.subarray(0, Math.min(left, mib.length)))
	const answer = await fetch('/files/' + encodeURIComponent(name), { method: 'PUT', body: new Blob(parts) })
	return { status: answer.status, ...await answer.json() }
}
</script>`

// TestRawFetch: fetch sends files of several sizes without a form, and reads each refusal, also one
// that comes while it is sending.
func TestRawFetch(t *testing.T) {
	const mib = 1 << 20
	limit := int64(rounds.Of(100, 300) * mib)
	store := &counted{}
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{MaxFileSize: limit, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	raw, err := h.Raw("file", func(r *http.Request) string { return r.PathValue("name") })
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("PUT /files/{name}", raw)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, rawPage)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	p := browsers.Fresh(t).Open(t, srv.URL)

	for _, tc := range []struct {
		about string
		name  string
		size  int64
		first string
		code  upload.Code
	}{
		{about: "a byte", name: "a.txt", size: 1},
		{about: "the head and a byte", name: "Grüße – 猫.txt", size: 4097},
		{about: "the limit", name: "large.txt", size: limit},
		{about: "a byte over the limit", name: "large.txt", size: limit + 1, code: upload.CodeTooLarge},
		{about: "a page", name: "a.txt", size: 100, first: "<!doctype html>", code: upload.CodeTypeNotAllowed},
		{about: "a large page", name: "a.txt", size: 100 * mib, first: "<!doctype html>", code: upload.CodeTypeNotAllowed},
		{about: "another name", name: "a.png", size: 100, code: upload.CodeTypeMismatch},
	} {
		t.Run(tc.about, func(t *testing.T) {
			before := store.bytes.Load()
			p.Value(fmt.Sprintf("void put(%q, %d, %q).then((a) => { answer = a }), answer = null", tc.name, tc.size, tc.first), nil)
			p.Await("answer !== null")
			var a struct {
				Status int
				Code   upload.Code
				Files  []upload.File
			}
			p.Value("answer", &a)
			if tc.code != "" {
				require.Equal(t, tc.code, a.Code)
				require.Equal(t, tc.code.Status(), a.Status)
				require.Equal(t, before, store.bytes.Load(), "something was published")
				return
			}
			require.Equal(t, http.StatusCreated, a.Status)
			require.Equal(t, tc.name, a.Files[0].Name)
			require.Equal(t, tc.size, store.bytes.Load()-before)
		})
	}
}

// counted is a storage that counts the bytes that it publishes, since the files are large.
type counted struct{ bytes atomic.Int64 }

type stagedCount struct {
	store *counted
	n     int64
}

func (c *counted) Stage(_ context.Context, _ storage.Object, r io.Reader) (storage.Staged, error) {
	n, err := io.Copy(io.Discard, r)
	if err != nil {
		return nil, err
	}
	return &stagedCount{c, n}, nil
}

func (c *counted) Delete(context.Context, string) error { return nil }

func (f *stagedCount) Commit(context.Context) error { f.store.bytes.Add(f.n); return nil }

func (f *stagedCount) Discard(context.Context) error { return nil }
