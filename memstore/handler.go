package memstore

import (
	"net/http"
	"strings"
)

// handler answers requests that its site has signed, as S3 would.
type handler struct {
	store *Store
	site  *site
}

// Handler returns a handler of the signed requests of direct uploads and links. Requests signed
// from then on lead to baseURL. Mount it at the path of baseURL:
//
//	mux.Handle("/memstore/", store.Handler("/memstore/"))
//
// If baseURL is a path, the signed URLs are relative. Pages and clients send to the origin from
// which they have the URL, whatever its name. Pages of another origin need an absolute baseURL,
// such as "http://localhost:8080/memstore/".
//
// The handler enforces everything that is signed, such as method, key, type, length, digest and
// expiry. Anyone who has a signed request can use it. All other requests are refused, except HEAD
// of a link, and preflight requests of CORSOrigin. Each call of Handler makes a new random secret
// for the signatures. So a handler accepts only requests that were signed after the call that
// returned it, and before the next call.
//
// The answers of links carry the type of the link, and nosniff. That does not make files safe to
// show on the origin of the application: mount the handler on another origin if that matters.
//
// Handler panics unless baseURL is a path that begins with one slash, or an absolute URL of http or
// https. It also panics if baseURL has a query or a fragment.
func (s *Store) Handler(baseURL string) http.Handler {
	st, err := newSite(baseURL)
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	s.site = st
	s.mu.Unlock()
	return &handler{store: s, site: st}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if h.cors(w, r) {
		return
	}
	var err error
	if r.Method == http.MethodPost {
		err = h.store.form(w, r, h.site)
	} else {
		err = h.signed(w, r)
	}
	if err != nil {
		fail(w, err)
	}
}

// signed answers a request whose terms are in its URL.
func (h *handler) signed(w http.ResponseWriter, r *http.Request) error {
	t, err := h.site.termsOf(r)
	if err == nil {
		err = checkHeaders(r, t.headers())
	}
	switch {
	case err != nil:
		return err
	case t.Method == http.MethodGet:
		return h.get(w, r, t)
	case t.Part != 0:
		return h.store.putPart(w, r, t)
	}
	return h.store.put(w, r, t)
}

// cors allows the pages of CORSOrigin, and reports whether r was only a preflight request.
func (h *handler) cors(w http.ResponseWriter, r *http.Request) bool {
	origin := h.store.CORSOrigin
	if origin == "" {
		return false
	}
	w.Header().Add("Vary", "Origin")
	if r.Header.Get("Origin") != origin {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Expose-Headers", "ETag, Location")
	if r.Method != http.MethodOptions {
		return false
	}
	w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST")
	w.Header().Set("Access-Control-Allow-Headers", "Content-Type, If-None-Match, Range, "+checksumField)
	w.WriteHeader(http.StatusNoContent)
	return true
}

// get answers a link.
func (h *handler) get(w http.ResponseWriter, r *http.Request, t terms) error {
	o, err := h.store.find(t.Key)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", t.Type)
	if t.Disposition != "" {
		w.Header().Set("Content-Disposition", t.Disposition)
	}
	w.Header().Set("ETag", o.stored.ETag)
	if strings.Contains(r.Header.Get("Range"), ",") { // a request for many ranges costs as much as many requests
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	http.ServeContent(w, r, "", o.since, o.blob.from(0))
	return nil
}
