package s3store_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
)

func TestDiscard(t *testing.T) {
	for _, versioned := range []bool{false, true} {
		for _, size := range []int{small, large} {
			for _, commit := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d versioned=%v committed=%v", size, versioned, commit), func(t *testing.T) {
					f := newFixture(t, setup{versioned: versioned})
					staged := f.stage(t, "k", randomBytes(size))
					if commit {
						require.NoError(t, staged.Commit(t.Context()))
					}
					ctx, cancel := context.WithCancel(t.Context())
					cancel() // the request's context has ended by then
					require.NoError(t, staged.Discard(ctx))
					f.requireNothing(t)
					require.NoError(t, staged.Discard(ctx))
					require.Error(t, staged.Commit(t.Context()), "Commit after Discard")
					f.requireNothing(t)
				})
			}
		}
	}
}

// TestDiscardTouchesNobodyElse puts another writer's object over the published one.
func TestDiscardTouchesNobodyElse(t *testing.T) {
	other := []byte("somebody else's")
	for _, versioned := range []bool{false, true} {
		t.Run(fmt.Sprintf("versioned=%v", versioned), func(t *testing.T) {
			f := newFixture(t, setup{versioned: versioned})
			staged := f.stage(t, "k", randomBytes(small))
			require.NoError(t, staged.Commit(t.Context()))
			f.fake.Put("k", other)
			require.NoError(t, staged.Discard(t.Context()))
			f.requireStored(t, "k", other)
			require.Len(t, f.fake.Versions("k"), 1)
		})
	}
}

// TestDiscardReplacedAfterTheLook puts another writer's object over the published one after Discard
// has recognised its own.
func TestDiscardReplacedAfterTheLook(t *testing.T) {
	f := newFixture(t, setup{})
	staged := f.stage(t, "k", randomBytes(small))
	require.NoError(t, staged.Commit(t.Context()))
	f.fake.Inject("HeadObject", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		serve(w, r)
		f.fake.Put("k", []byte("somebody else's"))
	})
	require.NoError(t, staged.Discard(t.Context()))
	f.requireStored(t, "k", []byte("somebody else's"))
}

// TestDiscardNeverMatches checks that Discard returns an error if S3 refuses its condition although
// the object is its own.
func TestDiscardNeverMatches(t *testing.T) {
	f := newFixture(t, setup{})
	staged := f.stage(t, "k", randomBytes(small))
	require.NoError(t, staged.Commit(t.Context()))
	f.fake.Inject("DeleteObject", forEver, s3fake.Answer(http.StatusPreconditionFailed, "PreconditionFailed"))
	require.ErrorContains(t, staged.Discard(t.Context()), "may still be readable after 10 tries")
	require.Equal(t, []string{"k"}, f.fake.Keys())
}

// TestDiscardWhileVersionsAreSuspended checks that the version "null" is removed only while it is
// the upload's own: each write takes that id over.
func TestDiscardWhileVersionsAreSuspended(t *testing.T) {
	other := []byte("somebody else's")
	for name, row := range map[string]struct {
		after string // the call after which another writer writes
		want  []string
	}{
		"alone":              {"", []string{"-"}},
		"written before":     {"PutObject", []string{string(other)}},
		"written after look": {"HeadObject", []string{string(other)}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.Suspended = true
			staged := f.stage(t, "k", randomBytes(small))
			if row.after != "" {
				f.fake.Inject(row.after, 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
					serve(w, r)
					f.fake.Put("k", other)
				})
			}
			require.NoError(t, staged.Commit(t.Context()))
			require.NoError(t, staged.Discard(t.Context()))
			require.Equal(t, row.want, f.bodies("k"))
		})
	}
}

func TestDiscardFailsAndIsCalledAgain(t *testing.T) {
	for _, size := range []int{small, large} {
		f := newFixture(t, setup{versioned: true})
		staged := f.stage(t, "k", randomBytes(size))
		require.NoError(t, staged.Commit(t.Context()))
		f.fake.Inject("DeleteObject", 3, fail500)
		require.Error(t, staged.Discard(t.Context()))
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)
	}
}

// TestDroppedDelete loses the answer to a removal, and to an abort, that S3 has carried out.
func TestDroppedDelete(t *testing.T) {
	for _, versioned := range []bool{false, true} {
		f := newFixture(t, setup{versioned: versioned})
		staged := f.stage(t, "k", randomBytes(small))
		require.NoError(t, staged.Commit(t.Context()))
		f.fake.Inject("DeleteObject", 1, s3fake.Drop)
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)

		staged = f.stage(t, "k", randomBytes(large))
		f.fake.Inject("AbortMultipartUpload", 1, s3fake.Drop)
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)
	}
}

// TestInsecureUnconditionalPut checks that Discard removes all objects, where without conditions
// two lost answers make the retries write the file three times. Commit fails if it cannot tell
// whether the key is free.
func TestInsecureUnconditionalPut(t *testing.T) {
	for _, versioned := range []bool{false, true} {
		f := newFixture(t, setup{versioned: versioned, Options: s3store.Options{
			Profile: s3store.Profile{InsecureUnconditionalPut: true},
		}})
		f.fake.Inject("PutObject", 2, s3fake.Drop)
		body := randomBytes(small)
		staged := f.stage(t, "k", body)
		require.NoError(t, staged.Commit(t.Context()))
		f.requireStored(t, "k", body)
		require.Equal(t, 3, f.fake.Calls("PutObject"))
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)

		f.fake.Inject("HeadObject", forEver, denied)
		staged = f.stage(t, "k", body)
		require.Error(t, staged.Commit(t.Context()), "cannot tell whether the key is free")
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)
	}
}

func TestCommitOnce(t *testing.T) {
	f := newFixture(t, setup{})
	body := randomBytes(small)
	staged := f.stage(t, "k", body)
	require.NoError(t, staged.Commit(t.Context()))
	require.Error(t, staged.Commit(t.Context()))
	f.requireStored(t, "k", body)
}

// TestClientLeavesDuringCommit checks that a commit is not abandoned halfway.
func TestClientLeavesDuringCommit(t *testing.T) {
	for call, size := range map[string]int{"PutObject": small, "CompleteMultipartUpload": large} {
		f := newFixture(t, setup{})
		body := randomBytes(size)
		staged := f.stage(t, "k", body)
		ctx, cancel := context.WithCancel(t.Context())
		f.fake.Inject(call, 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			cancel()
			serve(w, r)
		})
		require.NoError(t, staged.Commit(ctx))
		f.requireStored(t, "k", body)
		require.Equal(t, 1, f.fake.Calls(call))
	}
}

func TestCommitWithADoneContext(t *testing.T) {
	for _, size := range []int{small, large} {
		f := newFixture(t, setup{})
		staged := f.stage(t, "k", randomBytes(size))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, staged.Commit(ctx), context.Canceled)
		require.NoError(t, staged.Discard(ctx))
		f.requireNothing(t)
	}
}

func TestDelete(t *testing.T) {
	for _, versioned := range []bool{false, true} {
		for _, mayList := range []bool{false, true} {
			t.Run(fmt.Sprintf("versioned=%v may list=%v", versioned, mayList), func(t *testing.T) {
				f := newFixture(t, setup{versioned: versioned})
				if !mayList {
					f.fake.Inject("ListObjectVersions", forEver, denied)
				}
				require.NoError(t, f.Delete(t.Context(), "a"), "a key that does not exist")
				require.NoError(t, f.stage(t, "a", randomBytes(small)).Commit(t.Context()))
				require.NoError(t, f.stage(t, "ab", randomBytes(small)).Commit(t.Context()))
				if mayList {
					f.fake.Put("a", []byte("one more version"))
				}
				require.NoError(t, f.Delete(t.Context(), "a"))
				require.Equal(t, []string{"ab"}, f.fake.Keys())
			})
		}
	}
}

// TestDeleteWithoutList checks that Delete and DeleteMany remove nothing if S3 cannot list versions
// for the moment: older ones would stay.
func TestDeleteWithoutList(t *testing.T) {
	for name, fault := range map[string]s3fake.Fault{
		"down":              fail500,
		"too busy":          s3fake.Answer(http.StatusTooManyRequests, "TooManyRequests"),
		"too slow":          s3fake.Answer(http.StatusRequestTimeout, "RequestTimeout"),
		"too slow, as S3":   s3fake.Answer(http.StatusBadRequest, "RequestTimeout"),
		"too busy, by 403":  s3fake.Answer(http.StatusForbidden, "SlowDown"),
		"out of date":       s3fake.Answer(http.StatusBadRequest, "ExpiredToken"),
		"in conflict":       s3fake.Answer(http.StatusConflict, "OperationAborted"),
		"not to be reached": nil,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, setup{versioned: true, client: func(o *s3.Options) {
				if fault == nil {
					own := *o.HTTPClient.(*http.Client)
					own.Transport = noLists{own.Transport}
					o.HTTPClient = &own
				}
			}})
			if fault != nil {
				f.fake.Inject("ListObjectVersions", forEver, fault)
			}
			f.fake.Put("k", []byte("older"))
			f.fake.Put("k", []byte("newer"))
			require.Error(t, f.Delete(t.Context(), "k"))
			require.Equal(t, []string{"k", "kk"}, f.DeleteMany(t.Context(), []string{"k", "kk"}))
			require.Len(t, f.fake.Versions("k"), 2)
		})
	}
}

// noLists refuses connections for lists of versions.
type noLists struct{ http.RoundTripper }

func (n noLists) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Query().Has("versions") {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	return n.RoundTripper.RoundTrip(r)
}
