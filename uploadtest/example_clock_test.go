package uploadtest_test

import (
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// stalledClientIsRefused would be TestStalledClientIsRefused in your tests. The minute of the stall
// takes no time.
func stalledClientIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous,
			&upload.Options{StallTimeout: time.Minute, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		s := uploadtest.Serve(t, h)
		c, err := s.Dial(uploadtest.NewRequest(s.URL+"/upload", uploadtest.File("file", "a.txt", "hello")))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Send(10); err != nil { // and nothing more
			t.Fatal(err)
		}
		begin := time.Now()
		a, err := c.Answer(time.Hour)
		if err != nil || a.Code != upload.CodeTimeout || time.Since(begin) != time.Minute {
			t.Fatal(a, err, time.Since(begin))
		}
	})
}

// ticketExpires would be TestTicketExpires in your tests.
func ticketExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, mux := &memstore.Store{}, http.NewServeMux()
		mux.Handle("/store/", store.Handler("http://example.com/store/"))
		h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, &upload.PresignOptions{TicketExpires: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		mux.Handle("/tickets/", p)

		d := uploadtest.Direct{Client: uploadtest.Client(mux), URL: "/tickets/"}
		file := uploadtest.File("file", "a.txt", "hello")
		ticket, a := d.Sign(t, uploadtest.Declare(file))
		if ticket == nil {
			t.Fatal(a)
		}
		d.Send(t, ticket, file.Content)
		time.Sleep(time.Hour + time.Minute)
		if a := d.Confirm(t, ticket.Token); a.Code != upload.CodeBadTicket {
			t.Fatal(a)
		}
	})
}

// StallTimeout and the life of tickets are tested without waiting. In your tests these functions
// would be TestStalledClientIsRefused and TestTicketExpires, which go test runs.
func Example_clock() {
	_ = []func(t *testing.T){stalledClientIsRefused, ticketExpires}
	// Output:
}
