package tickets_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// secret is an object of another application. The thief knows its size, and declares its SHA-256
// where that helps.
var secret = strings.Repeat("nobody's business. ", 100)

// theft is an upload whose last request a client turns into a copy.
type theft struct {
	*app
	ticket *upload.Ticket
	last   *storage.SignedRequest
	rest   string // the content of the last request, which is also sent honestly at the end
	whole  string // the file of the honest upload
}

func newTheft(t *testing.T, a *app, parts bool) *theft {
	t.Helper()
	rest := strings.Repeat("honest content!!! ", 200)[:len(secret)]
	th := &theft{app: a, ticket: &upload.Ticket{}, rest: rest, whole: rest}
	declared := map[string]any{"field": "file", "name": "a.txt"}
	if parts {
		th.whole = strings.Repeat("0123456789abcdef", 5*mib/16) + rest
	} else {
		th.rest, th.whole = secret, secret // otherwise the SHA-256 would differ
		declared["sha256"] = sha256Of(secret)
	}
	declared["size"] = len(th.whole)
	status, code := a.as(t, "ann", "", declared, th.ticket)
	require.Equal(t, http.StatusCreated, status, code)
	if !parts {
		th.last = th.ticket.SignedRequest
		return th
	}
	put(t, th.part(t, 1), th.whole[:5*mib])
	th.last = th.part(t, 2)
	return th
}

func (th *theft) part(t *testing.T, number int) *storage.SignedRequest {
	t.Helper()
	s := &storage.SignedRequest{}
	status, code := th.as(t, "ann", "part", map[string]any{"token": th.ticket.Token, "partNumber": number}, s)
	require.Equal(t, http.StatusOK, status, code)
	return s
}

// served confirms the upload, and returns the content of a link to its file, "" if the confirmation
// is refused.
func (th *theft) served(t *testing.T) string {
	t.Helper()
	var answer struct{ Files []upload.File }
	if status, _ := th.as(t, "ann", "confirm", map[string]any{"token": th.ticket.Token}, &answer); status != http.StatusCreated {
		return ""
	}
	links, err := upload.NewLinks(s3BackendIn(t, th.bucket, s3store.Options{}).Storage, nil) // its signer may read
	require.NoError(t, err)
	link, err := links.URL(t.Context(), upload.Link{Key: answer.Files[0].Key})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	require.NoError(t, err)
	status, content := do(t, r)
	require.Equal(t, http.StatusOK, status, content)
	return content
}

// attempt is a way to steal.
type attempt struct {
	elsewhere bool // the victim is in another bucket
	parts     bool
	ranged    bool
}

func attempts() (all []attempt) {
	both := []bool{false, true}
	for _, elsewhere := range both {
		for _, parts := range both {
			for _, ranged := range both {
				all = append(all, attempt{elsewhere, parts, ranged})
			}
		}
	}
	return all
}

// TestStolenCopies adds header fields to a signed request that make a server copy an object that
// the application's credentials can read. The client gets nothing of it, and a file that is sent
// honestly afterwards is published.
func TestStolenCopies(t *testing.T) {
	for _, at := range attempts() {
		t.Run(fmt.Sprintf("%+v", at), func(t *testing.T) { at.fails(t, s3Backend(t, false)) })
	}
}

// TestStolenCopiesOfOneWhoMayNotRead checks the same without any guard, where the signer for
// clients has no right to read.
func TestStolenCopiesOfOneWhoMayNotRead(t *testing.T) {
	profile := s3test.Get().Profile()
	profile.InsecureNoCopyGuard, profile.HeadersFromQuery = true, false
	for _, at := range attempts() {
		t.Run(fmt.Sprintf("%+v", at), func(t *testing.T) {
			b := s3test.NewBucket(t, false)
			narrow := b.As(t, []s3bucket.Statement{{
				Sid: "Sign", Effect: "Allow", Action: []string{"s3:PutObject"}, Resource: []string{"arn:aws:s3:::" + b.Name + "/upload-staging/*"},
			}})
			signer, closeIdle := narrow.Client(narrow.Endpoint)
			t.Cleanup(closeIdle)
			at.fails(t, s3BackendIn(t, b, s3store.Options{Profile: profile, Signer: signer}))
		})
	}
}

// fails makes the attempt, and requires that it fails.
func (at attempt) fails(t *testing.T, s backend) {
	t.Helper()
	a := newApp(t, func(*testing.T, *http.ServeMux, string) backend { return s }, upload.PresignOptions{SingleSize: mib, PartSize: 5 * mib})
	b := a.bucket
	if at.elsewhere {
		b = s3test.NewBucket(t, false)
	}
	victim := secret
	if at.ranged && at.parts {
		victim = "before it " + secret + " and after"
	}
	b.Put(t.Context(), t, "other-app/secret.txt", []byte(victim))
	before := a.keys(t)
	th := newTheft(t, a, at.parts)

	r := request(t, th.last, th.rest)
	r.Header.Set("X-Amz-Copy-Source", "/"+b.Name+"/other-app/secret.txt")
	if at.ranged {
		first := strings.Index(victim, secret)
		r.Header.Set("X-Amz-Copy-Source-Range", fmt.Sprintf("bytes=%d-%d", first, first+len(secret)-1))
	}
	status, answer := do(t, r)
	require.False(t, strings.Contains(th.served(t), secret), "stolen: the link shows it") // NotContains would print both
	require.Equal(t, before, a.keys(t), "something was stored")
	require.GreaterOrEqual(t, status, 400, answer)
	require.Less(t, status, 500, answer)
	got, _ := b.SHA256(t, "other-app/secret.txt")
	require.Equal(t, sha256Of(victim), got, "there was nothing to steal")

	put(t, th.last, th.rest)
	require.True(t, th.whole == th.served(t), "the link does not show what was honestly sent")
}
