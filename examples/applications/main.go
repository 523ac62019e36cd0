// Applications is a whole program for job applications, made to be copied.
//
//	go run -C examples ./applications
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/clamav"
	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3open"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8087", "`address` to listen on")
	db := flag.String("db", ":memory:", "keep the rows in this SQLite `file`")
	dir := flag.String("dir", "", "keep the files in this `directory`")
	bucket := flag.String("s3", "", "keep the files in the bucket of this s3open `URL`")
	clamd := flag.String("clamd", "", "scan the files with the clamd at this `address`, host:port")
	flag.Parse()
	var files store = &memstore.Store{} // ends with the program, as the rows do
	switch {
	case *dir != "" && *bucket != "", (*dir+*bucket == "") != (*db == ":memory:"):
		log.Fatal("-db goes with one of -dir and -s3, so that rows and files end together")
	case *bucket != "":
		opened := must(s3open.Open(context.Background(), *bucket, nil))
		files = must(opened, opened.Ping(context.Background())) // Open sends no request
	case *dir != "":
		files = must(diskstore.Open(*dir))
	}
	accept := upload.All(policy)
	if *clamd != "" {
		scanner := must(clamav.New("tcp", *clamd, nil))
		must(scanner, scanner.Check(context.Background())) // that it passes nothing unread
		accept = upload.All(policy, scanner)
	}
	newSite(files, openDatabase(*db), accept).serve(*addr)
}

// must ends a program that cannot go on.
func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// serve answers until a signal. Uploads then have 5 s to finish, and other requests 10 s.
func (s *site) serve(addr string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	srv := &http.Server{Handler: s.routes(), ReadTimeout: time.Minute, WriteTimeout: time.Minute}
	ln := must(net.Listen("tcp", addr))
	log.Printf("open http://%s as ada (password lovelace) or joan (clarke), an admin", ln.Addr())
	go func() { defer stop(); log.Print(srv.Serve(ln)) }()
	go s.sweep()
	<-ctx.Done()
	soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	later, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	must(s, errors.Join(s.uploads.Shutdown(soon), srv.Shutdown(later), s.db.Close()))
}
