package integration_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
)

// repeats are the statuses with which servers answer a Complete that they have carried out before:
// versitygw repeats its first answer (0). MinIO answers one with a condition by 412, others by
// 404.
var repeats = map[string]int{"idempotent": 0, "MinIO-like, 412": 412, "MinIO-like, 404": 404}

// repeatsOf returns all of repeats for Complete and Abort. For other calls it returns one of them,
// or all in long runs.
func repeatsOf(call faultproxy.Call) map[string]int {
	if call == faultproxy.Complete || call == faultproxy.Abort || rounds.Of(1, 2) > 1 {
		return repeats
	}
	for mode, status := range repeats {
		return map[string]int{mode: status}
	}
	return nil
}

// TestDroppedAnswer lets S3 serve a call and drops its answer, once. The upload is accepted, and
// stored exactly once.
func TestDroppedAnswer(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		for _, u := range uploads {
			for mode, status := range repeatsOf(u.call) {
				t.Run(fmt.Sprintf("%s/%s/%s", name, mode, u.call), func(t *testing.T) {
					t.Parallel()
					st, proxy := newFaultyStage(t, versioned, s3store.Options{})
					proxy.AnswerRepeats(status)
					proxy.Inject(u.call, faultproxy.Drop, 1)
					s := host.Start(t, newHandler(t, st.store, upload.Options{}))
					a := post(t, s, client.Form{u.file}, false)
					require.Equal(t, 201, a.Status, "%s", a.Body)
					requireStored(t, st.bucket, a.Files[0].Key, u.file.Content)
				})
			}
		}
	}
}

// TestDroppedAnswers loses all answers of a call. The HEAD by which the store then asks for the
// object works, or meets a fault once or for a while. The answer to the client agrees with the
// bucket. Short runs try every second case.
func TestDroppedAnswers(t *testing.T) {
	t.Parallel()
	asking := map[string]struct {
		fault faultproxy.Fault
		n     int
	}{
		"asking works":         {"", 0},
		"asking fails once":    {faultproxy.InternalError, 1},
		"asking is lost, once": {faultproxy.Drop, 1},
		"asking fails a while": {faultproxy.InternalError, 4},
		"asking stalls once":   {faultproxy.Stall, 1},
	}
	takesTurn := rounds.Turns(2)
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		for _, u := range uploads {
			for mode, status := range repeatsOf(u.call) {
				for how, ask := range asking {
					if !takesTurn() {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/%s/%s", name, mode, u.call, how), func(t *testing.T) {
						t.Parallel()
						st, proxy := newFaultyStage(t, versioned, s3store.Options{CallTimeout: callTimeout})
						proxy.AnswerRepeats(status)
						proxy.Inject(u.call, faultproxy.Drop, faultproxy.Always)
						proxy.Inject(faultproxy.Head, ask.fault, ask.n)
						s := host.Start(t, newHandler(t, st.store, upload.Options{}))
						requireTruth(t, st.bucket, post(t, s, client.Form{u.file}, false), u.file.Content)
					})
				}
			}
		}
	}
}

// requireTruth fails the test unless an accepted upload is stored, alone, and nothing of a refused
// one is.
func requireTruth(t testing.TB, b *s3test.Bucket, a *client.Answer, c client.Content) {
	t.Helper()
	if a.Status == http.StatusCreated {
		requireStored(t, b, a.Files[0].Key, c)
		return
	}
	require.Equal(t, http.StatusBadGateway, a.Status, "%s", a.Body)
	b.RequireNothing(t)
}

// TestDroppedAnswerInSecondCommit loses all answers to the call that publishes the second file of a
// request, or has that call fail. The first file is already published. Both are stored, or neither.
func TestDroppedAnswerInSecondCommit(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		for _, fault := range []faultproxy.Fault{faultproxy.Drop, faultproxy.InternalError} {
			t.Run(fmt.Sprintf("%s/%s", name, fault), func(t *testing.T) {
				t.Parallel()
				st, proxy := newFaultyStage(t, versioned, s3store.Options{})
				proxy.Inject(faultproxy.Complete, fault, faultproxy.Always)
				h := newHandler(t, st.store, upload.Options{}, upTo(2))
				a := post(t, host.Start(t, h), client.Form{small, twice}, false)
				if a.Status == http.StatusCreated {
					require.Len(t, st.bucket.Versions(t.Context(), t), 2)
					return
				}
				require.Equal(t, http.StatusBadGateway, a.Status)
				st.bucket.RequireNothing(t)
			})
		}
	}
}
