package s3fake

import (
	"cmp"
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Age makes all objects and open uploads older.
func (b *bucket) Age(by time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, all := range b.objects {
		for _, o := range all {
			o.Modified = o.Modified.Add(-by)
		}
	}
	for _, m := range b.uploads {
		m.begun = m.begun.Add(-by)
	}
}

// from returns the keys that are not less than key, in order, also those of removed objects.
func (b *bucket) from(key string) []string {
	if b.sorted == nil {
		b.sorted = slices.Sorted(maps.Keys(b.objects))
	}
	i, _ := slices.BinarySearch(b.sorted, key)
	return b.sorted[i:]
}

func (b *bucket) pageSize() int { return cmp.Or(b.PageSize, 1000) }

// encoder returns the function that encodes keys as the parameter encoding-type says.
func encoder(q url.Values) func(string) string {
	if q.Get("encoding-type") == "url" {
		return url.QueryEscape
	}
	return func(key string) string { return key }
}

func (b *bucket) listObjects(w http.ResponseWriter, q url.Values) {
	type content struct {
		Key, ETag    string
		Size         int
		LastModified time.Time
	}
	var out struct {
		XMLName      xml.Name `xml:"ListBucketResult"`
		Name         string
		IsTruncated  bool
		EncodingType string
		Contents     []content
	}
	out.Name, out.EncodingType = b.Bucket, q.Get("encoding-type")
	encode, prefix, after := encoder(q), q.Get("prefix"), q.Get("start-after")
	for _, key := range b.from(max(prefix, after)) {
		o := b.current(key)
		switch {
		case !strings.HasPrefix(key, prefix):
			reply(w, out)
			return
		case o == nil || key == after:
			continue
		case len(out.Contents) == b.pageSize():
			out.IsTruncated = true
			reply(w, out)
			return
		}
		out.Contents = append(out.Contents, content{encode(key), o.ETag(), len(o.Body), o.Modified.UTC()})
	}
	reply(w, out)
}

// listUploads continues after key-marker alone: more uploads of its key are not listed.
func (b *bucket) listUploads(w http.ResponseWriter, q url.Values) {
	type upload struct {
		Key       string
		UploadId  string //nolint:revive // the protocol's spelling
		Initiated time.Time
	}
	var out struct {
		XMLName      xml.Name `xml:"ListMultipartUploadsResult"`
		Bucket       string
		IsTruncated  bool
		EncodingType string
		Upload       []upload
	}
	out.Bucket, out.EncodingType = b.Bucket, q.Get("encoding-type")
	for id, m := range b.uploads {
		if strings.HasPrefix(m.key, q.Get("prefix")) && m.key > q.Get("key-marker") {
			out.Upload = append(out.Upload, upload{m.key, id, m.begun.UTC()})
		}
	}
	slices.SortFunc(out.Upload, func(a, b upload) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.UploadId, b.UploadId))
	})
	if len(out.Upload) > b.pageSize() {
		out.Upload, out.IsTruncated = out.Upload[:b.pageSize()], true
	}
	for i, u := range out.Upload {
		out.Upload[i].Key = encoder(q)(u.Key)
	}
	reply(w, out)
}

func (b *bucket) listVersions(w http.ResponseWriter, q url.Values) {
	type version struct {
		Key          string
		VersionId    string //nolint:revive // the protocol's spelling
		ETag         string `xml:",omitempty"`
		IsLatest     bool
		LastModified time.Time
	}
	var out struct {
		XMLName             xml.Name `xml:"ListVersionsResult"`
		Name                string
		IsTruncated         bool
		NextKeyMarker       string `xml:",omitempty"`
		NextVersionIdMarker string `xml:",omitempty"` //nolint:revive // the protocol's spelling
		Version             []version
		DeleteMarker        []version
	}
	out.Name = b.Bucket
	prefix, marker, before := q.Get("prefix"), q.Get("key-marker"), q.Get("version-id-marker")
	for _, key := range b.from(max(prefix, marker)) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		all := b.objects[key]
		end := len(all)
		if key == marker {
			end = slices.IndexFunc(all, func(o *Object) bool { return cmp.Or(o.Version, null) == before })
		}
		for i := end - 1; i >= 0; i-- { // newest first
			if len(out.Version)+len(out.DeleteMarker) == b.pageSize() {
				out.IsTruncated = true
				reply(w, out)
				return
			}
			o := all[i]
			v := version{key, cmp.Or(o.Version, null), o.ETag(), i == len(all)-1, o.Modified.UTC()}
			if o.Marker {
				v.ETag = ""
				out.DeleteMarker = append(out.DeleteMarker, v)
			} else {
				out.Version = append(out.Version, v)
			}
			out.NextKeyMarker, out.NextVersionIdMarker = v.Key, v.VersionId
		}
	}
	out.NextKeyMarker, out.NextVersionIdMarker = "", ""
	reply(w, out)
}
