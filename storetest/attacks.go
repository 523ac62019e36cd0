package storetest

import (
	"net/http"
	"slices"
	"strings"
)

// attack changes a signed request.
type attack struct {
	name   string
	change func(*sending)
}

func attacksByBody(way string) []attack {
	list := []attack{
		{"a byte less", func(s *sending) { s.body = content(directSize)[:directSize-1] }},
		{"a byte more", func(s *sending) { s.body = append(slices.Clone(s.body), 'x') }},
		{"nothing", func(s *sending) { s.body = nil }},
	}
	if way != byForm { // servers may accept a form without a length: they count its file
		list = append(list, attack{"no length", func(s *sending) { s.chunked = true }})
	}
	if way != byPart { // parts have no digest
		list = append(list, attack{"other bytes", func(s *sending) { s.body = otherBytes(directSize) }})
	}
	return list
}

// attacksByURL returns attacks on requests whose terms are in their URL. The terms of a form are in
// its fields.
func attacksByURL(honest *sending) []attack {
	if honest.Fields != nil {
		return nil
	}
	list := []attack{
		{"another key", func(s *sending) { s.URL = strings.ReplaceAll(s.URL, s.key, s.otherKey()) }},
		{"a header x-amz-meta-more", func(s *sending) { s.Headers["X-Amz-Meta-More"] = "more" }},
	}
	for name, change := range queryAttacks(honest.URL) {
		list = append(list, attack{name, func(s *sending) { s.URL = change(s.URL) }})
	}
	for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodDelete} {
		list = append(list, attack{"a " + method, func(s *sending) { s.Method = method }})
	}
	return list
}

// attacksByTerms returns attacks that change or leave out headers, and change, leave out or add
// fields.
func attacksByTerms(honest *sending) (list []attack) {
	for name := range honest.Headers {
		list = append(list,
			attack{"another header " + name, func(s *sending) { s.Headers[name] = alter(s.Headers[name]) }},
			attack{"no header " + name, func(s *sending) { delete(s.Headers, name) }})
	}
	if honest.Fields == nil {
		return list
	}
	for name := range honest.Fields {
		list = append(list,
			attack{"another field " + name, func(s *sending) { s.Fields[name] = alter(s.Fields[name]) }},
			attack{"no field " + name, func(s *sending) { delete(s.Fields, name) }})
	}
	return append(list,
		attack{"another key", func(s *sending) { s.Fields["key"] = s.otherKey() }},
		attack{"a key that the client chooses", func(s *sending) { s.Fields["key"] = s.key + "/${filename}" }},
		attack{"a field x-amz-meta-more", func(s *sending) { s.Fields["x-amz-meta-more"] = "more" }},
		attack{"a field acl", func(s *sending) { s.Fields["acl"] = "public-read" }})
}

// queryAttacks returns changes that replace, leave out and add parameters of a signed URL.
func queryAttacks(signed string) map[string]func(url string) string {
	list := map[string]func(string) string{
		"an added parameter": func(url string) string { return url + "&x-amz-acl=public-read" },
		"an added type":      func(url string) string { return url + "&response-content-type=text/html" },
		"no query":           func(url string) string { return strings.Split(url, "?")[0] },
	}
	_, query, _ := strings.Cut(signed, "?")
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		list["another "+name] = func(url string) string { return changeQuery(url, name, alter) }
		list["no "+name] = func(url string) string { return changeQuery(url, name, nil) }
	}
	return list
}

// changeQuery changes the value of a parameter, or removes it if change is nil.
func changeQuery(url, name string, change func(value string) string) string {
	address, query, _ := strings.Cut(url, "?")
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		switch n, value, _ := strings.Cut(pair, "="); {
		case n != name:
			pairs = append(pairs, pair)
		case change != nil:
			pairs = append(pairs, name+"="+change(value))
		}
	}
	return address + "?" + strings.Join(pairs, "&")
}

// alter changes the last character; digits stay digits.
func alter(value string) string {
	if value == "" {
		return "1"
	}
	last := "1"
	if strings.HasSuffix(value, last) {
		last = "2"
	}
	return value[:len(value)-1] + last
}
