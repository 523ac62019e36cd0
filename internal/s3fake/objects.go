package s3fake

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (b *bucket) putObject(w http.ResponseWriter, r *http.Request, key string, body []byte) {
	if b.taken(w, r, key) {
		return
	}
	o := &Object{Key: key, Body: body, Header: attributes(r)}
	b.store(o)
	answerVersion(w, o)
	w.Header().Set("ETag", o.ETag())
}

// taken checks the only condition of writes that is supported, "If-None-Match: *". If the key is
// taken, it answers the request and returns true.
func (b *bucket) taken(w http.ResponseWriter, r *http.Request, key string) bool {
	if r.Header.Get("If-None-Match") != "*" || b.current(key) == nil {
		return false
	}
	fail(w, http.StatusPreconditionFailed, "PreconditionFailed", key)
	return true
}

// getObject answers everything except the bytes, which it returns.
func (b *bucket) getObject(w http.ResponseWriter, r *http.Request, key, version string) (body []byte) {
	o := b.current(key)
	if version != "" {
		o = b.version(key, version)
	}
	if o == nil {
		fail(w, http.StatusNotFound, "NoSuchKey", key)
		return nil
	}
	if o.Marker { // requested by its id
		fail(w, http.StatusMethodNotAllowed, "MethodNotAllowed", key)
		return nil
	}
	if want := r.Header.Get("If-Match"); want != "" && want != o.ETag() {
		fail(w, http.StatusPreconditionFailed, "PreconditionFailed", key)
		return nil
	}
	body, first, ok := slice(o.Body, r.Header.Get("Range"))
	if !ok {
		fail(w, http.StatusRequestedRangeNotSatisfiable, "InvalidRange", r.Header.Get("Range"))
		return nil
	}
	maps.Copy(w.Header(), o.Header)
	answerVersion(w, o)
	w.Header().Set("ETag", o.ETag())
	w.Header().Set("Last-Modified", o.Modified.UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Header.Get("Range") != "" {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, first+len(body)-1, len(o.Body)))
		w.WriteHeader(http.StatusPartialContent)
	}
	if r.Method != http.MethodGet {
		return nil
	}
	return body
}

// slice returns the bytes of a range "bytes=1-2" or "bytes=1-", all for "".
func slice(body []byte, bytes string) (part []byte, first int, ok bool) {
	if bytes == "" {
		return body, 0, true
	}
	from, to, _ := strings.Cut(strings.TrimPrefix(bytes, "bytes="), "-")
	first, err := strconv.Atoi(from)
	last, open := strconv.Atoi(to)
	if open != nil {
		last = len(body) - 1
	}
	last = min(last, len(body)-1)
	if err != nil || first >= len(body) || first > last {
		return nil, 0, false
	}
	return body[first : last+1], first, true
}

// ETag names the object's content. As in S3, that of a multipart upload ends with the number of its
// parts.
func (o *Object) ETag() string {
	if o.Parts > 0 {
		return fmt.Sprintf(`"%s-%d"`, strings.Trim(o.etag, `"`), o.Parts)
	}
	return o.etag
}

// null is the version of writes without versioning.
const null = "null"

func (b *bucket) store(o *Object) {
	if o.Parts == 0 {
		o.etag = etag(o.Body)
	}
	if o.Modified.IsZero() {
		o.Modified = b.now()
	}
	if b.objects[o.Key] == nil {
		b.sorted = nil
	}
	switch {
	case b.Suspended:
		o.Version = null
		b.objects[o.Key] = slices.DeleteFunc(b.objects[o.Key], func(o *Object) bool { return o.Version == null || o.Version == "" })
	case b.Versioned:
		o.Version = b.id("version")
	default:
		b.objects[o.Key] = nil
	}
	b.objects[o.Key] = append(b.objects[o.Key], o)
}

func (b *bucket) current(key string) *Object {
	all := b.objects[key]
	if len(all) == 0 || all[len(all)-1].Marker {
		return nil
	}
	return all[len(all)-1]
}

func (b *bucket) version(key, version string) *Object {
	for _, o := range b.objects[key] {
		if o.Version == version || o.Version == "" && version == null {
			return o
		}
	}
	return nil
}

func answerVersion(w http.ResponseWriter, o *Object) {
	if o.Version != "" {
		w.Header().Set("X-Amz-Version-Id", o.Version)
	}
}

// attributes returns the request's headers that become the object's.
func attributes(r *http.Request) http.Header {
	kept := http.Header{}
	for name, values := range r.Header {
		switch {
		case name == "Content-Type", name == "Content-Disposition", name == "Cache-Control", name == "Content-Encoding",
			name == "X-Amz-Tagging", name == "X-Amz-Storage-Class", name == "X-Amz-Acl",
			strings.HasPrefix(name, "X-Amz-Server-Side-Encryption"),
			strings.HasPrefix(name, "X-Amz-Meta-"):
			kept[name] = values
		}
	}
	return kept
}
