package s3store_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// These are the sizes of files at a door, whose store sends parts of one chunk.
const (
	onePart   = chunk
	manyParts = chunk + 1
)

var silentWrites = map[string]int{
	"PutObject": onePart, "CreateMultipartUpload": manyParts, "UploadPart": manyParts, "CompleteMultipartUpload": manyParts,
}

// door is a Handler and a Presigner over a fake S3, without a network, so that they work in a
// synctest bubble.
type door struct {
	*s3store.Store
	fake    *s3fake.Server
	mux     *http.ServeMux
	direct  *uploadtest.Direct
	confirm bool     // a confirmation has begun
	lost    []string // staged files removed before there was a published one
}

func newDoor(t *testing.T, versioned bool) *door {
	t.Helper()
	d := &door{fake: s3fake.New("bucket"), mux: http.NewServeMux()}
	d.fake.Versioned, d.fake.MinPart = versioned, 1
	d.mux.HandleFunc("/bucket/", func(w http.ResponseWriter, r *http.Request) {
		if d.confirm && r.Method == http.MethodDelete && strings.Contains(r.URL.Path, storage.StagingSegment) && len(d.published()) == 0 {
			d.lost = append(d.lost, r.URL.Path)
		}
		d.fake.ServeHTTP(w, r)
	})
	quiet := slog.New(slog.DiscardHandler)
	c := uploadtest.Client(d.mux)
	var err error
	d.Store, err = s3store.New(client("http://example.com", func(o *s3.Options) { o.HTTPClient = c }), "bucket", &s3store.Options{Logger: quiet})
	require.NoError(t, err)
	s3store.SetPartSize(d.Store, chunk)
	h, err := upload.New(d.Store, upload.NotEmpty(), upload.AllowAnonymous, &upload.Options{Logger: quiet, MaxFileSize: huge})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, &upload.PresignOptions{SingleSize: onePart})
	require.NoError(t, err)
	d.mux.Handle("/upload", h)
	d.mux.Handle("/tickets/", p)
	d.direct = &uploadtest.Direct{Client: c, URL: "/tickets/"}
	return d
}

// published returns the keys that readers may see.
func (d *door) published() (keys []string) {
	for _, key := range d.fake.Keys() {
		if d.fake.Get(key) != nil && !strings.Contains(key, storage.StagingSegment) {
			keys = append(keys, key)
		}
	}
	return keys
}

// requireOnly fails the test unless one object of these bytes is all there is.
func (d *door) requireOnly(t *testing.T, key string, body []byte) {
	t.Helper()
	d.requireStored(t, key, body)
	require.Equal(t, []string{key}, d.fake.Keys())
	require.Len(t, d.fake.Versions(key), 1)
	require.Zero(t, d.fake.OpenUploads())
}

func (d *door) requireStored(t *testing.T, key string, body []byte) {
	t.Helper()
	o := d.fake.Get(key)
	require.NotNil(t, o, "201, and nothing is there")
	require.Equal(t, digest(body), digest(o.Body))
}

func file(body []byte) uploadtest.Part {
	return uploadtest.File("file", "a.bin", uploadtest.Bytes(body))
}

// everyNothing runs a test with each answer that says nothing about a call: once and always,
// carried out and not, in buckets of each kind. One combination in three runs, or all with
// UPLOAD_TEST_LONG=1.
func everyNothing(t *testing.T, call string, run func(t *testing.T, d *door, fault s3fake.Fault, done bool, times int)) {
	t.Helper()
	takesTurn, nothings := rounds.Turns(3), s3fake.Nothings(call)
	for _, name := range slices.Sorted(maps.Keys(nothings)) {
		for _, done := range []bool{false, true} {
			for _, versioned := range []bool{false, true} {
				for _, times := range []int{1, forEver} {
					if !takesTurn() {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/done=%v versioned=%v times=%d", call, name, done, versioned, times), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							run(t, newDoor(t, versioned), s3fake.Say(nothings[name], done), done, times)
						})
					})
				}
			}
		}
	}
}

// TestSilentAnswers checks an S3 that answers the calls of a streamed upload without content.
// Another try makes up for one such answer. After more the store asks S3 whether the object is
// there. If it is not, the upload fails, and neither an object nor an open upload is left.
func TestSilentAnswers(t *testing.T) {
	for call, size := range silentWrites {
		everyNothing(t, call, func(t *testing.T, d *door, fault s3fake.Fault, done bool, times int) {
			d.fake.Inject(call, times, fault)
			body := randomBytes(size)
			a := uploadtest.Post(t, d.mux, "/upload", file(body))
			if times == 1 || done && (call == "PutObject" || call == "CompleteMultipartUpload") {
				require.Equal(t, http.StatusCreated, a.Status, a)
				d.requireOnly(t, a.Files[0].Key, body)
				return
			}
			require.Equal(t, upload.CodeStorage, a.Code)
			require.Empty(t, d.fake.Keys())
			require.Zero(t, d.fake.OpenUploads())
		})
	}
}

// TestSilentConfirmations checks such answers to the calls of a confirmation. Whatever S3 answers,
// the client's only copy is removed only after the published one exists.
func TestSilentConfirmations(t *testing.T) {
	calls := map[int][]string{
		onePart: {
			"HeadObject", "GetObject", "CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload",
			"ListObjectVersions", "DeleteObject",
		},
		manyParts: {"ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"},
	}
	for size, names := range calls {
		for _, call := range names {
			everyNothing(t, call, func(t *testing.T, d *door, fault s3fake.Fault, _ bool, times int) {
				body := randomBytes(size)
				ticket, a := d.direct.Sign(t, uploadtest.Declare(file(body)))
				require.NotNil(t, ticket, a)
				require.Equal(t, http.StatusOK, d.direct.Send(t, ticket, file(body).Content).Status)

				d.fake.Inject(call, times, fault)
				d.confirm = true
				a = d.direct.Confirm(t, ticket.Token)
				require.Empty(t, d.lost, "removed before anything was published")
				if a.Status != http.StatusCreated {
					require.Equal(t, upload.CodeStorage, a.Code, a)
				} else {
					d.requireStored(t, a.Files[0].Key, body)
				}
				if times == 1 {
					require.Equal(t, http.StatusCreated, a.Status, a)
				}
				d.fake.Heal()
				a = d.direct.Confirm(t, ticket.Token)
				require.Equal(t, http.StatusCreated, a.Status, a)
				d.requireOnly(t, a.Files[0].Key, body)
			})
		}
	}
}

// TestSilentTickets checks a multipart upload whose id is missing from the answer: another try
// makes up for one such answer, and after more none is left open.
func TestSilentTickets(t *testing.T) {
	const call = "CreateMultipartUpload"
	everyNothing(t, call, func(t *testing.T, d *door, fault s3fake.Fault, _ bool, times int) {
		d.fake.Inject(call, times, fault)
		ticket, a := d.direct.Sign(t, uploadtest.Declare(file(randomBytes(manyParts))))
		if times == 1 {
			require.NotNil(t, ticket, a)
			require.Equal(t, 1, d.fake.OpenUploads())
			return
		}
		require.Equal(t, upload.CodeStorage, a.Code)
		require.Zero(t, d.fake.OpenUploads())
	})
}

// TestSilentRemovals checks that a removal that is reported as done was done.
func TestSilentRemovals(t *testing.T) {
	type removal struct {
		call   string
		remove func(t *testing.T, d *door) error
	}
	stage := func(t *testing.T, d *door, size int) storage.Staged {
		staged, err := d.Stage(t.Context(), object("k", manyParts), bytes.NewReader(randomBytes(size)))
		require.NoError(t, err)
		return staged
	}
	for name, row := range map[string]removal{
		"Discard before Commit": {"AbortMultipartUpload", func(t *testing.T, d *door) error {
			return stage(t, d, manyParts).Discard(t.Context())
		}},
		"Discard after Commit": {"DeleteObject", func(t *testing.T, d *door) error {
			staged := stage(t, d, onePart)
			require.NoError(t, staged.Commit(t.Context()))
			return staged.Discard(t.Context())
		}},
		"Delete": {"DeleteObject", func(t *testing.T, d *door) error {
			require.NoError(t, stage(t, d, onePart).Commit(t.Context()))
			return d.Delete(t.Context(), "k")
		}},
		"Delete without a list": {"ListObjectVersions", func(t *testing.T, d *door) error {
			require.NoError(t, stage(t, d, onePart).Commit(t.Context()))
			return d.Delete(t.Context(), "k")
		}},
		"RemoveListed": {"DeleteObject", func(t *testing.T, d *door) error {
			require.NoError(t, stage(t, d, onePart).Commit(t.Context()))
			page, err := d.ListObjects(t.Context(), "", "")
			require.NoError(t, err)
			return d.RemoveListed(t.Context(), page.Items[0])
		}},
		"AbortMultipart": {"AbortMultipartUpload", func(t *testing.T, d *door) error {
			id, err := d.CreateMultipart(t.Context(), direct([]byte("x")))
			require.NoError(t, err)
			return d.AbortMultipart(t.Context(), staging, id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			everyNothing(t, row.call, func(t *testing.T, d *door, fault s3fake.Fault, done bool, times int) {
				d.fake.Inject(row.call, times, fault)
				err := row.remove(t, d)
				gone := len(d.fake.Keys()) == 0 && d.fake.OpenUploads() == 0
				if row.call == "ListObjectVersions" {
					require.Equal(t, times == 1, gone, err)
				} else {
					require.Equal(t, times == 1 || done, gone, err)
				}
				require.False(t, err == nil && !gone, "reported as removed, and still there")
				if !done {
					require.Equal(t, gone, err == nil, err) // an error in the body can hide that S3 did it
				}
			})
		})
	}
}

// TestSilentReads checks that an answer without content is an error, not an empty result.
func TestSilentReads(t *testing.T) {
	type read struct {
		call string
		do   func(t *testing.T, d *door) error
	}
	for name, row := range map[string]read{
		"Stat":   {"HeadObject", func(t *testing.T, d *door) error { _, err := d.Stat(t.Context(), "k"); return err }},
		"OpenAt": {"GetObject", func(t *testing.T, d *door) error { _, err := d.OpenAt(t.Context(), "k", "", 0, -1); return err }},
		"Parts":  {"ListParts", func(t *testing.T, d *door) error { _, err := d.Parts(t.Context(), "k", "id"); return err }},
		"ListObjects": {"ListObjectsV2", func(t *testing.T, d *door) error {
			_, err := d.ListObjects(t.Context(), "", "")
			return err
		}},
		"ListUploads": {"ListMultipartUploads", func(t *testing.T, d *door) error {
			_, err := d.ListUploads(t.Context(), "", "")
			return err
		}},
	} {
		for what, body := range s3fake.Nothings(row.call) {
			t.Run(name+"/"+what, func(t *testing.T) {
				d := newDoor(t, false)
				d.fake.Inject(row.call, forEver, s3fake.Say(body, false))
				require.ErrorContains(t, row.do(t, d), "s3store: ")
			})
		}
	}
}

// TestHalfAnswers checks answers that have some of what S3 says, but lack what counts.
func TestHalfAnswers(t *testing.T) {
	complete := func(fields string) string {
		return "<CompleteMultipartUploadResult>" + fields + "</CompleteMultipartUploadResult>"
	}
	create := func(fields string) string {
		return "<InitiateMultipartUploadResult>" + fields + "</InitiateMultipartUploadResult>"
	}
	for name, row := range map[string]struct {
		call, body string
		header     http.Header
	}{
		"PutObject with an empty ETag":        {"PutObject", "", http.Header{"Etag": {`""`}}},
		"UploadPart with an empty ETag field": {"UploadPart", "", http.Header{"Etag": {""}}},
		"Complete without its key":            {"CompleteMultipartUpload", complete("<ETag>&quot;1&quot;</ETag>"), nil},
		"Complete of another key":             {"CompleteMultipartUpload", complete("<Key>other</Key><ETag>&quot;1&quot;</ETag>"), nil},
		"Complete without its ETag":           {"CompleteMultipartUpload", complete("<Key>k</Key>"), nil},
		"Complete with an empty ETag":         {"CompleteMultipartUpload", complete("<Key>k</Key><ETag></ETag>"), nil},
		"Create without an id":                {"CreateMultipartUpload", create("<Bucket>bucket</Bucket><Key>k</Key>"), nil},
		"Create of another key":               {"CreateMultipartUpload", create("<Key>other</Key><UploadId>1</UploadId>"), nil},
		"UploadPart with an empty ETag":       {"UploadPart", "", http.Header{"Etag": {`""`}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDoor(t, false)
				d.fake.Inject(row.call, forEver, func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
					_, _ = io.Copy(io.Discard, r.Body)
					maps.Copy(w.Header(), row.header)
					_, _ = io.WriteString(w, row.body)
				})
				staged, err := d.Stage(t.Context(), object("k", manyParts), bytes.NewReader(randomBytes(silentWrites[row.call])))
				if err == nil {
					err = staged.Commit(t.Context())
				}
				require.ErrorContains(t, err, "does not state")
				require.NotErrorIs(t, err, storage.ErrUnknownOutcome, "S3 was there to be asked")
				require.Empty(t, d.fake.Keys())
				require.Zero(t, d.fake.OpenUploads())
			})
		})
	}
}

// TestCopiesWithoutETag checks copies whose answers lack an ETag. No object is made of them.
func TestCopiesWithoutETag(t *testing.T) {
	for _, body := range []string{"<CopyPartResult/>", "<CopyPartResult><ETag></ETag></CopyPartResult>", `<CopyPartResult><ETag>""</ETag></CopyPartResult>`} {
		f := newFixture(t, setup{})
		f.fake.Inject("UploadPartCopy", forEver, s3fake.Say(body, true))
		require.ErrorContains(t, f.Promote(t.Context(), f.promotion(randomBytes(onePart))), "does not state the part's ETag")
		require.Zero(t, f.fake.Calls("CompleteMultipartUpload"))
		require.Nil(t, f.fake.Get("k"))
		f.requireIdle(t)
	}
}

// TestAnotherObjectsETag checks that OpenAt refuses the wrong object of a service that ignores
// If-Match.
func TestAnotherObjectsETag(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.Put("k", []byte("other"))
	f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		r.Header.Del("If-Match")
		serve(w, r)
	})
	_, err := f.OpenAt(t.Context(), "k", `"mine"`, 0, -1)
	require.ErrorIs(t, err, storage.ErrChanged)
}

// TestHonestAnswersCostNoCall checks that the store makes additional calls only after an answer
// without content.
func TestHonestAnswersCostNoCall(t *testing.T) {
	for size, calls := range map[int]map[string]int{
		onePart:   {"PutObject": 1},
		manyParts: {"CreateMultipartUpload": 1, "UploadPart": 2, "CompleteMultipartUpload": 1},
	} {
		d := newDoor(t, false)
		a := uploadtest.Post(t, d.mux, "/upload", file(randomBytes(size)))
		require.Equal(t, http.StatusCreated, a.Status, a)
		total := 0
		for call, times := range calls {
			require.Equal(t, times, d.fake.Calls(call), call)
			total += times
		}
		require.Equal(t, total, d.fake.Calls(""), "and no other")
	}
}
