package uploadtest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// Direct is a client of an upload.Presigner.
type Direct struct {
	// Client sends all requests, including those to the storage. Default: http.DefaultClient. With
	// the function [Client] one handler must serve the steps, and also the storage's signed
	// requests. For those memstore has Store.Handler.
	Client *http.Client

	// URL is the address of the steps, such as "/tickets/".
	URL string

	// Header is added to each step, for example to identify the caller. Requests to the storage do
	// not have it.
	Header http.Header
}

// PostDirect makes a complete direct upload, as [Direct.Upload] does, to a handler that serves the
// steps at target and also the storage.
func PostDirect(t testing.TB, h http.Handler, target string, file Part) *Answer {
	t.Helper()
	return (&Direct{Client: Client(h), URL: target}).Upload(t, file)
}

// Upload gets a ticket for the file, sends the file as the ticket requires, by a PUT, a form or in
// parts, and confirms it. It returns the answer to the confirmation, or the first refusal, of the
// application or of the storage.
func (d *Direct) Upload(t testing.TB, file Part) *Answer {
	t.Helper()
	ticket, a := d.Sign(t, Declare(file))
	if ticket == nil {
		return a
	}
	if a := d.Send(t, ticket, file.Content); a.Status >= http.StatusMultipleChoices {
		return a
	}
	return d.Confirm(t, ticket.Token)
}

// Declare returns the declaration of an honest client for a file. It has no digest, and no type, so
// the name decides.
func Declare(file Part) upload.Declaration {
	return upload.Declaration{Field: file.Field, Name: file.Name, Size: file.Content.Size}
}

// Sign requests a ticket. The ticket is nil if the answer is a refusal.
func (d *Direct) Sign(t testing.TB, declaration upload.Declaration) (*upload.Ticket, *Answer) {
	t.Helper()
	ticket := &upload.Ticket{}
	a := d.step(t, "", declaration, ticket)
	if a.Status != http.StatusCreated {
		return nil, a
	}
	return ticket, a
}

// Send sends the content to the storage, whole or in parts, and returns the last answer, or the
// first refusal.
func (d *Direct) Send(t testing.TB, ticket *upload.Ticket, c Content) (a *Answer) {
	t.Helper()
	if ticket.SignedRequest != nil {
		return Send(t, d.Client, SignedRequest(d.here(ticket.SignedRequest), c))
	}
	for n := range ticket.Parts {
		if a = d.SendPart(t, ticket, c, n+1); a.Status >= http.StatusMultipleChoices {
			break
		}
	}
	return a
}

// SendPart sends one part of the content, counted from 1. Parts may be sent in any order, and
// again.
func (d *Direct) SendPart(t testing.TB, ticket *upload.Ticket, c Content, number int) *Answer {
	t.Helper()
	signed := &storage.SignedRequest{}
	a := d.step(t, "part", map[string]any{"token": ticket.Token, "partNumber": number}, signed)
	if a.Status != http.StatusOK {
		return a
	}
	offset := int64(number-1) * ticket.PartSize
	size := min(ticket.PartSize, c.Size-offset)
	return Send(t, d.Client, SignedRequest(d.here(signed), Content{Size: size, Open: func() io.Reader { return c.read(offset, size) }}))
}

// Confirm requests that the file be read and published.
func (d *Direct) Confirm(t testing.TB, token string) *Answer {
	t.Helper()
	return d.Step(t, "confirm", map[string]string{"token": token})
}

// Abort aborts an upload.
func (d *Direct) Abort(t testing.TB, token string) *Answer {
	t.Helper()
	return d.Step(t, "abort", map[string]string{"token": token})
}

// Step posts the JSON of body to the step with that name.
func (d *Direct) Step(t testing.TB, name string, body any) *Answer {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatalf("uploadtest: %v", err)
	}
	r := newRequest(http.MethodPost, strings.TrimSuffix(d.URL, "/")+"/"+name, Bytes(b))
	maps.Copy(r.Header, d.Header)
	r.Header.Set("Content-Type", "application/json")
	return Send(t, d.Client, r)
}

// step is Step, and decodes an answer that is not a refusal into answer.
func (d *Direct) step(t testing.TB, name string, body, answer any) *Answer {
	t.Helper()
	a := d.Step(t, name, body)
	if a.Status < http.StatusMultipleChoices {
		if err := a.Decode(answer); err != nil {
			t.Fatalf("uploadtest: %v", err)
		}
	}
	return a
}

// here resolves a URL that is only a path against the address of the steps.
func (d *Direct) here(s *storage.SignedRequest) *storage.SignedRequest {
	steps, err := url.Parse(d.URL)
	if err != nil || !strings.HasPrefix(s.URL, "/") {
		return s
	}
	to, err := steps.Parse(s.URL)
	if err != nil {
		return s
	}
	at := *s
	at.URL = to.String()
	return &at
}

// SignedRequest returns the request that a storage has signed, with the content, as an honest
// client sends it. Tests of a storage change it before they [Send] it.
func SignedRequest(s *storage.SignedRequest, c Content) *http.Request {
	contentType := ""
	if s.Fields != nil {
		var form Form
		for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
			form = append(form, Text(name, s.Fields[name]))
		}
		form = append(form, File("file", "name", c))
		c, contentType = Content{Size: form.Size(), Open: form.Body}, ContentType
	}
	r := newRequest(s.Method, s.URL, c)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for name, value := range s.Headers {
		r.Header.Set(name, value)
	}
	return r
}
