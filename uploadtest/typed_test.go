package uploadtest_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// TestSampleOf checks that types of the presets have samples that they accept.
func TestSampleOf(t *testing.T) {
	office := "application/vnd.openxmlformats-officedocument."
	open := "application/vnd.oasis.opendocument."
	for about, preset := range map[string]struct {
		policy upload.Validator
		types  []string
	}{
		"images": {upload.Images(nil), []string{"image/png", "image/jpeg", "image/gif", "image/webp"}},
		"other images": {
			upload.Images(&upload.ImageOptions{Types: []string{"image/avif", "image/heic", "image/svg+xml"}}),
			[]string{"image/avif", "image/heic", "image/svg+xml"},
		},
		"documents": {upload.Documents(nil), []string{
			"application/pdf", office + "wordprocessingml.document", office + "spreadsheetml.sheet", office + "presentationml.presentation",
			open + "text", open + "spreadsheet", open + "presentation", "text/plain", "text/csv",
		}},
		"archives": {upload.Archives(nil), []string{"application/zip"}},
	} {
		for _, mediaType := range preset.types {
			t.Run(about+" "+mediaType, func(t *testing.T) {
				h := newHandler(t, &memstore.Store{}, preset.policy, upload.Options{})
				s := uploadtest.SampleOf(mediaType)
				a := uploadtest.Post(t, h, "/", s.File("file"))
				require.Equal(t, http.StatusCreated, a.Status, "%s: %s", s.Name, a)
				require.Equal(t, mediaType, a.Files[0].Type)
			})
		}
	}
	require.PanicsWithValue(t, "uploadtest: no sample of the type a/b", func() { uploadtest.SampleOf("a/b") })
}

// TestContents checks that the short functions return files of their types.
func TestContents(t *testing.T) {
	h := newHandler(t, &memstore.Store{}, upload.Any(upload.Images(nil), upload.Documents(nil)), upload.Options{})
	for name, content := range map[string]uploadtest.Content{
		"a.pdf": uploadtest.PDF(), "a.docx": uploadtest.DOCX(), "a.jpg": uploadtest.JPEG(), "a.png": uploadtest.PNG(0),
	} {
		a := uploadtest.Post(t, h, "/", uploadtest.File("file", name, content))
		require.Equal(t, http.StatusCreated, a.Status, "%s: %s", name, a)
	}
}

// TestScanner checks the answers to files with and without the words that a scanner finds.
func TestScanner(t *testing.T) {
	for _, tc := range []struct {
		about string
		finds map[string]storage.ScanResult
		file  uploadtest.Part
		code  upload.Code // "" if accepted
	}{
		{"a clean PDF", nil, uploadtest.File("file", "a.pdf", uploadtest.PDF()), ""},
		{"an infected PDF", nil, uploadtest.Infected().File("file"), upload.CodeInfected},
		{"EICAR", nil, uploadtest.File("file", "a.txt", uploadtest.EICAR()), upload.CodeInfected},
		{"EICAR, which it does not look for", map[string]storage.ScanResult{}, uploadtest.Infected().File("file"), ""},
		{"a word", map[string]storage.ScanResult{"bad": storage.ScanSuspicious}, uploadtest.File("file", "a.txt", "a bad file"), upload.CodeSuspicious},
		{"a word of a scanner that is down", map[string]storage.ScanResult{"bad": storage.ScanFailed}, uploadtest.File("file", "a.txt", "a bad file"), upload.CodeCheckFailed},
		{"two words", map[string]storage.ScanResult{"b": storage.ScanTooLarge, "a": storage.ScanInfected}, uploadtest.File("file", "a.txt", "b a"), upload.CodeInfected},
		{"a word with a clean result", map[string]storage.ScanResult{"bad": storage.ScanClean}, uploadtest.File("file", "a.txt", "a bad file"), ""},
	} {
		t.Run(tc.about, func(t *testing.T) {
			store := &memstore.Store{}
			h := newHandler(t, store, upload.All(upload.Documents(nil), uploadtest.Scanner{Finds: tc.finds}), upload.Options{})
			a := uploadtest.Post(t, h, "/", tc.file)
			require.Equal(t, tc.code, a.Code, a)
			require.Equal(t, tc.code == "", len(store.Keys()) == 1)
		})
	}
}

// TestScannerInPieces checks that a word is found in pieces of any size.
func TestScannerInPieces(t *testing.T) {
	content := uploadtest.Infected().Content
	for _, size := range []int{1, 7, 67, 68, 69, len(content)} {
		o, err := uploadtest.Scanner{}.Validate(t.Context(), nil)
		require.NoError(t, err)
		for rest := content; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			n, err := o.Write(rest[:min(size, len(rest))])
			require.NoError(t, err)
			require.Equal(t, min(size, len(rest)), n)
		}
		require.ErrorIs(t, o.Verdict(), upload.CodeInfected, size)
	}
}

// TestInfectedIsSound checks that Infected has EICAR in it, and that Documents accept it.
func TestInfectedIsSound(t *testing.T) {
	s := uploadtest.Infected()
	require.Contains(t, string(s.Content), string(uploadtest.EICAR()))
	a := uploadtest.Post(t, newHandler(t, &memstore.Store{}, upload.Documents(nil), upload.Options{}), "/", s.File("file"))
	require.Equal(t, http.StatusCreated, a.Status, a)
	require.Equal(t, upload.CodeInfected, s.Code)
}

// TestClientWarnsOfNothing checks that a client of this package supports deadlines, and that a
// writer of the host's without Unwrap still causes a warning.
func TestClientWarnsOfNothing(t *testing.T) {
	for _, hidden := range []bool{false, true} {
		var log bytes.Buffer
		h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
			Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		require.NoError(t, err)
		uploadtest.Post(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hidden {
				w = struct{ http.ResponseWriter }{w}
			}
			h.ServeHTTP(w, r)
		}), "/", uploadtest.File("file", "a.txt", "hello"))
		require.Contains(t, log.String(), "upload: accepted")
		require.Equal(t, hidden, bytes.Contains(log.Bytes(), []byte("level=WARN")), log.String())
	}
}
