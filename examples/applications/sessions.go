package main

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload"
)

type user struct {
	Name, password string // Name is "" if nobody is signed in
	Admin          bool
	session        string // the latest one, valid before until
	until          time.Time
}

// accounts stand in for yours, which should hash passwords and limit attempts.
var accounts = map[string]user{
	"ada":   {Name: "ada", password: "lovelace"},
	"grace": {Name: "grace", password: "hopper"},
	"joan":  {Name: "joan", password: "clarke", Admin: true},
}

// userOf returns the user of a request, or the zero user.
func (s *site) userOf(r *http.Request) user {
	if cookie, err := r.Cookie("__Host-session"); err == nil {
		name, session, _ := strings.Cut(cookie.Value, ".")
		stored, _ := s.sessions.Load(name)
		if u, ok := stored.(user); ok && equal(session, u.session) && time.Now().Before(u.until) {
			return u
		}
	}
	return user{}
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	u, known := accounts[r.PostFormValue("user")]
	if !known || !equal(r.PostFormValue("password"), u.password) {
		s.page(w, r, nil, upload.Reject("wrong_password", "The name or the password is wrong."))
		return
	}
	u.session, u.until = rand.Text(), time.Now().Add(12*time.Hour)
	s.sessions.Store(u.Name, u)
	http.SetCookie(w, &http.Cookie{
		Name: "__Host-session", Value: u.Name + "." + u.session, Path: "/",
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	s.sessions.Delete(s.userOf(r).Name)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
