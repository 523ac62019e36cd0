package upload_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// FuzzResume sends requests in any order, with any offset and length, to two instances. Each answer
// is one that clients know, an acknowledged byte is never lost, and what is published is the file.
// Three bytes are a step: what it does, its offset and its length.
func FuzzResume(f *testing.F) {
	// Bits of the first byte: other chooses the second instance, and honest the acknowledged offset.
	// A step without patch and head is a DELETE.
	const patch, other, honest, head = 0x40, 1, 4, 0x20
	f.Add([]byte{patch | honest, 0, 128}, uint16(10))
	f.Add([]byte{patch | honest, 0, 60, patch | honest | other, 0, 30, head, 0, 0, patch | honest, 0, 128}, uint16(256))
	f.Add([]byte{patch | honest, 0, 60, patch | other, 20, 60, patch, 200, 9, head | other, 0, 0, patch | honest, 0, 128}, uint16(4000))
	f.Add([]byte{patch | honest, 0, 60, 0, 0, 0, head, 0, 0, patch | honest, 0, 128}, uint16(256))
	f.Fuzz(func(t *testing.T, steps []byte, size uint16) {
		content := make([]byte, 1+int(size)%5000)
		for i := range content {
			content[i] = 'a' + byte(i%26)
		}
		store, calls := &memstore.Store{}, 0
		var instances [2]*inProcess
		for i := range instances {
			h, err := upload.New(store, upload.Types("text/plain"), upload.RequireSubject(bySubject), &upload.Options{Logger: (&fixture{log: &syncBuffer{}}).logger()})
			require.NoError(t, err)
			z, err := upload.NewResumer(h, [][]byte{secret}, nil)
			require.NoError(t, err)
			instances[i] = &inProcess{z}
		}
		url := "/" + instances[0].do(t.Context(), "POST", "/", "Upload-Length: "+strconv.Itoa(len(content))+"\nUpload-Metadata: "+metadataOf("name", "a.txt"), "").Header().Get("Location")
		acknowledged, ended := 0, false
		for ; len(steps) >= 3 && calls < 40; steps = steps[3:] {
			calls++
			z, begin := instances[steps[0]%2], int(steps[1])*len(content)/256
			if steps[0]&4 > 0 {
				begin = acknowledged // as honest clients do
			}
			end := min(begin+int(steps[2])*len(content)/128, len(content))
			switch steps[0] >> 5 {
			case 0:
				ended = ended || z.do(t.Context(), "DELETE", url, "", "").Code == http.StatusNoContent
				continue
			case 1:
				got := z.do(t.Context(), "HEAD", url, "", "")
				if ended {
					require.Contains(t, []int{200, 410}, got.Code)
					continue
				}
				require.Equal(t, http.StatusOK, got.Code)
				require.Equal(t, strconv.Itoa(acknowledged), got.Header().Get("Upload-Offset"))
				continue
			}
			got := z.do(t.Context(), "PATCH", url, offsetBytes+strconv.Itoa(begin), string(content[begin:end]))
			require.Contains(t, []int{204, 400, 409, 410}, got.Code, got.Body)
			if got.Code == http.StatusNoContent {
				acknowledged = max(acknowledged, end)
				require.Equal(t, strconv.Itoa(acknowledged), got.Header().Get("Upload-Offset"))
			}
		}
		for _, key := range store.Keys() {
			if stored, info := uploadtest.Stored(t, store, key); info.Name == "a.txt" {
				require.Equal(t, string(content), string(stored))
				require.Equal(t, len(content), acknowledged)
			}
		}
	})
}
