package main

import (
	"context"
	"crypto/subtle"
	"net/http"
)

// passwords stand in for your sign-in, which should hash passwords and have sessions.
var passwords = map[string]string{"ada": "lovelace", "grace": "hopper"}

type userKey struct{}

// signIn adds the user of a request to its context. A request without a user continues, with a
// challenge for the 401 that it may get.
func signIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		right, known := passwords[name]
		if known && subtle.ConstantTimeCompare([]byte(password), []byte(right)) == 1 {
			r = r.WithContext(context.WithValue(r.Context(), userKey{}, name))
		} else {
			w.Header().Set("WWW-Authenticate", `Basic realm="avatar", charset="UTF-8"`)
		}
		next.ServeHTTP(w, r)
	})
}

// userOf returns the user of a request, "" for an anonymous one.
func userOf(r *http.Request) string {
	name, _ := r.Context().Value(userKey{}).(string)
	return name
}

// signedIn is userOf for the authorizer, which refuses "".
func signedIn(r *http.Request) (string, error) { return userOf(r), nil }
