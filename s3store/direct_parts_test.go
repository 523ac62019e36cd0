package s3store_test

import (
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/storage"
)

// TestDirectParts makes a whole multipart upload.
func TestDirectParts(t *testing.T) {
	f := newFixture(t, setup{Options: everything})
	f.fake.PageSize = 1
	body := randomBytes(2*part + 1)
	d := direct(body)
	id, err := f.CreateMultipart(t.Context(), d)
	require.NoError(t, err)
	for i := 3; i >= 1; i-- {
		d.Size = min(part, int64(len(body)-(i-1)*part))
		r, err := f.SignPart(t.Context(), d, id, i)
		require.NoError(t, err)
		require.Equal(t, map[string]string{guardField: `"none"`}, r.Headers)
		require.Equal(t, 200, f.send(t, r, body[(i-1)*part:][:d.Size]))
	}
	parts, err := f.Parts(t.Context(), staging, id)
	require.NoError(t, err)
	require.Len(t, parts, 3)
	require.Equal(t, storage.Part{Number: 3, Size: 1, ETag: parts[2].ETag}, parts[2])
	require.NoError(t, f.CompleteMultipart(t.Context(), staging, id, parts))
	f.requireStored(t, staging, body)
	h := f.fake.Get(staging).Header
	require.Equal(t, "image/png", h.Get("Content-Type"))
	require.Equal(t, "attachment", h.Get("Content-Disposition"))
	require.Equal(t, "aws:kms", h.Get("X-Amz-Server-Side-Encryption"))
	require.Empty(t, h.Get("X-Amz-Storage-Class"))
	_, err = f.Parts(t.Context(), staging, id)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, f.AbortMultipart(t.Context(), staging, id))
}

// send sends a signed request as a client would.
func (f *fixture) send(t *testing.T, r *storage.SignedRequest, body []byte) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, strings.NewReader(string(body)))
	require.NoError(t, err)
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	resp, err := f.http.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

// TestDirectFaults lets each call of the store for a multipart upload fail, once and always. It also
// checks lost answers, and an object, a part or an upload that is not the expected one.
func TestDirectFaults(t *testing.T) {
	body := randomBytes(small)
	run := func(t *testing.T, f *fixture) (err error) {
		id, err := f.CreateMultipart(t.Context(), direct(body))
		if err != nil {
			return err
		}
		d := direct(body)
		r, err := f.SignPart(t.Context(), d, id, 1)
		require.NoError(t, err)
		require.Equal(t, 200, f.send(t, r, body))
		parts, err := f.Parts(t.Context(), staging, id)
		if err != nil {
			return err
		}
		if err := f.CompleteMultipart(t.Context(), staging, id, parts); err != nil {
			return err
		}
		return f.AbortMultipart(t.Context(), staging, id)
	}
	for _, call := range []string{"CreateMultipartUpload", "ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"} {
		for name, fault := range map[string]s3fake.Fault{"500": fail500, "503": slow503, "reset": s3fake.Reset, "dropped": s3fake.Drop} {
			for _, repeated := range []int{200, 404, 412} {
				bubble(t, call+" "+name, func(t *testing.T) {
					f := newFixture(t, setup{repeated: repeated})
					f.fake.Inject(call, 1, fault)
					require.NoError(t, run(t, f))
					f.requireStored(t, staging, body)
					f.requireIdle(t)
				})
			}
		}
		bubble(t, call+" always", func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.Inject(call, forEver, fail500)
			require.Error(t, run(t, f))
		})
	}
	bubble(t, "Complete is never answered", func(t *testing.T) {
		f := newFixture(t, setup{repeated: 404})
		f.fake.Inject("CompleteMultipartUpload", forEver, s3fake.Drop)
		require.NoError(t, run(t, f), "the object has the size")
		f.requireStored(t, staging, body)
	})
	bubble(t, "Complete is never answered, and HeadObject fails", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CompleteMultipartUpload", forEver, s3fake.Drop)
		f.fake.Inject("HeadObject", forEver, fail500)
		require.ErrorIs(t, run(t, f), storage.ErrUnknownOutcome)
	})
	bubble(t, "Create is never answered", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CreateMultipartUpload", forEver, s3fake.Drop)
		require.Error(t, run(t, f))
		f.requireNothing(t)
	})
	bubble(t, "another object", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Put(staging, []byte("other"))
		require.ErrorIs(t, run(t, f), storage.ErrExists)
		f.requireStored(t, staging, []byte("other"))
	})
	bubble(t, "a part was replaced", func(t *testing.T) {
		f := newFixture(t, setup{})
		id, err := f.CreateMultipart(t.Context(), direct(body))
		require.NoError(t, err)
		r, err := f.SignPart(t.Context(), direct(body), id, 1)
		require.NoError(t, err)
		require.Equal(t, 200, f.send(t, r, body))
		parts, err := f.Parts(t.Context(), staging, id)
		require.NoError(t, err)
		require.Equal(t, 200, f.send(t, r, make([]byte, len(body))))
		require.ErrorIs(t, f.CompleteMultipart(t.Context(), staging, id, parts), storage.ErrChanged)
		require.Nil(t, f.fake.Get(staging))
	})
	bubble(t, "not open", func(t *testing.T) {
		f := newFixture(t, setup{})
		require.ErrorIs(t, f.CompleteMultipart(t.Context(), staging, "gone", []storage.Part{{Number: 1, Size: 1, ETag: `"x"`}}), fs.ErrNotExist)
		require.NoError(t, f.AbortMultipart(t.Context(), staging, "gone"))
	})
}
