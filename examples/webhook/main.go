// Webhook lets clients send files straight to a bucket. The events of the bucket confirm the files,
// too, so a page may be closed before it has confirmed its file.
//
//	go run -C examples ./webhook -s3 's3://uploads?endpoint=http://localhost:7070'
//
// The environment has the credentials, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/airlock-go/upload/s3open"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8088", "`address` to listen on")
	db := flag.String("db", ":memory:", "keep the rows in this SQLite `file`")
	bucket := flag.String("s3", "", "keep the files in the bucket of this s3open `URL`")
	flag.Parse()
	// Without a secret in the environment, tickets end with the process.
	secret := rand.Text() + rand.Text()
	if hexadecimal := os.Getenv("UPLOAD_SECRET"); hexadecimal != "" {
		secret = string(must(hex.DecodeString(hexadecimal)))
	}
	store := must(s3open.Open(context.Background(), *bucket, nil))
	must(store, store.Ping(context.Background())) // Open sends no request
	s := must(newSite(store, openDatabase(*db), []byte(secret), os.Getenv("EVENTS_PASSWORD")))
	must(s, s.serve(*addr))
}

// must ends a program that cannot go on.
func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// serve answers until a signal. Confirmations then have 5 s to finish. For those that fail, MinIO
// sends the event again.
func (s *site) serve(addr string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	srv := &http.Server{Handler: s.routes(), ReadTimeout: time.Minute, WriteTimeout: time.Minute}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", ln.Addr())
	go func() { defer stop(); log.Print(srv.Serve(ln)) }()
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err = s.presigner.Handler().Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) { // they were cut off
		err = nil
	}
	if srv.Shutdown(grace) != nil { // some connections are in use
		err = errors.Join(err, srv.Close())
	}
	return errors.Join(err, s.db.Close())
}
