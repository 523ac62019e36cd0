package s3fake

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"slices"
)

func (b *bucket) deleteObject(w http.ResponseWriter, key, version, etag string) {
	switch {
	case version == "" && etag != "" && b.current(key) != nil && b.current(key).ETag() != etag:
		fail(w, http.StatusPreconditionFailed, "PreconditionFailed", key)
		return
	case version != "" && b.objects[key] != nil && b.version(key, version) == nil:
		// AWS answers 204; versitygw answers this, and 204 if nothing is left of the key.
		fail(w, http.StatusBadRequest, "InvalidArgument", "Invalid version id specified")
		return
	case version != "":
		gone := b.version(key, version)
		b.objects[key] = slices.DeleteFunc(b.objects[key], func(o *Object) bool { return o == gone })
	case b.Versioned, b.Suspended:
		b.store(&Object{Key: key, Marker: true})
	default:
		b.objects[key] = nil
	}
	if len(b.objects[key]) == 0 {
		delete(b.objects, key)
	}
	w.WriteHeader(http.StatusNoContent)
}

// deleteObjects removes up to 1,000 objects or versions, and answers for each of them.
func (b *bucket) deleteObjects(w http.ResponseWriter, body []byte) {
	type version struct {
		Key       string
		VersionId string `xml:",omitempty"` //nolint:revive // the protocol's spelling
		Code      string `xml:",omitempty"`
	}
	var in struct{ Object []version }
	if err := xml.Unmarshal(body, &in); err != nil || len(in.Object) == 0 || len(in.Object) > 1000 { //nolint:gosec // into plain fields
		fail(w, http.StatusBadRequest, "MalformedXML", "Delete")
		return
	}
	var out struct {
		XMLName xml.Name `xml:"DeleteResult"`
		Deleted []version
		Error   []version
	}
	for _, o := range in.Object {
		one := httptest.NewRecorder()
		if b.deleteObject(one, o.Key, o.VersionId, ""); one.Code == http.StatusNoContent {
			out.Deleted = append(out.Deleted, o)
			continue
		}
		o.Code = "InvalidArgument"
		out.Error = append(out.Error, o)
	}
	reply(w, out)
}
