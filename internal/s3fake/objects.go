package s3fake

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) putObject(w http.ResponseWriter, r *http.Request, key string, body []byte) {
	if s.taken(w, r, key) {
		return
	}
	o := &Object{Key: key, Body: body, Header: attributes(r)}
	s.store(o)
	answerVersion(w, o)
	w.Header().Set("ETag", etag(body))
}

// taken checks the only condition that is supported, "If-None-Match: *".
func (s *Server) taken(w http.ResponseWriter, r *http.Request, key string) bool {
	if r.Header.Get("If-None-Match") != "*" || s.current(key) == nil {
		return false
	}
	fail(w, http.StatusPreconditionFailed, "PreconditionFailed", key)
	return true
}

func (s *Server) getObject(w http.ResponseWriter, r *http.Request, key, version string) {
	o := s.current(key)
	if version != "" {
		o = s.version(key, version)
	}
	if o == nil {
		fail(w, http.StatusNotFound, "NoSuchKey", key)
		return
	}
	maps.Copy(w.Header(), o.Header)
	answerVersion(w, o)
	w.Header().Set("ETag", etag(o.Body))
	w.Header().Set("Content-Length", strconv.Itoa(len(o.Body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(o.Body)
	}
}

func (s *Server) deleteObject(w http.ResponseWriter, key, version string) {
	switch {
	case version != "" && s.objects[key] != nil && s.version(key, version) == nil:
		// AWS answers 204; versitygw answers this, and 204 if nothing is left of the key
		fail(w, http.StatusBadRequest, "InvalidArgument", "Invalid version id specified")
		return
	case version != "":
		gone := s.version(key, version)
		s.objects[key] = slices.DeleteFunc(s.objects[key], func(o *Object) bool { return o == gone })
	case s.Versioned:
		s.store(&Object{Key: key, Marker: true})
	default:
		s.objects[key] = nil
	}
	if len(s.objects[key]) == 0 {
		delete(s.objects, key)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) listVersions(w http.ResponseWriter, prefix string) {
	type version struct {
		Key       string
		VersionId string //nolint:revive // the protocol's spelling
		IsLatest  bool
	}
	var out struct {
		XMLName      xml.Name `xml:"ListVersionsResult"`
		Version      []version
		DeleteMarker []version
	}
	for key, all := range s.objects {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		for i, o := range all {
			v := version{Key: key, VersionId: o.Version, IsLatest: i == len(all)-1}
			if v.VersionId == "" {
				v.VersionId = "null"
			}
			if o.Marker {
				out.DeleteMarker = append(out.DeleteMarker, v)
			} else {
				out.Version = append(out.Version, v)
			}
		}
	}
	reply(w, out)
}

func (s *Server) store(o *Object) {
	if !s.Versioned {
		s.objects[o.Key] = []*Object{o}
		return
	}
	o.Version = s.id("version")
	s.objects[o.Key] = append(s.objects[o.Key], o)
}

func (s *Server) current(key string) *Object {
	all := s.objects[key]
	if len(all) == 0 || all[len(all)-1].Marker {
		return nil
	}
	return all[len(all)-1]
}

func (s *Server) version(key, version string) *Object {
	for _, o := range s.objects[key] {
		if o.Version == version || o.Version == "" && version == "null" {
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

// attributes are the request's headers that become the object's.
func attributes(r *http.Request) http.Header {
	kept := http.Header{}
	for name, values := range r.Header {
		switch {
		case name == "Content-Type", name == "Content-Disposition", name == "Cache-Control",
			name == "X-Amz-Tagging", name == "X-Amz-Storage-Class", name == "X-Amz-Acl",
			strings.HasPrefix(name, "X-Amz-Server-Side-Encryption"),
			strings.HasPrefix(name, "X-Amz-Meta-"):
			kept[name] = values
		}
	}
	return kept
}
