package upload_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeJava sends a file as tus-java-client does: in requests of 10 MiB without a length,
// which wait for 100 Continue. They are POST, with an override, where the client cannot send PATCH.
// The client accepts only the offset of all that it has sent.
func TestResumeJava(t *testing.T) {
	for name, over := range map[string]bool{"PATCH": false, "override": true} {
		t.Run(name, func(t *testing.T) {
			request := 10 << 20
			if over {
				request = rounds.Of(1<<20, request)
			}
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{MaxFileSize: 30 << 20}, upload.ResumeOptions{})
			content := strings.Repeat("0123456789abcde\n", (2*request+1<<20)/16) + "end"
			url := z.create(t, "notes.txt", len(content))
			send := func(at, end int) reply {
				q := tusRequest{method: "PATCH", url: url, headers: offsetBytes + strconv.Itoa(at) + "\nExpect: 100-continue", body: io.MultiReader(strings.NewReader(content[at:end]))}
				if over {
					q.method, q.headers = "POST", q.headers+"\nX-HTTP-Method-Override: PATCH"
				}
				return z.do(t, q)
			}
			require.Equal(t, strconv.Itoa(request), send(0, request).Header.Get("Upload-Offset"))
			require.Equal(t, http.StatusConflict, send(0, request).StatusCode) // as after a lost answer
			at := z.offset(t, url)
			require.Equal(t, request, at)
			for ; at < len(content); at += request {
				end := min(at+request, len(content))
				got := send(at, end)
				require.Equal(t, http.StatusNoContent, got.StatusCode, got.Body)
				require.Equal(t, strconv.Itoa(end), got.Header.Get("Upload-Offset"))
			}
			require.Len(t, z.publishedKeys(t), 1)
			require.Equal(t, len(content), z.offset(t, url), "a program that is started again takes it for success")
		})
	}
}

// TestResumeTUSKit sends a file as TUSKit does: in pieces of 500 KiB, by upload tasks of
// URLSession, to whose requests the system adds headers of another protocol. After a lost answer a
// background task sends its whole piece again. TUSKit goes on from any Upload-Offset, whatever the
// status is.
func TestResumeTUSKit(t *testing.T) {
	const draft = "\nUpload-Complete: ?1\nUpload-Draft-Interop-Version: 6"
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	content := bytes.Repeat([]byte("0123456789abcde\n"), 80_000)
	got := z.do(t, tusRequest{method: "POST", headers: "Upload-Length: " + strconv.Itoa(len(content)) + "\nUpload-Extension: creation\nUpload-Metadata: " +
		metadataOf("filename", "notes.txt", "filetype", "text/plain") + draft})
	require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
	url := got.Header.Get("Location")
	const piece = 500 << 10
	for at := 0; at < len(content); at += piece {
		q := tusRequest{method: "PATCH", url: url, headers: offsetBytes + strconv.Itoa(at) + draft, body: bytes.NewReader(content[at:min(at+piece, len(content))])}
		got = z.do(t, q)
		require.Equal(t, http.StatusNoContent, got.StatusCode, got.Body)
		require.Equal(t, strconv.Itoa(min(at+piece, len(content))), got.Header.Get("Upload-Offset"))
		q.body = bytes.NewReader(content[at:min(at+piece, len(content))])
		again := z.do(t, q) // do requires that a refusal has no offset
		require.Equal(t, http.StatusConflict, again.StatusCode)
		require.Equal(t, min(at+piece, len(content)), z.offset(t, url))
	}
	z.requireStored(t, publishedBy(t, got), string(content))
	require.Len(t, z.publishedKeys(t), 1)
}
