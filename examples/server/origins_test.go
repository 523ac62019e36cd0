package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOrigins(t *testing.T) {
	const trusted = "https://app.example.com"
	flag := []string{"-cors-origin", trusted}
	tests := []struct {
		name    string
		args    []string
		path    string
		origin  string
		site    string
		status  int
		allowed string
	}{
		{"no browser", nil, "/upload", "", "", 201, ""},
		{"the page itself", nil, "/upload", "", "same-origin", 201, ""},
		{"another site", nil, "/upload", trusted, "cross-site", 403, ""},
		{"another site, plain form", nil, "/form", trusted, "cross-site", 303, ""}, // a redirect that has the reason
		{"the trusted origin", flag, "/upload", trusted, "cross-site", 201, trusted},
		{"another site than the trusted one", flag, "/upload", "https://evil.example.com", "cross-site", 403, ""},
		{"a name that begins like the trusted one", flag, "/upload", trusted + ".evil.org", "cross-site", 403, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, store := start(t, tt.args...)
			header := http.Header{"Origin": {tt.origin}, "Sec-Fetch-Site": {tt.site}} // the server takes an empty header as absent
			res := post(t, url+tt.path, header, file{"file", "cat.png", pngBytes(t)})
			require.Equal(t, tt.status, res.status)
			require.Equal(t, tt.allowed, res.header.Get("Access-Control-Allow-Origin"))
			require.Equal(t, tt.status == http.StatusCreated, len(store.Keys()) == 1)
		})
	}
}

func TestPreflight(t *testing.T) {
	const trusted = "https://app.example.com"
	url, _ := start(t, "-cors-origin", trusted)
	for origin, allowed := range map[string]string{trusted: trusted, "https://evil.example.com": ""} {
		t.Run(origin, func(t *testing.T) {
			header := http.Header{
				"Origin": {origin}, "Access-Control-Request-Method": {http.MethodPost}, "Access-Control-Request-Headers": {"upload-id"},
			}
			res := do(t, http.MethodOptions, url+"/upload", header, nil)
			require.Equal(t, allowed, res.header.Get("Access-Control-Allow-Origin"))
		})
	}
}
