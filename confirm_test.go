package upload_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// TestForeignTickets: a forged ticket, or one of another caller, purpose or secret, is
// refused like one that never existed.
func TestForeignTickets(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	other := newDirect(t, nil, upload.Options{}, upload.PresignOptions{Purpose: "other"}).sign(t, declarationOf("a.txt", "hello"))
	stranger, err := upload.NewPresigner(d.handler, [][]byte{make([]byte, 32)}, nil)
	require.NoError(t, err)
	foreign, err := stranger.Sign(confirmRequest(""), declarationOf("a.txt", "hello"))
	require.NoError(t, err)
	rows := map[string]struct{ subject, token string }{
		"another subject":    {"bob", ticket.Token},
		"another purpose":    {"ann", other.Token},
		"another secret":     {"ann", foreign.Token},
		"nothing":            {"ann", ""},
		"garbage":            {"ann", "AAAA"},
		"one letter changed": {"ann", ticket.Token[:40] + flip(ticket.Token[40:41]) + ticket.Token[41:]},
		"cut":                {"ann", ticket.Token[:len(ticket.Token)-1]},
		"longer than any":    {"ann", strings.Repeat("A", 5000)},
	}
	var first []byte
	for name, row := range rows {
		for _, step := range []string{"confirm", "part", "abort"} {
			resp := d.stepAs(t, row.subject, step, map[string]any{"token": row.token, "partNumber": 1}, nil)
			body := []byte(resp.Body)
			require.Equal(t, http.StatusNotFound, resp.StatusCode, name)
			if first == nil {
				first = withoutFiles(t, body)
			}
			require.Equal(t, string(first), string(withoutFiles(t, body)), "%s %s is answered differently", name, step)
		}
	}
	require.Empty(t, d.published())
	d.confirm(t, ticket.Token)
}

func flip(s string) string {
	if s == "A" {
		return "B"
	}
	return "A"
}

// withoutFiles requires that a problem names no file, since only its owner may read that, and
// returns its JSON with sorted keys.
func withoutFiles(t *testing.T, problem []byte) []byte {
	t.Helper()
	var p map[string]any
	require.NoError(t, json.Unmarshal(problem, &p))
	require.NotContains(t, p, "files")
	b, err := json.Marshal(p)
	require.NoError(t, err)
	return b
}

// TestPublishedStays: later content of the same signed request neither changes the
// published file nor is published.
func TestPublishedStays(t *testing.T) {
	for name, o := range map[string]upload.PresignOptions{"put": {}, "form": {Form: true}} {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, o)
			ticket := d.sign(t, declarationOf("a.txt", "AAAAA"))
			require.Contains(t, []int{200, 201}, send(t, ticket.SignedRequest, "AAAAA"))
			again := send(t, ticket.SignedRequest, "BBBBB")
			want := "AAAAA"
			if o.Form { // a form may be sent again, before it is confirmed
				want = "BBBBB"
			} else {
				require.Equal(t, http.StatusPreconditionFailed, again)
			}
			f := d.confirm(t, ticket.Token)
			require.Equal(t, want, d.read(t, f.Key))
			require.Contains(t, []int{200, 201}, send(t, ticket.SignedRequest, "CCCCC"), "the staging key is free again")
			require.Equal(t, f, d.confirm(t, ticket.Token))
			require.Equal(t, want, d.read(t, f.Key))
			require.Equal(t, []string{f.Key}, d.published())
			require.Zero(t, d.staged())
		})
	}
}

// meddle serves another presigner under /meddled/, over d's store with the faults.
func (d *direct) meddle(t *testing.T, o upload.Options, po upload.PresignOptions, faults ...uploadtest.Fault) {
	t.Helper()
	o.Logger = (&fixture{log: d.log}).logger()
	store := uploadtest.NewFailingStore(d.store, faults...).Storage()
	h, err := upload.New(store, upload.Types("image/png", "text/plain"), upload.RequireSubject(bySubject), &o)
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{secret}, &po)
	require.NoError(t, err)
	d.mux.Handle("/meddled/", p)
}

// TestReplacedBeforePublication: bytes that came after the check are not published without a check
// of their own, so the client has to confirm again.
func TestReplacedBeforePublication(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{Form: true})
	ticket := d.sign(t, declarationOf("a.txt", "AAAAA"))
	require.Equal(t, 201, send(t, ticket.SignedRequest, "AAAAA"))
	d.meddle(t, upload.Options{}, upload.PresignOptions{Form: true}, uploadtest.Fault{Op: uploadtest.OpPromote, Nth: 1, Do: func(context.Context) error {
		require.Equal(t, 201, send(t, ticket.SignedRequest, "BBBBB"))
		return nil
	}})
	p := d.step(t, "../meddled/confirm", token{ticket.Token}, nil).problem(t)
	require.Equal(t, upload.CodeConflict, p.Code)
	require.Empty(t, d.published())
	var answer struct{ Files []upload.File }
	require.Equal(t, 201, d.step(t, "../meddled/confirm", token{ticket.Token}, &answer).StatusCode)
	require.Equal(t, "BBBBB", d.read(t, answer.Files[0].Key))
}

// TestLostPublication: when the storage's answer to the publication is lost, the
// client gets an error, and the next confirmation finds the published file.
func TestLostPublication(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	d.meddle(t, upload.Options{}, upload.PresignOptions{}, uploadtest.Fault{Op: uploadtest.OpPromote, Late: true, Err: storage.ErrUnknownOutcome})
	p := d.step(t, "../meddled/confirm", token{ticket.Token}, nil).problem(t)
	require.Equal(t, upload.CodeStorage, p.Code)
	require.NotContains(t, p.Detail, "outcome")
	require.Equal(t, 1, d.staged(), "another try needs it")
	published := d.published()
	f := d.confirm(t, ticket.Token)
	require.Equal(t, []string{f.Key}, published)
	require.Equal(t, published, d.published())
	require.Equal(t, "hello", d.read(t, f.Key))
	require.Zero(t, d.staged())
}

// TestConfirmsAtOnce: of 16 confirmations one fails by its handler. The others all get the same
// answer, and there is one publication.
func TestConfirmsAtOnce(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	var calls atomic.Int64
	d.mux.Handle("/next/confirm", d.presigner.ConfirmHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 3 {
			http.Error(w, "the insert failed", http.StatusInternalServerError)
			return
		}
		upload.JSON(w, r, upload.Files(r.Context()), nil)
	})))
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))

	answers := make(chan string, 16)
	for range 16 {
		go func() {
			answers <- d.step(t, "../next/confirm", token{ticket.Token}, nil).Body
		}()
	}
	count := map[string]int{}
	for range 16 {
		count[<-answers]++
	}
	require.Len(t, count, 2, "%v", count)
	require.Equal(t, 1, count["the insert failed\n"])
	require.Len(t, d.published(), 1)
	require.Equal(t, 1, strings.Count(d.log.String(), "upload: accepted"))
	require.Equal(t, "hello", d.read(t, d.published()[0]))
}

// TestNextFails: if the next handler fails, the published file stays. The staged one stays until a
// try succeeds.
func TestNextFails(t *testing.T) {
	fails := map[string]http.HandlerFunc{
		"status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"status, then Keep": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			require.Error(t, upload.Keep(r.Context()))
		},
		"discard": func(_ http.ResponseWriter, r *http.Request) { upload.Discard(r.Context()) },
		"refuse":  func(w http.ResponseWriter, r *http.Request) { upload.Refuse(w, r, errTerms) },
		"panic":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for name, fail := range fails {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
			ticket := d.sign(t, declarationOf("a.txt", "hello"))
			require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
			func() {
				defer func() { _ = recover() }()
				d.presigner.ConfirmHandler(fail).ServeHTTP(httptest.NewRecorder(), confirmRequest(ticket.Token))
			}()
			require.Len(t, d.published(), 1)
			require.Equal(t, 1, d.staged())
			w := httptest.NewRecorder()
			d.presigner.ConfirmHandler(http.NotFoundHandler()).ServeHTTP(w, confirmRequest(ticket.Token))
			require.Equal(t, http.StatusNotFound, w.Code)
			require.Len(t, d.published(), 1)
			require.Equal(t, 1, d.staged())
			d.presigner.ConfirmHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(httptest.NewRecorder(), confirmRequest(ticket.Token))
			require.Len(t, d.published(), 1)
			require.Zero(t, d.staged())
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.NoError(t, d.handler.Shutdown(ctx), "no request is active any more")
		})
	}
}

func confirmRequest(tok string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/tickets/confirm", strings.NewReader(`{"token":"`+tok+`","note":"for the host"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Subject", "ann")
	return r
}

// TestNextSeesTheRequest: next gets the file, and all of the JSON.
func TestNextSeesTheRequest(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	w := httptest.NewRecorder()
	d.presigner.ConfirmHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Note string }
		require.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		_, _ = io.WriteString(w, body.Note+" "+upload.Files(r.Context())[0].Name)
	})).ServeHTTP(w, confirmRequest(ticket.Token))
	require.Equal(t, "for the host a.txt", w.Body.String())
}

// TestReadsAreBounded: an instance reads the file of a ticket only a few times an hour. After that
// the answer is CodeBusy, and the staged file stays.
func TestReadsAreBounded(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{Form: true})
	content := strings.Repeat("x", 1000) + "\x00"
	ticket := d.sign(t, declarationOf("a.txt", content))
	codes := map[upload.Code]int{}
	for range 6 {
		require.Equal(t, 201, send(t, ticket.SignedRequest, content))
		codes[d.step(t, "confirm", token{ticket.Token}, nil).problem(t).Code]++
	}
	require.Equal(t, 3, codes[upload.CodeBusy], "%v", codes)
	require.Equal(t, 1, d.staged())
	require.Empty(t, d.published())
}

// TestChecksAreBounded: a client whose file has to wait for a check can come again,
// however often, and loses nothing.
func TestChecksAreBounded(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	open, release := make(chan struct{}), make(chan struct{})
	d.meddle(t, upload.Options{MaxWait: time.Millisecond}, upload.PresignOptions{MaxChecks: 1},
		uploadtest.Fault{Op: uploadtest.OpOpenStaged, Do: func(context.Context) error { open <- struct{}{}; <-release; return nil }})
	first, second := d.sign(t, declarationOf("a.txt", "hello")), d.sign(t, declarationOf("b.txt", "hello"))
	for _, ticket := range []upload.Ticket{first, second} {
		require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	}
	done := make(chan int)
	go func() { done <- d.step(t, "../meddled/confirm", token{first.Token}, nil).StatusCode }()
	<-open
	for range 12 {
		require.Equal(t, upload.CodeBusy, d.step(t, "../meddled/confirm", token{second.Token}, nil).problem(t).Code)
	}
	close(release)
	require.Equal(t, 201, <-done)
	go func() { <-open }()
	require.Equal(t, 201, d.step(t, "../meddled/confirm", token{second.Token}, nil).StatusCode)
	d.confirm(t, second.Token)
}

// TestStorageFailsInConfirm: the client learns that the storage failed, not how,
// and may confirm again.
func TestStorageFailsInConfirm(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	d.meddle(t, upload.Options{}, upload.PresignOptions{}, uploadtest.Fault{Op: uploadtest.OpOpenStaged, Err: errors.New("secret endpoint")})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	resp := d.step(t, "../meddled/confirm", token{ticket.Token}, nil)
	require.Equal(t, http.StatusBadGateway, resp.StatusCode)
	require.NotContains(t, resp.Body, "secret")
	require.Contains(t, d.log.String(), "secret endpoint")
	d.confirm(t, ticket.Token)
}

// TestTicketsExpire: tickets expire after TicketExpires and the clocks' skew, not before.
func TestTicketsExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memstore.Store{}
		serve := store.Handler("http://example.com/store/")
		h, err := upload.New(store, upload.Types("text/plain"), upload.RequireSubject(bySubject), nil)
		require.NoError(t, err)
		p, err := upload.NewPresigner(h, [][]byte{secret}, &upload.PresignOptions{URLExpires: time.Minute, TicketExpires: time.Hour})
		require.NoError(t, err)
		sign := httptest.NewRequest(http.MethodPost, "/", nil)
		sign.Header.Set("Subject", "ann")
		var tickets []*upload.Ticket
		for range 2 {
			ticket, err := p.Sign(sign, declarationOf("a.txt", "hello"))
			require.NoError(t, err)
			a := uploadtest.Send(t, uploadtest.Client(serve), uploadtest.SignedRequest(ticket.SignedRequest, uploadtest.Bytes("hello")))
			require.Equal(t, 200, a.Status, a)
			tickets = append(tickets, ticket)
		}
		time.Sleep(time.Hour + 29*time.Second)
		_, err = p.Confirm(httptest.NewRecorder(), sign, tickets[0].Token, nil)
		require.NoError(t, err)
		time.Sleep(2 * time.Second)
		_, err = p.Confirm(httptest.NewRecorder(), sign, tickets[1].Token, nil)
		require.ErrorIs(t, err, upload.CodeBadTicket)
		_, err = p.Confirm(httptest.NewRecorder(), sign, tickets[0].Token, nil)
		require.ErrorIs(t, err, upload.CodeBadTicket)
	})
}

func TestDirectCrossOrigin(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	for _, name := range []string{"", "part", "confirm", "abort"} {
		r := confirmRequest("x")
		r.URL.Path = "/tickets/" + name
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		d.presigner.ServeHTTP(w, r)
		require.Equal(t, http.StatusForbidden, w.Code, name)
	}
	get := httptest.NewRequest(http.MethodGet, "/", nil)
	get.Header.Set("Subject", "ann")
	get.Header.Set("Sec-Fetch-Site", "cross-site")
	_, err := d.presigner.Sign(get, declarationOf("a.txt", "hello"))
	require.ErrorIs(t, err, upload.CodeCrossOrigin, "a GET that signs is not safe")
}

// TestSteps: a request that is not a step is refused.
func TestSteps(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	rows := map[string]struct {
		method, contentType, body string
		code                      upload.Code
	}{
		"GET":             {http.MethodGet, "application/json", "{}", upload.CodeMethod},
		"a form":          {http.MethodPost, "application/x-www-form-urlencoded", "token=x", upload.CodeMalformed},
		"text":            {http.MethodPost, "text/plain", `{"token":"x"}`, upload.CodeMalformed},
		"no JSON":         {http.MethodPost, "application/json", "token", upload.CodeMalformed},
		"two values":      {http.MethodPost, "application/json", `{"token":"x"}{}`, upload.CodeMalformed},
		"a numeric token": {http.MethodPost, "application/json", `{"token":1}`, upload.CodeMalformed},
		"too long":        {http.MethodPost, "application/json", `{"token":"` + strings.Repeat("x", 1<<20) + `"}`, upload.CodeTooLarge},
	}
	for name, row := range rows {
		r := httptest.NewRequest(row.method, "/tickets/confirm", strings.NewReader(row.body))
		r.Header.Set("Content-Type", row.contentType)
		r.Header.Set("Subject", "ann")
		w := httptest.NewRecorder()
		d.presigner.ServeHTTP(w, r)
		p := problemOf(t, w.Result())
		require.Equal(t, row.code, p.Code, name)
	}
}

// TestNewPresigner: NewPresigner refuses arguments and options that cannot work.
func TestNewPresigner(t *testing.T) {
	store := &memstore.Store{}
	store.Handler("http://example.com/")
	good, err := upload.New(store, upload.NotEmpty(), upload.AllowAnonymous, nil)
	require.NoError(t, err)
	unreachable, err := upload.New(&memstore.Store{}, upload.NotEmpty(), upload.AllowAnonymous, nil)
	require.NoError(t, err)
	plain, err := upload.New(struct{ storage.Storage }{store}, upload.NotEmpty(), upload.AllowAnonymous, nil)
	require.NoError(t, err)
	rows := map[string]struct {
		h       *upload.Handler
		secrets [][]byte
		opts    *upload.PresignOptions
		ok      bool
	}{
		"defaults":            {good, [][]byte{secret}, nil, true},
		"two secrets":         {good, [][]byte{secret, make([]byte, 32)}, nil, true},
		"no handler":          {nil, [][]byte{secret}, nil, false},
		"no secret":           {good, nil, nil, false},
		"a short secret":      {good, [][]byte{make([]byte, 31)}, nil, false},
		"no direct storage":   {plain, [][]byte{secret}, nil, false},
		"no public address":   {unreachable, [][]byte{secret}, nil, false},
		"the largest file":    {good, [][]byte{secret}, &upload.PresignOptions{MaxFileSize: largestFile}, true},
		"a byte more":         {good, [][]byte{secret}, &upload.PresignOptions{MaxFileSize: largestFile + 1}, false},
		"small parts":         {good, [][]byte{secret}, &upload.PresignOptions{PartSize: 1 << 20}, false},
		"a huge single":       {good, [][]byte{secret}, &upload.PresignOptions{SingleSize: 6 << 30}, false},
		"URLs for a day":      {good, [][]byte{secret}, &upload.PresignOptions{URLExpires: 24 * time.Hour}, false},
		"tickets for a month": {good, [][]byte{secret}, &upload.PresignOptions{TicketExpires: 31 * 24 * time.Hour}, false},
		"tickets end first":   {good, [][]byte{secret}, &upload.PresignOptions{URLExpires: time.Hour, TicketExpires: time.Minute}, false},
		"negative":            {good, [][]byte{secret}, &upload.PresignOptions{MaxChecks: -1}, false},
		"an open prefix":      {good, [][]byte{secret}, &upload.PresignOptions{StagingPrefix: "a"}, false},
		"a climbing prefix":   {good, [][]byte{secret}, &upload.PresignOptions{StagingPrefix: "../"}, false},
	}
	for name, row := range rows {
		_, err := upload.NewPresigner(row.h, row.secrets, row.opts)
		require.Equal(t, row.ok, err == nil, "%s: %v", name, err)
	}
}

// TestConfirmOutlastsWriteTimeout: reading a large file may take longer than the
// WriteTimeout of the host's server.
func TestConfirmOutlastsWriteTimeout(t *testing.T) {
	for name, row := range map[string]struct{ http2, fails bool }{
		"published": {false, false}, "refused": {false, true}, "published, HTTP/2": {true, false}, "refused, HTTP/2": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
			d.meddle(t, upload.Options{}, upload.PresignOptions{}, uploadtest.Fault{Op: uploadtest.OpOpenStaged, Do: func(context.Context) error {
				time.Sleep(300 * time.Millisecond)
				if row.fails {
					return errors.New("no")
				}
				return nil
			}})
			ticket := d.sign(t, declarationOf("a.txt", "hello"))
			require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
			srv := httptest.NewUnstartedServer(d.mux)
			srv.Config.WriteTimeout, srv.Config.Protocols = 100*time.Millisecond, new(http.Protocols)
			srv.Config.Protocols.SetHTTP1(!row.http2)
			srv.Config.Protocols.SetUnencryptedHTTP2(row.http2)
			srv.Start()
			defer srv.Close()
			srv.Client().Transport.(*http.Transport).Protocols = srv.Config.Protocols
			d.Server = srv
			resp := d.step(t, "../meddled/confirm", token{ticket.Token}, nil)
			require.Equal(t, map[bool]int{false: 201, true: 502}[row.fails], resp.StatusCode)
		})
	}
}

// TestConfirmGivesTheDeadlineBack: the host's answer has the server's WriteTimeout, after a
// refusal, too.
func TestConfirmGivesTheDeadlineBack(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	server := &http.Server{WriteTimeout: time.Hour} //nolint:gosec // it serves nothing
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	for _, code := range []upload.Code{upload.CodeNotUploaded, ""} {
		if code == "" {
			require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
		}
		ctx := context.WithValue(t.Context(), http.ServerContextKey, server)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", nil)
		r.Header.Set("Subject", "ann")
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		_, err := d.presigner.Confirm(w, r, ticket.Token, nil)
		var e *upload.Error
		require.Equal(t, code != "", errors.As(err, &e))
		require.True(t, e == nil || e.Code == code, "%v", err)
		require.Zero(t, w.set[0], "reading has a deadline")
		require.WithinDuration(t, time.Now().Add(time.Hour), w.set[len(w.set)-1], time.Minute)
	}
}

// TestOnlyOneConfirmation: no path of the presigner bypasses the handler that was given
// to ConfirmHandler.
func TestOnlyOneConfirmation(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	called := 0
	d.mux.Handle("POST /tickets/confirm", d.presigner.ConfirmHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called++ })))
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	for _, path := range []string{"x/confirm", "confirm/", "x/../y/confirm"} {
		resp := d.step(t, path, token{ticket.Token}, nil)
		require.Equal(t, http.StatusNotFound, resp.StatusCode, path)
	}
	require.Empty(t, d.published())
	require.Equal(t, http.StatusOK, d.step(t, "confirm", token{ticket.Token}, nil).StatusCode)
	require.Equal(t, 1, called)
}

// TestSilentStorage: a call to a storage that does not answer is cancelled after StallTimeout, and
// the slot is free again.
func TestSilentStorage(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	d.meddle(t, upload.Options{StallTimeout: 50 * time.Millisecond}, upload.PresignOptions{MaxChecks: 1}, uploadtest.Fault{Op: uploadtest.OpOpenStaged, Do: uploadtest.Hang})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	for range 2 {
		require.Equal(t, upload.CodeStorage, d.step(t, "../meddled/confirm", token{ticket.Token}, nil).problem(t).Code)
	}
	d.confirm(t, ticket.Token)
}

// TestHungConfirmations: a check that hangs keeps its slot.
func TestHungConfirmations(t *testing.T) {
	block := make(chan struct{})
	defer close(block)
	var hung atomic.Int64
	policy := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error {
		hung.Add(1)
		<-block
		return nil
	})
	d := newDirect(t, policy, upload.Options{CheckTimeout: 10 * time.Millisecond, MaxWait: time.Millisecond}, upload.PresignOptions{MaxChecks: 2})
	codes := map[upload.Code]int{}
	for range 5 {
		ticket := d.sign(t, declarationOf("a.txt", "hello"))
		require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
		codes[d.step(t, "confirm", token{ticket.Token}, nil).problem(t).Code]++
	}
	require.LessOrEqual(t, hung.Load(), int64(2)) // MaxChecks
	require.Equal(t, 5, codes[upload.CodeCheckFailed]+codes[upload.CodeBusy], "%v", codes)
}

// TestGrantsAreAskedAgain: at a later step the caller's present rights count. Signing a part and
// aborting need the key prefix, and do not judge the file again.
func TestGrantsAreAskedAgain(t *testing.T) {
	grants := map[string]upload.Grant{
		"same":         {KeyPrefix: "a/"},
		"other prefix": {KeyPrefix: "b/"},
		"smaller":      {KeyPrefix: "a/", MaxFileSize: 3},
		"stricter":     {KeyPrefix: "a/", Policy: upload.Types("image/png")},
		"same field":   {KeyPrefix: "a/", Policy: upload.Form{"file": {Accept: upload.Types("text/plain"), MaxSize: 5}}},
		"lower field":  {KeyPrefix: "a/", Policy: upload.Form{"file": {Accept: upload.Types("text/plain"), MaxSize: 4}}},
		"other field":  {KeyPrefix: "a/", Policy: upload.Form{"other": {Accept: upload.Types("text/plain")}}},
	}
	wants := map[string]upload.Code{
		"other prefix": upload.CodeBadTicket, "smaller": upload.CodeTooLarge, "stricter": upload.CodeTypeNotAllowed,
		"lower field": upload.CodeTooLarge, "other field": upload.CodeUnexpectedField,
	}
	for name, second := range grants {
		grant := upload.Grant{KeyPrefix: "a/"}
		store := &memstore.Store{}
		serve := store.Handler("http://example.com/")
		h, err := upload.New(store, upload.Types("text/plain"), func(*http.Request) (*upload.Grant, error) { g := grant; return &g, nil }, nil)
		require.NoError(t, err)
		p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		ticket, err := p.Sign(r, declarationOf("a.txt", "hello"))
		require.NoError(t, err)
		a := uploadtest.Send(t, uploadtest.Client(serve), uploadtest.SignedRequest(ticket.SignedRequest, uploadtest.Bytes("hello")))
		require.Equal(t, 200, a.Status, a)
		grant = second
		_, err = p.Confirm(httptest.NewRecorder(), r, ticket.Token, nil)
		if code, refused := wants[name]; refused {
			require.ErrorIs(t, err, code, name)
		} else {
			require.NoError(t, err, name)
		}
		_, err = p.SignPart(r, ticket.Token, 1)
		aborted := p.Abort(r, ticket.Token)
		if name == "other prefix" {
			require.ErrorIs(t, err, upload.CodeBadTicket, name)
			require.ErrorIs(t, aborted, upload.CodeBadTicket, name)
		} else {
			require.ErrorIs(t, err, upload.CodeMalformed, "%s: the file has no parts", name)
			require.NoError(t, aborted, name)
		}
	}
}

// TestNotTwice: the instance that has published a file does not publish again for its ticket after
// the host has removed the file.
func TestNotTwice(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "AAAAA"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "AAAAA"))
	f := d.confirm(t, ticket.Token)
	require.NoError(t, d.store.Delete(t.Context(), f.Key))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "BBBBB"))
	d.refusesConfirm(t, upload.CodeBadTicket, "ann", ticket.Token)
	require.Zero(t, d.staged())
}

// TestLongNames: a long name and type fit into a ticket. If a long subject makes the ticket too
// long, the name is refused.
func TestLongNames(t *testing.T) {
	d := newDirect(t, upload.NotEmpty(), upload.Options{}, upload.PresignOptions{})
	decl := upload.Declaration{Field: "file", Name: strings.Repeat("<", 251) + ".xyz", Type: strings.Repeat("&", 120) + "/" + strings.Repeat("&", 120), Size: 5}
	require.Equal(t, http.StatusCreated, d.step(t, "", decl, nil).StatusCode)
	resp := d.stepAs(t, strings.Repeat("u", 3000), "", decl, nil)
	require.Equal(t, upload.CodeBadName, resp.problem(t).Code)
}
