package s3fake

import (
	"encoding/xml"
	"net/http"
	"net/url"
)

// Tag sets one tag of the current object of key, which must exist, and keeps the others, as a
// scanner does.
func (b *bucket) Tag(key, name, value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.current(key)
	tags := o.tags()
	tags.Set(name, value)
	o.Header.Set("X-Amz-Tagging", tags.Encode())
}

func (o *Object) tags() url.Values {
	tags, _ := url.ParseQuery(o.Header.Get("X-Amz-Tagging"))
	return tags
}

func (b *bucket) getTagging(w http.ResponseWriter, key, version string) {
	o := b.current(key)
	if version != "" {
		o = b.version(key, version)
	}
	if o == nil || o.Marker {
		fail(w, http.StatusNotFound, "NoSuchKey", key)
		return
	}
	type tag struct{ Key, Value string }
	var out struct {
		XMLName xml.Name `xml:"Tagging"`
		TagSet  struct{ Tag []tag }
	}
	for name, values := range o.tags() {
		out.TagSet.Tag = append(out.TagSet.Tag, tag{name, values[0]})
	}
	answerVersion(w, o)
	reply(w, out)
}
