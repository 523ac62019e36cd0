package s3bucket_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// takesForm reports whether a service accepts a form that it compares with its policy. It ignores
// blind: a field, any field that the policy does not name ("*"), the size, the SHA-256 of the file,
// or nothing (""). The policy of a store has one condition that is a list, that of the size.
func takesForm(t *testing.T, r *http.Request, blind string) bool {
	require.NoError(t, r.ParseMultipartForm(1<<20))
	raw, err := base64.StdEncoding.DecodeString(r.FormValue("policy"))
	require.NoError(t, err)
	var policy struct{ Conditions []any }
	require.NoError(t, json.Unmarshal(raw, &policy))
	named := map[string]bool{"policy": true, "x-amz-signature": true}
	for _, c := range policy.Conditions {
		switch c := c.(type) {
		case []any:
			file, header, err := r.FormFile("file")
			require.NoError(t, err)
			content, err := io.ReadAll(file)
			require.NoError(t, err)
			require.NoError(t, file.Close())
			if sum := field(r, "x-amz-checksum-sha256"); blind != "SHA-256" && sum != "" && sum != wire(content) {
				return false
			}
			if size := float64(header.Size); c[0] == "content-length-range" && blind != "size" && (size < c[1].(float64) || size > c[2].(float64)) {
				return false
			}
		case map[string]any:
			for name, want := range c {
				named[strings.ToLower(name)] = true
				if name != "bucket" && !strings.EqualFold(name, blind) && field(r, name) != want {
					return false
				}
			}
		}
	}
	for name := range r.MultipartForm.Value {
		if !named[strings.ToLower(name)] && blind != "*" {
			return false
		}
	}
	return true
}

func field(r *http.Request, name string) string {
	for have, values := range r.MultipartForm.Value {
		if strings.EqualFold(have, name) {
			return values[0]
		}
	}
	return ""
}

// TestCheckFormsField checks that each thing that a service fails to compare is found by its own
// attempt.
func TestCheckFormsField(t *testing.T) {
	for blind, says := range map[string]string{
		"":                    "refuses changed ones",
		"size":                "a longer file",
		"SHA-256":             "other bytes than those of its SHA-256",
		"key":                 "another key",
		"Content-Type":        "another type",
		"Content-Disposition": "another disposition",
		"*":                   "an ACL",
	} {
		t.Run(blind, func(t *testing.T) {
			svc, bucket := newService(t, s3store.Options{}, layout(), nil)
			svc.Inject(http.MethodPost, forEver, func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
				if !takesForm(t, r, blind) {
					w.WriteHeader(http.StatusForbidden)
				}
				_, _ = io.Copy(io.Discard, r.Body)
			})
			got := finding(t, bucket.Check(t.Context()), s3bucket.TopicForms)
			require.Equal(t, blind == "", got.State == s3bucket.StateOK, got.Explanation)
			require.Contains(t, got.Explanation, says)
			requireClean(t, svc)
		})
	}
}
