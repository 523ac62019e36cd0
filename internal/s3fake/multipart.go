package s3fake

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// minPart is the least size of all parts except the last, unless Server.MinPart sets another.
const minPart = 5 << 20

const codeNoUpload = "NoSuchUpload"

type listedPart struct {
	PartNumber     int
	ETag           string
	ChecksumCRC32  string
	ChecksumSHA256 string
}

func (b *bucket) createUpload(w http.ResponseWriter, r *http.Request, key string) {
	id := b.id("upload")
	algorithm := r.Header.Get("X-Amz-Checksum-Algorithm")
	b.uploads[id] = &multipart{
		key: key, header: attributes(r), parts: make(map[int]part),
		checked: algorithm == "CRC32", digests: algorithm == "SHA256", begun: b.now(),
	}
	reply(w, struct {
		XMLName     xml.Name `xml:"InitiateMultipartUploadResult"`
		Bucket, Key string
		UploadId    string //nolint:revive // the protocol's spelling
	}{Bucket: b.Bucket, Key: key, UploadId: id})
}

func (b *bucket) uploadPart(w http.ResponseWriter, r *http.Request, q url.Values, body []byte) {
	m := b.uploads[q.Get("uploadId")]
	if m == nil {
		fail(w, http.StatusNotFound, codeNoUpload, q.Get("uploadId"))
		return
	}
	number, _ := strconv.Atoi(q.Get("partNumber"))
	p := part{body: body, etag: etag(body), crc32: checksum(r)}
	m.parts[number] = p
	w.Header().Set("ETag", p.etag)
	if p.crc32 != "" {
		w.Header().Set("X-Amz-Checksum-Crc32", p.crc32)
	}
}

func (b *bucket) completeUpload(w http.ResponseWriter, r *http.Request, key, id string, body []byte) {
	if o := b.completed[id]; o != nil {
		b.completeAgain(w, o)
		return
	}
	m := b.uploads[id]
	if m == nil || m.key != key {
		fail(w, http.StatusNotFound, codeNoUpload, id)
		return
	}
	if b.taken(w, r, key) {
		return
	}
	var list struct{ Part []listedPart }
	if err := xml.Unmarshal(body, &list); err != nil { //nolint:gosec // into plain fields
		fail(w, http.StatusBadRequest, "MalformedXML", err.Error())
		return
	}
	o := &Object{Key: key, Header: m.header, Modified: m.begun, Parts: len(list.Part)}
	var bodies, etags [][]byte
	for i, l := range list.Part {
		p, known := m.parts[l.PartNumber]
		switch {
		case m.checked && l.ChecksumCRC32 == "":
			fail(w, http.StatusBadRequest, "InvalidRequest", "the checksum of each part must be given")
			return
		case !known, l.ETag != p.etag, i > 0 && l.PartNumber <= list.Part[i-1].PartNumber,
			m.checked && l.ChecksumCRC32 != p.crc32, !m.checked && l.ChecksumCRC32 != "", l.ChecksumSHA256 != p.sha:
			fail(w, http.StatusBadRequest, "InvalidPart", strconv.Itoa(l.PartNumber))
			return
		case i < len(list.Part)-1 && len(p.body) < cmp.Or(b.MinPart, minPart):
			fail(w, http.StatusBadRequest, "EntityTooSmall", strconv.Itoa(l.PartNumber))
			return
		}
		bodies, etags = append(bodies, p.body), append(etags, []byte(p.etag))
	}
	if o.Body, o.etag = slices.Concat(bodies...), etag(slices.Concat(etags...)); len(bodies) == 1 {
		o.Body = bodies[0] // without a copy
	}
	delete(b.uploads, id)
	b.store(o)
	b.completed[id] = o
	b.answerComplete(w, o)
}

func (b *bucket) completeAgain(w http.ResponseWriter, o *Object) {
	switch b.RepeatedComplete {
	case http.StatusNotFound:
		fail(w, http.StatusNotFound, codeNoUpload, o.Key)
	case http.StatusPreconditionFailed:
		fail(w, http.StatusPreconditionFailed, "PreconditionFailed", o.Key)
	default:
		b.answerComplete(w, o)
	}
}

func (b *bucket) answerComplete(w http.ResponseWriter, o *Object) {
	answerVersion(w, o)
	reply(w, struct {
		XMLName           xml.Name `xml:"CompleteMultipartUploadResult"`
		Bucket, Key, ETag string
	}{Bucket: b.Bucket, Key: o.Key, ETag: o.ETag()})
}

func (b *bucket) abortUpload(w http.ResponseWriter, key, id string) {
	if m := b.uploads[id]; m == nil || m.key != key {
		fail(w, http.StatusNotFound, codeNoUpload, id)
		return
	}
	b.aborted[id] = b.uploads[id]
	delete(b.uploads, id)
	w.WriteHeader(http.StatusNoContent)
}
