package integration_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// stageObject stages body as clients do: by a form, which can be sent again, or by a PUT where the
// profile has no forms. It declares the SHA-256 only where the profile needs it. again returns the
// same request with other bytes.
func (st *stage) stageObject(t testing.TB, body []byte) (stored storage.Stored, again func(body []byte) *http.Request) {
	t.Helper()
	d := directObject(body)
	if !needsDigest() {
		d.SHA256 = ""
	}
	form := !s3test.Get().Profile().NoForms
	sign, request := st.store.SignPut, httpRequest
	if form {
		sign, request = st.store.SignForm, formRequest
	}
	signed, err := sign(t.Context(), d)
	require.NoError(t, err)
	again = func(body []byte) *http.Request { return request(t, signed, body) }
	status, answer, _ := send(t, again(body))
	require.Less(t, status, 300, "%s", answer)
	stored, err = st.store.Stat(t.Context(), stagingKey)
	require.NoError(t, err)
	return stored, again
}

// toPromote stages body and returns how to publish it.
func (st *stage) toPromote(t testing.TB, body []byte) storage.Promotion {
	t.Helper()
	stored, _ := st.stageObject(t, body)
	return promotionOf(stored, body)
}

func TestPromote(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, versioned, s3store.Options{Tags: map[string]string{"a b": "c+d"}})
			p := st.toPromote(t, content)
			for range 2 {
				require.NoError(t, st.store.Promote(t.Context(), p))
			}
			requireKeys(t, st.bucket, "published", stagingKey)
			got, _ := st.bucket.SHA256(t, "published")
			require.Equal(t, hexSHA256(content), got)
			head := st.bucket.Head(t.Context(), t, "published")
			require.Equal(t, "private", *head.CacheControl)
			require.EqualValues(t, 1, *head.TagCount)
			stored, err := st.store.Stat(t.Context(), "published")
			require.NoError(t, err)
			require.Equal(t, storage.Stored{
				Type: p.Type, Name: p.Name, Size: p.Size, ETag: stored.ETag, SHA256: p.SHA256, Nonce: p.Nonce, Version: aws.ToString(head.VersionId),
			}, stored)

			require.NoError(t, st.store.Delete(t.Context(), stagingKey))
			require.NoError(t, st.store.Promote(t.Context(), p), "published already")
			p.Nonce = "another"
			require.ErrorIs(t, st.store.Promote(t.Context(), p), storage.ErrExists)
			requireKeys(t, st.bucket, "published")
		})
	}
}

// sameMD5 are two files with the same MD5, and so with the same ETag on servers whose ETag is the
// MD5.
var sameMD5 = [2]string{
	"d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70",
	"d131dd02c5e6eec4693d9a0698aff95c2fcab50712467eab4004583eb8fb7f8955ad340609f4b30283e4888325f1415a085125e8f7cdc99fd91dbd7280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e23487da03fd02396306d248cda0e99f33420f577ee8ce54b67080280d1ec69821bcb6a8839396f965ab6ff72a70",
}

// TestPromotePinned checks that a replacement of the file between the check and the publication is
// impossible, or is not published.
func TestPromotePinned(t *testing.T) {
	t.Parallel()
	one, err := hex.DecodeString(sameMD5[0])
	require.NoError(t, err)
	other, err := hex.DecodeString(sameMD5[1])
	require.NoError(t, err)
	for name, row := range map[string]struct{ first, then []byte }{
		"other bytes":                 {content, forged},
		"other bytes of the same MD5": {one, other},
	} {
		for _, versioned := range []bool{false, true} {
			t.Run(fmt.Sprint(name, versioned), func(t *testing.T) {
				st := newStage(t, versioned, s3store.Options{})
				stored, again := st.stageObject(t, row.first)
				p := promotionOf(stored, row.first)
				status, answer, _ := send(t, again(row.then))
				if needsDigest() || s3test.Get().Profile().NoForms {
					require.Contains(t, []int{400, 412}, status, "%s", answer)
					require.NoError(t, st.store.Promote(t.Context(), p))
					got, _ := st.bucket.SHA256(t, "published")
					require.Equal(t, hexSHA256(row.first), got)
					return
				}
				require.Equal(t, 201, status, "%s", answer)
				require.ErrorIs(t, st.store.Promote(t.Context(), p), storage.ErrChanged)
				for _, v := range st.bucket.Versions(t.Context(), t) {
					require.Equal(t, stagingKey, v.Key)
				}
				require.Empty(t, st.bucket.Uploads(t.Context(), t))
			})
		}
	}
}

// TestPromoteAtOnce checks that one of many calls that publish one file wins. Calls with the nonce
// of the winner report success, the others that the key exists.
func TestPromoteAtOnce(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, versioned, s3store.Options{})
			p := st.toPromote(t, content)
			errs := make([]error, 20)
			var calls sync.WaitGroup
			for i := range errs {
				calls.Go(func() {
					p := p
					if i >= 16 {
						p.Nonce = "another"
					}
					errs[i] = st.store.Promote(t.Context(), p)
				})
			}
			calls.Wait()
			winner, err := st.store.Stat(t.Context(), "published")
			require.NoError(t, err)
			for i, err := range errs {
				if (i >= 16) == (winner.Nonce == "another") {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, storage.ErrExists)
				}
			}
			requireKeys(t, st.bucket, "published", stagingKey)
		})
	}
}

// TestPromoteDroppedAnswers has S3 carry a call out and loses its answer, once or always. Promote
// reports an error only if nothing is published.
func TestPromoteDroppedAnswers(t *testing.T) {
	t.Parallel()
	for _, call := range []faultproxy.Call{faultproxy.Create, faultproxy.UploadPart, faultproxy.Complete} {
		for mode, status := range repeatsOf(call) {
			for _, times := range []int{1, faultproxy.Always} {
				t.Run(fmt.Sprintf("%s/%s/%d", mode, call, times), func(t *testing.T) {
					t.Parallel()
					st, proxy := newFaultyStage(t, true, s3store.Options{CallTimeout: callTimeout})
					p := st.toPromote(t, content)
					proxy.AnswerRepeats(status)
					proxy.Inject(call, faultproxy.Drop, times)
					err := st.store.Promote(t.Context(), p)
					if times == 1 || call == faultproxy.Complete {
						require.NoError(t, err)
						requireKeys(t, st.bucket, "published", stagingKey)
						return
					}
					require.Error(t, err)
					requireKeys(t, st.bucket, stagingKey)
				})
			}
		}
	}
}

// TestPromoteFaults checks that after a publication that fails the bucket holds the staged file and
// nothing else.
func TestPromoteFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []faultproxy.Fault{faultproxy.InternalError, faultproxy.SlowDown, faultproxy.Reset, faultproxy.Stall} {
		for _, call := range []faultproxy.Call{faultproxy.Create, faultproxy.UploadPart, faultproxy.Complete} {
			for _, times := range []int{1, faultproxy.Always} {
				t.Run(fmt.Sprintf("%s/%s/%d", fault, call, times), func(t *testing.T) {
					t.Parallel()
					st, proxy := newFaultyStage(t, false, s3store.Options{CallTimeout: callTimeout})
					p := st.toPromote(t, content)
					proxy.Inject(call, fault, times)
					if err := st.store.Promote(t.Context(), p); err == nil {
						requireKeys(t, st.bucket, "published", stagingKey)
						return
					}
					require.True(t, times != 1 || fault == faultproxy.Stall, "one fault other than a stall is survived")
					requireKeys(t, st.bucket, stagingKey)
				})
			}
		}
	}
}
