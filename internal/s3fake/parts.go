package s3fake

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// copyPart makes a part from the bytes of an object, or from a range of them. The object must have
// the requested ETag, unless Unsigned is ObeyedUnconditionally. Unlike listParts, it does not
// compare the key with that of the upload. An upload that was created with CRC32 cannot be
// completed with a copied part.
func (b *bucket) copyPart(w http.ResponseWriter, r *http.Request, q url.Values) {
	m := b.uploads[q.Get("uploadId")]
	if m == nil {
		fail(w, http.StatusNotFound, codeNoUpload, q.Get("uploadId"))
		return
	}
	body, ok := b.copied(w, r)
	if !ok {
		return
	}
	number, _ := strconv.Atoi(q.Get("partNumber"))
	p := part{body: body, etag: etag(body)}
	if m.digests {
		p.sha = sha(body)
	}
	m.parts[number] = p
	reply(w, struct {
		XMLName        xml.Name `xml:"CopyPartResult"`
		ETag           string
		ChecksumSHA256 string `xml:",omitempty"`
	}{ETag: p.etag, ChecksumSHA256: p.sha})
}

// copyObject makes an object from the bytes of another, for attacks: the store copies no objects.
// Unlike AWS it always takes the attributes from the request, ignores conditions on the
// destination, and returns no version.
func (b *bucket) copyObject(w http.ResponseWriter, r *http.Request, key string) {
	r.Header.Del("X-Amz-Copy-Source-Range")
	body, ok := b.copied(w, r)
	if !ok {
		return
	}
	o := &Object{Key: key, Body: body, Header: attributes(r)}
	b.store(o)
	reply(w, struct {
		XMLName xml.Name `xml:"CopyObjectResult"`
		ETag    string
	}{ETag: o.ETag()})
}

// copied returns the bytes that a request copies. If they are not available, it answers the request
// and returns false.
func (b *bucket) copied(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	// AWS decodes "+" to a space.
	source, err := url.QueryUnescape(strings.TrimPrefix(r.Header.Get("X-Amz-Copy-Source"), "/"))
	bucket, key, _ := strings.Cut(source, "/")
	o := b.current(key)
	if err != nil || bucket != b.Bucket || o == nil {
		fail(w, http.StatusNotFound, "NoSuchKey", source)
		return nil, false
	}
	want := r.Header.Get("X-Amz-Copy-Source-If-Match")
	if want != "" && want != o.ETag() && b.Unsigned != ObeyedUnconditionally {
		fail(w, http.StatusPreconditionFailed, "PreconditionFailed", source)
		return nil, false
	}
	if body, _, ok = slice(o.Body, r.Header.Get("X-Amz-Copy-Source-Range")); !ok {
		fail(w, http.StatusBadRequest, "InvalidArgument", "the range")
	}
	return body, ok
}

func (b *bucket) listParts(w http.ResponseWriter, key string, q url.Values) {
	type listed struct {
		PartNumber int
		ETag       string
		Size       int
	}
	var out struct {
		XMLName              xml.Name `xml:"ListPartsResult"`
		UploadId             string   //nolint:revive // the protocol's spelling
		IsTruncated          bool
		NextPartNumberMarker int
		Part                 []listed
	}
	out.UploadId = q.Get("uploadId")
	m := b.uploads[out.UploadId]
	if m == nil || m.key != key {
		fail(w, http.StatusNotFound, codeNoUpload, q.Get("uploadId"))
		return
	}
	after, _ := strconv.Atoi(q.Get("part-number-marker"))
	for _, number := range slices.Sorted(maps.Keys(m.parts)) {
		switch {
		case number <= after:
			continue
		case len(out.Part) == b.pageSize():
			out.IsTruncated = true
			reply(w, out)
			return
		}
		p := m.parts[number]
		out.Part = append(out.Part, listed{number, p.etag, len(p.body)})
		out.NextPartNumberMarker = number
	}
	reply(w, out)
}
