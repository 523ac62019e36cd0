package faultproxy

import (
	"cmp"
	"net/http"
	"strings"
)

// Call is one of S3's operations, or [Other].
type Call string

// These are the calls that [CallOf] distinguishes.
const (
	Put          Call = "PutObject"
	Create       Call = "CreateMultipartUpload"
	UploadPart   Call = "UploadPart"
	Complete     Call = "CompleteMultipartUpload"
	Abort        Call = "AbortMultipartUpload"
	Head         Call = "HeadObject"
	Get          Call = "GetObject"
	Delete       Call = "DeleteObject"
	ListUploads  Call = "ListMultipartUploads"
	ListVersions Call = "ListObjectVersions"
	Other        Call = "Other"
)

// CallOf returns the call of a path-style request. Some calls on a key that have no constant here
// count as another: UploadPartCopy as UploadPart, ListParts as GetObject, PutObjectTagging as
// PutObject. The rest are [Other].
func CallOf(r *http.Request) Call {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	has := query.Has
	if key == "" {
		switch {
		case r.Method == http.MethodGet && has("uploads"):
			return ListUploads
		case r.Method == http.MethodGet && has("versions"):
			return ListVersions
		}
		return Other
	}
	switch {
	case r.Method == http.MethodPut && has("partNumber"):
		return UploadPart
	case r.Method == http.MethodPost && has("uploads"):
		return Create
	case r.Method == http.MethodPost && has("uploadId"):
		return Complete
	case r.Method == http.MethodDelete && has("uploadId"):
		return Abort
	}
	return cmp.Or(plainCalls[r.Method], Other)
}

var plainCalls = map[string]Call{
	http.MethodPut:    Put,
	http.MethodHead:   Head,
	http.MethodGet:    Get,
	http.MethodDelete: Delete,
}
