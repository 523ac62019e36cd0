package s3fake

import (
	"net/http"
	"strings"
)

// Lack is how a service treats an ability that it lacks.
type Lack int

// Has is the zero value: the service can do it.
const (
	Has     Lack = iota
	Ignores      // as if it was not requested
	Refuses      // with 501
)

// Lacks are abilities of S3 that services have or lack.
type Lacks struct {
	PutCondition      Lack // If-None-Match on PutObject
	CompleteCondition Lack // If-None-Match on CompleteMultipartUpload
	CopyPin           Lack // X-Amz-Copy-Source-If-Match
	CopyRange         Lack // X-Amz-Copy-Source-Range
	CopyDigest        Lack // Ignores: a copy has no SHA-256; Refuses: no upload is created with SHA-256
	Copies            Lack // only Refuses: no UploadPartCopy
	Checksums         Lack // of the SDK
	Tags              Lack
	Encryption        Lack // X-Amz-Server-Side-Encryption
	Class             Lack // X-Amz-Storage-Class
	Owner             Lack // X-Amz-Expected-Bucket-Owner
	Lengths           Lack // only Ignores: a body may be up to 8 bytes longer or shorter than was signed
	Forms             Lack // Ignores: what their policies say
}

// lackedField is a header field that a service may lack.
type lackedField struct {
	op   string // "" for any
	name string // the beginning of the field's name
	lack Lack
}

func (l *Lacks) fields() []lackedField {
	return []lackedField{
		{"PutObject", "If-None-Match", l.PutCondition},
		{"CompleteMultipartUpload", "If-None-Match", l.CompleteCondition},
		{"UploadPartCopy", "X-Amz-Copy-Source-If-Match", l.CopyPin},
		{"UploadPartCopy", "X-Amz-Copy-Source-Range", l.CopyRange},
		{"UploadPartCopy", "X-Amz-Copy-Source", l.Copies},
		{"", "X-Amz-Checksum-Crc32", l.Checksums},
		{"", "X-Amz-Sdk-Checksum-Algorithm", l.Checksums},
		{"", "X-Amz-Tagging", l.Tags},
		{"", "X-Amz-Server-Side-Encryption", l.Encryption},
		{"", "X-Amz-Storage-Class", l.Class},
		{"", "X-Amz-Expected-Bucket-Owner", l.Owner},
	}
}

// strip removes what the service ignores. If the service refuses something, strip answers the
// request and returns false.
func (l *Lacks) strip(op string, w http.ResponseWriter, r *http.Request) (ok bool) {
	for _, f := range l.fields() {
		for name := range r.Header {
			if f.lack == Has || f.op != "" && f.op != op || !strings.HasPrefix(name, f.name) {
				continue
			}
			if f.lack == Refuses {
				fail(w, http.StatusNotImplemented, "NotImplemented", name)
				return false
			}
			r.Header.Del(name)
		}
	}
	algorithm := r.Header.Get("X-Amz-Checksum-Algorithm")
	if algorithm == "CRC32" && l.Checksums == Refuses || algorithm == "SHA256" && l.CopyDigest == Refuses {
		fail(w, http.StatusNotImplemented, "NotImplemented", algorithm)
		return false
	}
	if algorithm == "CRC32" && l.Checksums == Ignores || algorithm == "SHA256" && l.CopyDigest == Ignores {
		r.Header.Del("X-Amz-Checksum-Algorithm")
	}
	return true
}
