package rights_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/storage"
)

// presigner serves the steps of direct uploads.
func (w *world) presigner(form bool) (url string, err error) {
	p, err := upload.NewPresigner(w.handler(8*mib), [][]byte{bytes.Repeat([]byte{7}, 32)}, &upload.PresignOptions{
		SingleSize: mib, PartSize: 5 * mib, Form: form,
	})
	if err != nil {
		return "", err
	}
	return w.serve(p) + "/", nil
}

// signed requests a ticket.
func (w *world) signed(url string, size int) (*upload.Ticket, error) {
	ticket := &upload.Ticket{}
	status, err := w.step(url, map[string]any{"field": "file", "name": "a.txt", "size": size}, ticket)
	return ticket, wants(201, status, err)
}

func (w *world) end(url string, ticket *upload.Ticket, step string, want int) error {
	status, err := w.step(url+step, map[string]any{"token": ticket.Token}, nil)
	return wants(want, status, err)
}

// send sends body by a signed request.
func (w *world) send(s *storage.SignedRequest, body []byte) error {
	contentType := ""
	if s.Fields != nil {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		for name, value := range s.Fields {
			_ = form.WriteField(name, value)
		}
		part, _ := form.CreateFormFile("file", "a.txt")
		_, _ = part.Write(body)
		_ = form.Close()
		body, contentType = b.Bytes(), form.FormDataContentType()
	}
	r, err := http.NewRequestWithContext(w.ctx, s.Method, s.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, value := range s.Headers {
		r.Header.Set(name, value)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	status, answer, err := exchange(r)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("the signed request is answered with %d %s", status, answer)
	}
	return err
}

// single gets a ticket and sends a file to staging n times.
func (w *world) single(form bool, body []byte, n int) (url string, ticket *upload.Ticket, err error) {
	if url, err = w.presigner(form); err != nil {
		return "", nil, err
	}
	if ticket, err = w.signed(url, len(body)); err != nil {
		return "", nil, err
	}
	for range n {
		if err := w.send(ticket.SignedRequest, body); err != nil {
			return "", nil, err
		}
	}
	return url, ticket, nil
}

// parts gets a ticket and sends the parts of a file.
func (w *world) parts(body []byte) (url string, ticket *upload.Ticket, err error) {
	if url, ticket, err = w.single(false, body, 0); err != nil {
		return "", nil, err
	}
	for i := range ticket.Parts {
		part := &storage.SignedRequest{}
		status, err := w.step(url+"part", map[string]any{"token": ticket.Token, "partNumber": i + 1}, part)
		if err := wants(200, status, err); err != nil {
			return "", nil, err
		}
		from := i * int(ticket.PartSize)
		if err := w.send(part, body[from:min(from+int(ticket.PartSize), len(body))]); err != nil {
			return "", nil, err
		}
	}
	return url, ticket, nil
}

// confirming returns a presigner that also confirms without the client, and its URL.
func (w *world) confirming() (p *upload.Presigner, url string, err error) {
	p, err = upload.NewPresigner(w.handler(8*mib), [][]byte{bytes.Repeat([]byte{7}, 32)}, &upload.PresignOptions{
		GrantStored: func(_ context.Context, subject string) (*upload.Grant, error) {
			return &upload.Grant{Subject: subject}, nil
		},
	})
	if err != nil {
		return nil, "", err
	}
	return p, w.serve(p) + "/", nil
}

// confirmStored confirms the only staged file, and checks that nothing of it stays in staging.
func (w *world) confirmStored(p *upload.Presigner) error {
	for _, v := range w.bucket.Versions(w.ctx, w.t) {
		if key, ok := strings.CutSuffix(v.Key, ".ticket"); ok {
			_, err := p.ConfirmStored(w.ctx, key, nil)
			return errors.Join(err, w.nothing("upload-staging/"))
		}
	}
	return errors.New("no ticket is stored")
}

var direct = map[string]path{
	"ping": ping,
	"PUT": func(w *world) error {
		url, ticket, err := w.single(false, text(1000), 1)
		if err != nil {
			return err
		}
		if err := w.end(url, ticket, "confirm", 201); err != nil {
			return err
		}
		return errors.Join(w.nothing("upload-staging/"), w.end(url, ticket, "confirm", 201))
	},
	"file whose client leaves": func(w *world) error {
		p, url, err := w.confirming()
		if err != nil {
			return err
		}
		ticket, err := w.signed(url, 1000)
		if err != nil {
			return err
		}
		return errors.Join(w.send(ticket.SignedRequest, text(1000)), w.confirmStored(p))
	},
	"form that is sent twice": func(w *world) error {
		url, ticket, err := w.single(true, text(1000), 2)
		if err != nil {
			return err
		}
		return errors.Join(w.end(url, ticket, "confirm", 201), w.nothing("upload-staging/"))
	},
	"parts": func(w *world) error {
		url, ticket, err := w.parts(text(large))
		if err != nil {
			return err
		}
		return errors.Join(w.end(url, ticket, "confirm", 201), w.nothing("upload-staging/"))
	},
	"parts that are given up": func(w *world) error {
		url, ticket, err := w.parts(text(large))
		if err != nil {
			return err
		}
		return errors.Join(w.end(url, ticket, "abort", 204), w.nothing(""))
	},
	"file that is refused": func(w *world) error {
		url, ticket, err := w.single(false, []byte("<script>alert(1)</script>"), 1)
		if err != nil {
			return err
		}
		return errors.Join(w.end(url, ticket, "confirm", 415), w.nothing(""))
	},
	"file that has not arrived": func(w *world) error {
		url, ticket, err := w.single(false, text(1000), 0)
		if err != nil {
			return err
		}
		return w.end(url, ticket, "confirm", 409)
	},
	"file that changes": func(w *world) error {
		_, _, err := w.single(false, text(1000), 1)
		if err != nil {
			return err
		}
		from := storage.Source{Key: w.bucket.Versions(w.ctx, w.t)[0].Key, ETag: `"0"`, Size: 1000}
		p := storage.Promotion{Sources: []storage.Source{from}, Key: "files/a", Type: "text/plain", Name: "a.txt", Size: 1000, Nonce: "n"}
		if err := w.store.Promote(w.ctx, p); !errors.Is(err, storage.ErrChanged) {
			return fmt.Errorf("promoted: %w", err)
		}
		return w.nothing("files/")
	},
	"pieces": func(w *world) error {
		body := text(storage.MinPartSize + 100)
		p := storage.Promotion{Key: "files/a", Type: "text/plain", Name: "a.txt", Size: int64(len(body)), Nonce: "n"}
		for piece := range slices.Chunk(body, storage.MinPartSize) {
			src := storage.Source{Key: fmt.Sprintf("upload-staging/1/%d", len(p.Sources)), Size: int64(len(piece))}
			staged, err := w.store.Stage(w.ctx, storage.Object{Key: src.Key, Type: p.Type, MaxSize: src.Size}, bytes.NewReader(piece))
			if err != nil {
				return err
			}
			if err := staged.Commit(w.ctx); err != nil {
				return err
			}
			stored, err := w.store.Stat(w.ctx, src.Key)
			if err != nil {
				return err
			}
			src.ETag = stored.ETag
			p.Sources = append(p.Sources, src)
		}
		if err := w.store.Promote(w.ctx, p); err != nil {
			return err
		}
		return errors.Join(w.store.Delete(w.ctx, p.Sources[0].Key), w.store.Delete(w.ctx, p.Sources[1].Key), w.nothing("upload-staging/"))
	},
	"lost id of an upload": func(w *world) error {
		w.proxy.Inject(faultproxy.Create, faultproxy.Drop, 1)
		url, ticket, err := w.parts(text(large))
		if err != nil {
			return err
		}
		return errors.Join(w.end(url, ticket, "confirm", 201), w.nothing("upload-staging/"))
	},
}
