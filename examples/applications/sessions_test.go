package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// signedIn reports whether the page of b has the form for signing out.
func (b *browser) signedIn() bool {
	b.test.Helper()
	return strings.Contains(string(b.get("/").Body), `action="/sign-out"`)
}

// TestSessions: a session begins with the right password. It ends when its user signs out, or signs
// in again.
func TestSessions(t *testing.T) {
	f := start(t)
	for _, tc := range []struct{ about, user, password string }{
		{"a wrong password", "ada", "hopper"},
		{"no password", "ada", ""},
		{"an unknown name", "eve", "lovelace"},
		{"an unknown name without a password", "eve", ""},
		{"nothing", "", ""},
	} {
		b := f.browse(t, "")
		a := b.post("/sign-in", url.Values{"user": {tc.user}, "password": {tc.password}})
		require.Equal(t, http.StatusUnprocessableEntity, a.Status, tc.about)
		require.Contains(t, string(a.Body), "The name or the password is wrong.")
		require.False(t, b.signedIn(), tc.about)
	}
	ada := f.browse(t, "ada")
	require.True(t, ada.signedIn())
	require.Equal(t, http.StatusSeeOther, f.browse(t, "").post("/sign-out", nil).Status)
	require.True(t, ada.signedIn(), "somebody else has signed out")
	again := f.browse(t, "ada")
	require.True(t, again.signedIn())
	require.False(t, ada.signedIn(), "a user has one session")
	require.Equal(t, http.StatusSeeOther, again.post("/sign-out", nil).Status)
	require.False(t, again.signedIn())
}

// TestSessionCookie: the cookie has its attributes, and no other value is a session.
func TestSessionCookie(t *testing.T) {
	f := start(t)
	a := f.browse(t, "").post("/sign-in", url.Values{"user": {"ada"}, "password": {"lovelace"}})
	cookie, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.True(t, cookie.Secure && cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.Equal(t, "/", cookie.Path)
	require.Empty(t, cookie.Domain)
	require.True(t, strings.HasPrefix(cookie.Name, "__Host-"))
	_, token, _ := strings.Cut(cookie.Value, ".")
	for value, want := range map[string]bool{
		cookie.Value: true, "ada": false, "ada.": false, "ada.x": false, "joan." + token: false, "joan.": false, ".": false, token: false,
	} {
		b := f.browse(t, "")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, home+"/", nil)
		require.NoError(t, err)
		r.Header.Set("Cookie", cookie.Name+"="+value)
		require.Equal(t, want, strings.Contains(string(b.send(r).Body), `action="/sign-out"`), value)
	}
}

// TestSessionEnds: a session lasts for twelve hours.
func TestSessionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t)
		ada := f.browse(t, "ada")
		time.Sleep(12*time.Hour - time.Second)
		require.True(t, ada.signedIn())
		time.Sleep(2 * time.Second)
		require.False(t, ada.signedIn())
		require.Equal(t, http.StatusUnauthorized, ada.apply(form(cv)...).Status)
		f.agree(t, 0)
		require.NoError(t, f.db.Close()) // in the bubble
	})
}
