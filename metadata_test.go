package upload_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

const place = "51.5074 N, 0.1278 W"

// photo returns a picture of 40 x 30 pixels that is shown turned, and that says where it was taken.
func photo() string {
	turned := "MM\x00*\x00\x00\x00\x08\x00\x01" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + "\x00\x00\x00\x00"
	head, rest := pngBytes()[:33], pngBytes()[33:] // after IHDR
	return head + pngChunk("eXIf", turned+strings.Repeat("\x00", 20)+place) + pngChunk("tEXt", "Comment\x00"+place) + rest
}

func pngChunk(kind, data string) string {
	length := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(kind+data)))
	return string(length) + kind + data + string(sum)
}

// sendPhoto sends a photo through each door except links.
var sendPhoto = map[string]func(t *testing.T, d *direct) upload.File{
	"form": func(t *testing.T, d *direct) upload.File {
		return d.sends(t, uploadtest.NewRequest("/", uploadtest.File("file", "a.png", photo())), d.handler)
	},
	"raw": func(t *testing.T, d *direct) upload.File {
		raw, err := d.handler.Raw("file", nil)
		require.NoError(t, err)
		return d.sends(t, put(`attachment; filename="a.png"`, photo()), raw)
	},
	"store": func(t *testing.T, d *direct) upload.File {
		f, err := d.handler.Store(t.Context(), &upload.Grant{Subject: "ann"}, upload.File{Field: "file", Name: "a.png"}, strings.NewReader(photo()))
		require.NoError(t, err)
		return f
	},
	"direct": func(t *testing.T, d *direct) upload.File {
		ticket := d.sign(t, declarationOf("a.png", photo()))
		d.sendAll(t, ticket, photo())
		f := d.confirm(t, ticket.Token)
		require.Equal(t, f, d.confirm(t, ticket.Token), "again")
		return f
	},
	"resumable":            func(t *testing.T, d *direct) upload.File { return d.resumes(t, "a.png", photo(), len(photo())) },
	"resumable, in pieces": func(t *testing.T, d *direct) upload.File { return d.resumes(t, "a.png", photo(), 50) },
}

// resumes sends a file to a Resumer over the same handler, in requests of so many bytes.
func (d *direct) resumes(t *testing.T, name, content string, size int) upload.File {
	t.Helper()
	z := &resumable{handler: d.handler}
	z.serve(t, upload.ResumeOptions{})
	return z.sends(t, name, content, size)
}

// sendAll sends a file in one request, or in its one part.
func (d *direct) sendAll(t *testing.T, ticket upload.Ticket, content string) {
	t.Helper()
	signed := ticket.SignedRequest
	if ticket.Parts > 0 {
		signed = &storage.SignedRequest{}
		d.step(t, "part", map[string]any{"token": ticket.Token, "partNumber": 1}, signed)
	}
	require.Contains(t, []int{200, 201}, send(t, signed, content))
}

func (d *direct) sends(t *testing.T, r *http.Request, h http.Handler) upload.File {
	t.Helper()
	r.Header.Set("Subject", "ann")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusCreated, w.Code, w.Body)
	return filesOf(t, w.Result())[0]
}

// seeing records what an observer is shown.
type seeing struct {
	head string
	in   *upload.Incoming
	strings.Builder
	facts upload.Facts
}

func (s *seeing) Validate(_ context.Context, in *upload.Incoming) (upload.Observer, error) {
	s.head, s.in = string(in.Head), in
	s.Reset()
	return s, nil
}

func (s *seeing) Verdict() error {
	s.facts = s.in.Facts()
	return nil
}

// TestMetadata: by default no door stores what a picture says of its owner. Validators see the head
// as it came, and observers what is stored. The rest of the picture is sound.
func TestMetadata(t *testing.T) {
	for _, tc := range []struct {
		about string
		all   upload.Metadata
		field upload.Metadata
		keeps bool
	}{
		{about: "by default"},
		{about: "kept", all: upload.KeepAll, keeps: true},
		{about: "kept in the field", field: upload.KeepAll, keeps: true},
	} {
		for door, sends := range sendPhoto {
			for _, single := range []int64{0, 1} {
				t.Run(tc.about+", "+door, func(t *testing.T) {
					seen := &seeing{}
					policy := upload.Form{"file": {Accept: upload.All(upload.Images(nil), seen), Metadata: tc.field}}
					d := newDirect(t, policy, upload.Options{Metadata: tc.all, SHA256: true}, upload.PresignOptions{SingleSize: single})
					f := sends(t, d)
					require.Equal(t, upload.Facts{Width: 30, Height: 40, Frames: 1, Orientation: 6, Cleaned: !tc.keeps}, f.Facts)
					require.Equal(t, f.Facts, seen.facts)
					stored := d.read(t, f.Key)
					require.Equal(t, stored, seen.String())
					require.Equal(t, photo(), seen.head, "the head is as it came")
					require.Len(t, stored, len(photo()))
					require.Equal(t, digestOf(stored), f.SHA256)
					require.Equal(t, tc.keeps, stored == photo())
					require.Equal(t, tc.keeps, strings.Contains(stored, place))
					_, err := upload.Check(t.Context(), upload.Images(&upload.ImageOptions{Decode: true}), upload.File{Name: "a.png"}, 0, strings.NewReader(stored))
					require.NoError(t, err)
				})
			}
		}
	}
}

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// TestMetadataDeclared: a declared digest is compared with that of the file as it was sent.
func TestMetadataDeclared(t *testing.T) {
	for _, single := range []int64{0, 1} {
		d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{SingleSize: single})
		declared := declarationOf("a.png", photo())
		declared.SHA256 = digestOf(photo())
		ticket := d.sign(t, declared)
		d.sendAll(t, ticket, photo())
		f := d.confirm(t, ticket.Token)
		require.NotContains(t, d.read(t, f.Key), place)
		require.Empty(t, f.SHA256, "that of the stored bytes is not known")
		require.Equal(t, f, d.confirm(t, ticket.Token))
	}
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{SingleSize: 1})
	declared := declarationOf("a.png", photo())
	declared.SHA256 = digestOf("another")
	ticket := d.sign(t, declared)
	d.sendAll(t, ticket, photo())
	d.refusesConfirm(t, upload.CodeNotDeclared, "ann", ticket.Token)
}

// TestMetadataUnclear: a file that cannot be cleaned for certain is refused. If a validator refuses
// it, too, the answer is the validator's. A file that is kept needs no cleaning.
func TestMetadataUnclear(t *testing.T) {
	cut := photo()[:60]
	for _, tc := range []struct {
		about   string
		policy  upload.Validator
		options upload.Options
		code    upload.Code
	}{
		{"nobody looks", upload.NotEmpty(), upload.Options{}, upload.CodeMetadata},
		{"a preset looks", upload.Images(nil), upload.Options{}, upload.CodeTruncated},
		{"it is kept", upload.NotEmpty(), upload.Options{Metadata: upload.KeepAll}, ""},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, tc.policy, tc.options)
			r := post(file("file", "a.png", cut))
			if tc.code != "" {
				f.refuses(t, tc.code, r)
				return
			}
			stored, _ := f.stored(t, f.accepts(t, r)[0].Key)
			require.Equal(t, cut, stored)
		})
	}
}

// TestMetadataPanic: a cleaner that panics says nothing of the file, so the refusal is that of a
// failed check. Its cause is the panic.
func TestMetadataPanic(t *testing.T) {
	fault := &clean.Error{Code: clean.CodePanic, Detail: "panic: its place"}
	err := upload.MetadataError(fault)
	require.ErrorIs(t, err, upload.CodeCheckFailed)
	require.ErrorIs(t, err, fault)
}

// TestMetadataAtOnce: of parallel confirmations each answers the same, and what is published is
// clean.
func TestMetadataAtOnce(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.png", photo()))
	require.Contains(t, []int{200, 201}, send(t, ticket.SignedRequest, photo()))
	var files [16]upload.File
	var wg sync.WaitGroup
	for i := range files {
		wg.Go(func() { files[i] = d.confirm(t, ticket.Token) })
	}
	wg.Wait()
	for _, f := range files {
		require.Equal(t, files[0], f)
	}
	require.Equal(t, []string{files[0].Key}, d.published())
	require.NotContains(t, d.read(t, files[0].Key), place)
	require.Zero(t, d.staged())
}

// TestMetadataReplaced: a staged file is replaced after it was checked. The other one is published
// only after a check of its own, even where the patches of the first would fit it.
func TestMetadataReplaced(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{Form: true})
	ticket := d.sign(t, declarationOf("a.png", photo()))
	other := strings.Replace(photo(), "Comment", "comment", 1)
	require.Equal(t, 201, send(t, ticket.SignedRequest, photo()))
	d.meddle(t, upload.Options{}, upload.PresignOptions{Form: true}, uploadtest.Fault{Op: uploadtest.OpPromote, Nth: 1, Do: func(context.Context) error {
		require.Equal(t, 201, send(t, ticket.SignedRequest, other))
		return nil
	}})
	p := d.step(t, "../meddled/confirm", token{ticket.Token}, nil).problem(t)
	require.Equal(t, upload.CodeConflict, p.Code)
	require.Empty(t, d.published())
	var answer struct{ Files []upload.File }
	require.Equal(t, 201, d.step(t, "../meddled/confirm", token{ticket.Token}, &answer).StatusCode)
	require.NotContains(t, d.read(t, answer.Files[0].Key), place)
}
