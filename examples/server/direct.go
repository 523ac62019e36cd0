package main

import (
	"crypto/rand"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/airlock-go/upload"
)

const (
	ticketsPath = "/tickets/" // the steps of direct uploads
	uppyPath    = "/direct/"  // the same for pages with Uppy: companionEndpoint: "/direct"
)

// newPresigner returns the handler of direct uploads: clients send files to the storage themselves,
// under the policy of uploads.
func newPresigner(cfg *config, uploads *upload.Handler) (*upload.Presigner, error) {
	return upload.NewPresigner(uploads, secrets(), &upload.PresignOptions{
		MaxFileSize:   cfg.maxDirect,
		SingleSize:    16 << 20,
		PartSize:      8 << 20, // so that a lost connection costs little
		StagingPrefix: cfg.prefix,
	})
}

// secrets returns the secrets that seal the tickets and the URLs of resumable uploads. UPLOAD_SECRET
// holds them, separated by spaces, each of at least 32 random bytes, for example from "openssl rand
// -hex 32". All instances of a site share it. The first secret seals and all open. So a change takes
// three steps, each on all instances: "old new", "new old", and "new". Take the last step a day
// later, when everything that the old secret has sealed has expired.
//
// Without UPLOAD_SECRET the secret is random, and what it has sealed ends with the process.
func secrets() [][]byte {
	var all [][]byte
	for secret := range strings.FieldsSeq(os.Getenv("UPLOAD_SECRET")) {
		all = append(all, []byte(secret))
	}
	if len(all) == 0 {
		secret := make([]byte, 32)
		rand.Read(secret) // never fails: crypto/rand ends the process instead
		all = append(all, secret)
	}
	return all
}

// unhurriedTime is the time to check a large file, to receive it if this process is the storage, to
// watch an upload, or to open a link.
const unhurriedTime = 10 * time.Minute

// unhurried gives the requests of next more time than others have.
func unhurried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		until := time.Now().Add(unhurriedTime)
		c := http.NewResponseController(w)
		_ = c.SetReadDeadline(until) // on an error the server's own deadlines stay
		_ = c.SetWriteDeadline(until)
		next.ServeHTTP(w, r)
	})
}
