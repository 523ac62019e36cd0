package s3store_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
)

// putFaults returns what can become of a request. None of the answers says that the file is stored.
func putFaults() map[string]s3fake.Fault {
	moved := func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Redirect(w, r, "http://elsewhere.example/", http.StatusTemporaryRedirect)
	}
	page := func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		w.Header().Set("Etag", `"of a gateway"`)
		s3fake.Say("<html>", false)(w, r, serve)
	}
	return map[string]s3fake.Fault{
		"500": fail500, "503": slow503, "reset": s3fake.Reset, "dropped": s3fake.Drop, "a page": page, "nothing": silent,
		"another region": s3fake.Answer(http.StatusMovedPermanently, "PermanentRedirect"), "redirect": moved,
		"expired": s3fake.Answer(http.StatusBadRequest, "ExpiredToken"), "skewed": s3fake.Answer(http.StatusForbidden, "RequestTimeTooSkewed"),
		"412": s3fake.Answer(http.StatusPreconditionFailed, "PreconditionFailed"), "400": s3fake.Answer(http.StatusBadRequest, "BadDigest"),
	}
}

// TestFilesAfterFault checks who makes the calls after one that failed.
func TestFilesAfterFault(t *testing.T) {
	for name, fault := range putFaults() {
		bubble(t, name, func(t *testing.T) {
			f, w := newPutWire(t, setup{warm: true})
			f.fake.Inject("PutObject", 1, fault)
			f.publish(t, "a", randomBytes(small))
			f.publish(t, "b", randomBytes(small))
			require.Equal(t, []bool{true, false, true, true}, bySDK(w.objects()))
			time.Sleep(time.Minute)
			f.publish(t, "c", randomBytes(small))
			f.publish(t, "d", randomBytes(small))
			require.Equal(t, []bool{true, false}, bySDK(w.objects())[4:])
			for _, key := range []string{"a", "b", "c", "d"} {
				f.requireStored(t, key, randomBytes(small))
				require.Len(t, f.fake.Versions(key), 1)
			}
			f.requireIdle(t)
		})
	}
}

// TestPartsAfterFault is TestFilesAfterFault for the parts of large files. Two parts are sent at a
// time, so the second may have begun before the first failed. After a minute the SDK makes at least
// one of the calls for a file.
func TestPartsAfterFault(t *testing.T) {
	for name, fault := range putFaults() {
		bubble(t, name, func(t *testing.T) {
			body := randomBytes(2*part + 100)
			f, w := newPutWire(t, setup{warm: true})
			f.fake.Inject("UploadPart", 1, fault)
			f.publish(t, "a", body)
			require.Contains(t, bySDK(w.parts("a")), false)
			require.Len(t, w.parts("a"), 4)
			f.publish(t, "b", body)
			require.Equal(t, []bool{true, true, true}, bySDK(w.parts("b")))
			time.Sleep(time.Minute)
			f.publish(t, "c", body)
			require.Contains(t, bySDK(w.parts("c")), true)
			f.publish(t, "d", body)
			require.Equal(t, []bool{false, false, false}, bySDK(w.parts("d")))
			for _, key := range []string{"a", "b", "c", "d"} {
				f.requireStored(t, key, body)
				require.Len(t, f.fake.Versions(key), 1)
			}
			f.requireIdle(t)
		})
	}
}

// TestPartsAfterBrokenOff checks that a part does not count as a failure of S3 if the client leaves
// while it is sent.
func TestPartsAfterBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, w := newPutWire(t, setup{warm: true})
		arrived := make(chan struct{})
		f.fake.Inject("UploadPart", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			close(arrived)
			s3fake.Stall(w, r, serve)
		})
		left := readFunc(func([]byte) (int, error) {
			<-arrived
			return 0, io.ErrUnexpectedEOF
		})
		_, err := f.Stage(t.Context(), object("a", huge), io.MultiReader(bytes.NewReader(randomBytes(large)), left))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Equal(t, []bool{false}, bySDK(w.parts("a")))
		f.publish(t, "b", randomBytes(large))
		require.Equal(t, []bool{false, false}, bySDK(w.parts("b")))
		f.requireIdle(t)
	})
}

// TestPartsOfAnotherETag checks an answer with an ETag that the part does not have.
func TestPartsOfAnotherETag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{warm: true})
		f.fake.Inject("UploadPart", 1, func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Etag", `"another"`)
		})
		commit, discard := f.upload(t, "k", randomBytes(large))
		require.Error(t, commit)
		require.NoError(t, discard)
		f.requireNothing(t)
	})
}

// TestFilesInDoubt loses the first answer, and refuses what the SDK sends then.
func TestFilesInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{warm: true})
		f.fake.Inject("PutObject", 1, s3fake.Drop)
		f.fake.Inject("PutObject", forEver, denied)
		f.publish(t, "k", randomBytes(small))
		f.requireStored(t, "k", randomBytes(small))
		f.requireIdle(t)
	})
}

// TestPartsInDoubt is TestFilesInDoubt for one of two parts, but the upload fails. S3 may finish a
// part after the upload was aborted, so the store aborts the upload again.
func TestPartsInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{warm: true})
		second := make(chan struct{})
		first := []s3fake.Fault{s3fake.Drop, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			<-second
			denied(w, r, serve)
		}}
		f.fake.Inject("UploadPart", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			if r.URL.Query().Get("partNumber") == "2" {
				serve(w, r)
				close(second)
				return
			}
			fault := first[0]
			first = first[1:]
			fault(w, r, serve)
		})
		f.fake.Inject("AbortMultipartUpload", 1, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			w.WriteHeader(http.StatusNoContent)
		})
		commit, discard := f.upload(t, "k", randomBytes(large))
		require.Equal(t, http.StatusForbidden, s3calls.Status(commit))
		require.NoError(t, discard)
		require.Equal(t, 2, f.fake.Calls("AbortMultipartUpload"))
		f.requireNothing(t)
	})
}

// TestFilesWithoutAnswer checks that both requests of a call end within one CallTimeout.
func TestFilesWithoutAnswer(t *testing.T) {
	for call, size := range map[string]int{"PutObject": small, "UploadPart": large} {
		bubble(t, call, func(t *testing.T) {
			f := newFixture(t, setup{warm: true, Options: s3store.Options{CallTimeout: 3 * time.Second}})
			f.fake.Inject(call, forEver, s3fake.Stall)
			begin := time.Now()
			commit, discard := f.upload(t, "k", randomBytes(size))
			require.ErrorContains(t, commit, "no answer within 3s")
			require.NoError(t, discard)
			if call == "PutObject" { // after a part the store looks for strays
				require.Equal(t, 3*time.Second, time.Since(begin))
			}
			f.requireNothing(t)
		})
	}
}

// TestFilesOfOtherClocks checks a clock that only the SDK corrects, from the start or later.
func TestFilesOfOtherClocks(t *testing.T) {
	for name, later := range map[string]bool{"from the start": false, "later": true} {
		bubble(t, name, func(t *testing.T) {
			f, w := newPutWire(t, setup{})
			if later {
				f.publish(t, "warm", randomBytes(small))
			}
			f.fake.Skew = time.Hour
			for i := range 3 {
				f.publish(t, fmt.Sprint(i), randomBytes(small))
				f.requireStored(t, fmt.Sprint(i), randomBytes(small))
				time.Sleep(2 * time.Minute)
			}
			mine := 0
			for _, bySDK := range bySDK(w.objects()) {
				if !bySDK {
					mine++
				}
			}
			require.LessOrEqual(t, mine, 1, "after one failure they are left to the SDK")
		})
	}
}

// TestFilesWithNewCredentials checks that each request has the credentials of its time.
func TestFilesWithNewCredentials(t *testing.T) {
	id := "first"
	f, w := newPutWire(t, setup{warm: true, client: func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			if id == "" {
				return aws.Credentials{}, io.ErrUnexpectedEOF
			}
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: "secret", SessionToken: "of " + id}, nil
		})
	}})
	id = "second"
	f.publish(t, "a", randomBytes(small))
	require.Equal(t, []bool{true, false}, bySDK(w.objects()))
	require.Contains(t, w.objects()[1].Header.Get("Authorization"), "Credential=second/")
	require.Equal(t, "of second", w.objects()[1].Header.Get("X-Amz-Security-Token"))
	id = ""
	commit, discard := f.upload(t, "b", randomBytes(small))
	require.ErrorContains(t, commit, "there are no credentials")
	require.NoError(t, discard, "nothing was sent, so nothing is in doubt")
}
