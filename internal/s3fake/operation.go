package s3fake

import (
	"net/http"
	"strings"
)

// operation returns S3's name for the operation of a request, and the bare method for a form. It
// names a request about a bucket as if it were about an object, except for lists, HEAD and POST.
func operation(r *http.Request) string {
	q := r.URL.Query()
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch m := r.Method; {
	case q.Has("tagging") && m == http.MethodGet:
		return "GetObjectTagging"
	case q.Has("tagging") && m == http.MethodPut:
		return "PutObjectTagging"
	case q.Has("tagging"):
		return "DeleteObjectTagging"
	case m == http.MethodGet && key == "" && q.Has("uploads"):
		return "ListMultipartUploads"
	case m == http.MethodGet && key == "" && q.Has("versions"):
		return "ListObjectVersions"
	case m == http.MethodGet && key == "" && q.Get("list-type") == "2":
		return "ListObjectsV2"
	case m == http.MethodPost && q.Has("delete"):
		return "DeleteObjects"
	case m == http.MethodPost && q.Has("uploads"):
		return "CreateMultipartUpload"
	case m == http.MethodPost && q.Has("uploadId"):
		return "CompleteMultipartUpload"
	case m == http.MethodPut && q.Has("uploadId") && r.Header.Get("X-Amz-Copy-Source") != "":
		return "UploadPartCopy"
	case m == http.MethodPut && q.Has("uploadId"):
		return "UploadPart"
	case m == http.MethodGet && q.Has("uploadId"):
		return "ListParts"
	case m == http.MethodDelete && q.Has("uploadId"):
		return "AbortMultipartUpload"
	case m == http.MethodPut && r.Header.Get("X-Amz-Copy-Source") != "":
		return "CopyObject"
	case m == http.MethodPut:
		return "PutObject"
	case m == http.MethodGet:
		return "GetObject"
	case m == http.MethodHead && key == "":
		return "HeadBucket"
	case m == http.MethodHead:
		return "HeadObject"
	case m == http.MethodDelete:
		return "DeleteObject"
	default:
		return m
	}
}
