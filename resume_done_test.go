package upload_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeDone checks that the host's function runs before the client learns that all bytes have
// arrived, and again after it failed, by a PATCH at either offset at which a client may go on.
func TestResumeDone(t *testing.T) {
	for _, row := range []struct {
		name   string
		err    error // nil: the function panics
		status int
		again  int // the offset of the next request
		logged string
	}{
		{"an error", errors.New("no database"), 500, 4, "no database"},
		{"an error, then an empty request at the end", errors.New("no database"), 500, 5, "no database"},
		{"a refusal, after which clients would give up", upload.Reject(upload.CodeForbidden, "no more files"), 500, 4, "no more files"},
		{"a conflict", &upload.Error{Code: upload.CodeConflict}, 500, 5, "conflict"},
		{"a code after which clients come again", &upload.Error{Code: upload.CodeBusy}, 503, 4, "busy"},
		{"a panic", nil, 500, 4, "in the host"},
	} {
		t.Run(row.name, func(t *testing.T) {
			calls, fails := 0, true
			var files []upload.File
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{Done: func(_ context.Context, _ string, _ map[string]string, f upload.File) error {
				calls++
				files = append(files, f)
				if fails && row.err == nil {
					panic("in the host")
				}
				if fails {
					return row.err
				}
				return nil
			}})
			url := z.create(t, "a.txt", 5)
			got := z.patch(t, url, 0, "hello")
			require.Equal(t, row.status, got.StatusCode, got.Body)
			require.Equal(t, 4, z.offset(t, url))
			answer := z.do(t, tusRequest{method: "GET", url: url})
			require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
			require.Equal(t, "checking", answer.problem(t).Params["kind"])
			require.Contains(t, z.log.String(), row.logged)
			fails = false
			f := publishedBy(t, z.patch(t, url, row.again, "hello"[row.again:]))
			require.Equal(t, 2, calls)
			require.Equal(t, []upload.File{f, f}, files)
			require.Equal(t, []string{f.Key}, z.publishedKeys(t))
			require.ElementsMatch(t, []string{"0-done", "0-end"}, z.stagedKeys(t))
			require.Equal(t, 5, z.offset(t, url))

			// Answers that were lost can be asked for again.
			require.Equal(t, f, publishedBy(t, z.patch(t, url, 4, "o")))
			require.Equal(t, f, publishedBy(t, z.patch(t, url, 5, "")))
			require.Equal(t, http.StatusConflict, z.patch(t, url, 0, "hello").StatusCode)
			require.Equal(t, 2, calls)
		})
	}
}

// TestResumeDoneLearns checks that Done gets the caller, the file, and the client's metadata
// without those that describe the file, also on another instance than that of the creation.
func TestResumeDoneLearns(t *testing.T) {
	for _, row := range []struct {
		name, meta string
		want       map[string]string
	}{
		{"only a name", metadataOf("filename", "a.txt"), map[string]string{}},
		{"all that is said of the file", metadataOf("filename", "a.txt", "filetype", "image/png", "field", "file"), map[string]string{}},
		{"the same by other names", metadataOf("name", "a.txt", "type", "text/html"), map[string]string{}},
		{"the fields of a page", metadataOf("filename", "a.txt", "album", "7", "Title", "Größe"), map[string]string{"album": "7", "Title": "Größe"}},
		{"a flag, and bytes that are not text", metadataOf("name", "a.txt", "x", "\x00\xff\r\n") + ",flag", map[string]string{"x": "\x00\xff\r\n", "flag": ""}},
	} {
		for _, size := range []int{0, 5} {
			t.Run(row.name, func(t *testing.T) {
				store, calls := &memstore.Store{}, 0
				o := upload.ResumeOptions{Done: func(_ context.Context, subject string, meta map[string]string, f upload.File) error {
					calls++
					require.Equal(t, "ann", subject)
					require.Equal(t, row.want, meta)
					require.EqualValues(t, size, f.Size)
					return nil
				}}
				anything := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })
				z := newResumable(t, store, anything, upload.Options{}, o)
				other := newResumable(t, store, anything, upload.Options{}, o)
				got := z.do(t, tusRequest{method: "POST", headers: "Upload-Length: " + strconv.Itoa(size) + "\nUpload-Metadata: " + row.meta})
				require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
				if size > 0 {
					publishedBy(t, other.patch(t, got.Header.Get("Location"), 0, "hello"))
				}
				require.Equal(t, 1, calls)
			})
		}
	}
}
