package s3bucket_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// TestCheckAddedFields checks the findings about services that refuse or obey added header fields
// that are not signed. If the profile does not fit one that obeys them, a finding says what to set.
func TestCheckAddedFields(t *testing.T) {
	for _, row := range []struct {
		name       string
		unsigned   s3fake.Unsigned
		profile    s3store.Profile
		state      s3bucket.State // for PUTs
		says       string
		partsState s3bucket.State
		partsSay   string
	}{
		{"AWS", s3fake.Refused, s3store.Profile{}, s3bucket.StateOK, "refuses changed ones", s3bucket.StateOK, "refuses changed ones"},
		{"AWS by another name", s3fake.Refused, s3store.Profile{InsecureNoCopyGuard: true}, s3bucket.StateOK, "refuses changed ones", s3bucket.StateOK, "refuses changed ones"},
		{"MinIO", s3fake.Obeyed, s3store.MinIO(), s3bucket.StateOK, "refuses changed ones", s3bucket.StateOK, "refuses changed ones"},
		{
			"MinIO with the profile of R2", s3fake.Obeyed, s3store.R2(),
			s3bucket.StateWrong, "accepts a request with a copy of another object in place of the signed one", s3bucket.StateWrong, "take InsecureNoCopyGuard out of the profile",
		},
		{
			"MinIO with the default profile", s3fake.Obeyed,
			s3store.Profile{},
			s3bucket.StateWrong, "accepts a request with an ACL in place of the signed one: clients cannot be held to what they declare; say NoSignedHeaders in the profile, or take the profile of MinIO", s3bucket.StateOK, "refuses changed ones",
		},
		{
			"RGW 16", s3fake.ObeyedUnconditionally,
			s3store.Profile{},
			s3bucket.StateWrong, "accepts a request with a copy of another object in place of the signed one", s3bucket.StateWrong, "say NoSignedHeaders",
		},
		{"not MinIO", s3fake.Refused, s3store.MinIO(), s3bucket.StateCannotTell, "refuses unchanged signed requests, too (403)", s3bucket.StateCannotTell, "refuses unchanged signed requests, too (403)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			svc, bucket := newService(t, s3store.Options{Profile: row.profile}, layout(), nil)
			svc.Unsigned = row.unsigned
			r := bucket.Check(t.Context())
			puts, parts := finding(t, r, s3bucket.TopicSignedPuts), finding(t, r, s3bucket.TopicSignedParts)
			require.Equal(t, row.state, puts.State, puts.Explanation)
			require.Contains(t, puts.Explanation, row.says)
			require.Equal(t, row.partsState, parts.State, parts.Explanation)
			require.Contains(t, parts.Explanation, row.partsSay)
			requireClean(t, svc)
		})
	}
}

// TestCheckSignedRequests checks that each header field of a signed PUT that a service does not
// compare is found by its own attempt.
func TestCheckSignedRequests(t *testing.T) {
	as := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			if r.Header.Get(name) != "" || name == "If-None-Match" {
				r.Header.Set(name, value)
			}
		}
	}
	without := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
	for _, row := range []struct {
		name, op string
		blind    func(*http.Request) // hides from the service what it should see
		topic    s3bucket.Topic
		says     string
	}{
		{"type", "PutObject", as("Content-Type", "text/plain"), s3bucket.TopicSignedPuts, "another type in place of the signed one: clients cannot be held to what they declare; say NoSignedHeaders"},
		{"disposition", "PutObject", as("Content-Disposition", "attachment"), s3bucket.TopicSignedPuts, "another disposition"},
		{"condition", "PutObject", as("If-None-Match", "*"), s3bucket.TopicSignedPuts, "no condition in place of the signed one: clients cannot be held to what they declare; say InsecureUnconditionalPut"},
		{"metadata", "PutObject", without("X-Amz-Meta-Probe"), s3bucket.TopicSignedPuts, "metadata"},
		{"ACL", "PutObject", without("X-Amz-Acl"), s3bucket.TopicSignedPuts, "an ACL"},
		{"tags", "PutObject", without("X-Amz-Tagging"), s3bucket.TopicSignedPuts, "a request with tags in place of the signed one"},
	} {
		t.Run(row.name, func(t *testing.T) {
			svc, bucket := newService(t, s3store.Options{}, layout(), nil)
			svc.Inject(row.op, forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
				if strings.Contains(r.URL.RawQuery, "X-Amz-Signature") {
					row.blind(r)
				}
				serve(w, r)
			})
			got := finding(t, bucket.Check(t.Context()), row.topic)
			require.Equal(t, s3bucket.StateWrong, got.State, got.Explanation)
			require.Contains(t, got.Explanation, row.says)
			requireClean(t, svc)
		})
	}
}

// TestCheckNeedsAVictim checks that without an object to copy nothing is proved.
func TestCheckNeedsAVictim(t *testing.T) {
	svc, bucket := newService(t, s3store.Options{}, layout(), nil)
	svc.Inject("PutObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		if strings.Contains(r.URL.RawQuery, "X-Amz-Signature") {
			serve(w, r)
			return
		}
		denied(w, r, serve)
	})
	r := bucket.Check(t.Context())
	for _, topic := range []s3bucket.Topic{s3bucket.TopicSignedPuts, s3bucket.TopicSignedParts} {
		got := finding(t, r, topic)
		require.Equal(t, s3bucket.StateCannotTell, got.State, got.Explanation)
		require.Contains(t, got.Explanation, "nothing could be written to be copied")
	}
}
