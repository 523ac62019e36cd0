package upload_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestRawAndStoreObeyTheField: Raw and Store keep the rules of their field of a Form, and
// require no other field.
func TestRawAndStoreObeyTheField(t *testing.T) {
	policy := upload.Form{
		"file":    {Accept: upload.Types("image/png", "text/plain"), MaxSize: 1000},
		"picture": {Accept: upload.Types("image/png"), MaxSize: 2000},
	}
	for _, tc := range []struct {
		about   string
		grant   upload.Grant
		content string
		code    upload.Code
	}{
		{about: "a file of the field", content: strings.Repeat("x", 1000)},
		{about: "a byte over its MaxSize", content: strings.Repeat("x", 1001), code: upload.CodeTooLarge},
		{about: "a type of no field", content: pdfBytes, code: upload.CodeTypeNotAllowed},
		{about: "a grant with a lower limit", grant: upload.Grant{MaxFileSize: 500}, content: strings.Repeat("x", 501), code: upload.CodeTooLarge},
		{about: "a grant with a higher limit", grant: upload.Grant{MaxFileSize: 5000}, content: strings.Repeat("x", 1001), code: upload.CodeTooLarge},
		{about: "a grant with another Form", grant: upload.Grant{Policy: upload.Form{"file": {Accept: upload.NotEmpty(), MaxSize: 2000}}}, content: strings.Repeat("x", 2000)},
		{about: "a grant without the field", grant: upload.Grant{Policy: upload.Form{"picture": {Accept: upload.NotEmpty()}}}, content: "x", code: upload.CodeUnexpectedField},
		{about: "a grant with a Form inside of Any", grant: upload.Grant{Policy: upload.Any(policy)}, content: "x", code: upload.CodeInternal},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, policy, upload.Options{})
			authorize := func(*http.Request) (*upload.Grant, error) { return &tc.grant, nil }
			h, err := upload.New(f.store, policy, authorize, &upload.Options{Logger: f.logger()})
			require.NoError(t, err)
			f.Handler, err = h.Raw("file", nil)
			require.NoError(t, err)
			for _, length := range []int64{int64(len(tc.content)), -1} {
				r := put(`attachment; filename="a.txt"`, tc.content)
				r.ContentLength = length
				if tc.code != "" {
					f.refuses(t, tc.code, r)
					if length > 0 && tc.code == upload.CodeTooLarge {
						require.Equal(t, tc.content, rest(t, r), "the length is enough to refuse it")
					}
					continue
				}
				f.accepts(t, r)
			}
			keys := len(f.store.Keys())
			_, err = h.Store(t.Context(), &tc.grant, named("a.txt"), strings.NewReader(tc.content))
			if tc.code != "" {
				require.ErrorIs(t, err, tc.code)
				f.empty(t)
				return
			}
			require.NoError(t, err)
			require.Len(t, f.store.Keys(), keys+1)
		})
	}
}

// TestRawAndStoreHaveNoText: TextFirst and CheckForm are for forms alone, since raw bodies and
// Store have no text.
func TestRawAndStoreHaveNoText(t *testing.T) {
	f := newRaw(t, nil, upload.Options{
		TextFirst: []string{"terms"},
		CheckForm: func(context.Context, url.Values) error { return errTerms },
	}, nil)
	f.accepts(t, put(`attachment; filename="a.png"`, pngBytes()))
	_, err := f.Store(t.Context(), ada, named("a.txt"), strings.NewReader("hello"))
	require.NoError(t, err)
}

// TestRawHostDecides: Handle, Tx.Refuse and Refuse decide over a raw body as over a form.
func TestRawHostDecides(t *testing.T) {
	receive := func(end func(tx *upload.Tx, w http.ResponseWriter, r *http.Request)) func(*upload.Handler) http.Handler {
		return func(h *upload.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tx, err := h.Receive(w, r)
				if err != nil {
					h.RespondError(w, r, err)
					return
				}
				end(tx, w, r)
			})
		}
	}
	handle := func(fn func(tx *upload.Tx) error) func(*upload.Handler) http.Handler {
		return func(h *upload.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if h.Handle(w, r, fn) == nil {
					w.WriteHeader(http.StatusNoContent)
				}
			})
		}
	}
	for _, tc := range []struct {
		about string
		serve func(*upload.Handler) http.Handler
		code  upload.Code // "" if the file is stored
		kinds string
	}{
		{about: "Handle that agrees", serve: handle(func(tx *upload.Tx) error {
			if files := tx.Files(); len(files) != 1 || files[0].Name != "a.png" {
				return errors.New("other files")
			}
			return nil
		}), kinds: "accepted"},
		{about: "Handle that refuses", serve: handle(func(*upload.Tx) error { return errTerms }), code: codeTerms, kinds: "cleaned_up refused"},
		{about: "Handle that refuses after Commit", serve: handle(func(tx *upload.Tx) error {
			return errors.Join(tx.Commit(context.Background()), errTerms)
		}), code: codeTerms, kinds: "cleaned_up refused"},
		{about: "Tx.Refuse", serve: receive(func(tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			tx.Refuse(w, r, errTerms)
		}), code: codeTerms, kinds: "cleaned_up refused"},
		{about: "Refuse in Middleware", serve: func(h *upload.Handler) http.Handler {
			return h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { upload.Refuse(w, r, errTerms) }))
		}, code: codeTerms, kinds: "cleaned_up refused"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			s := &seen{}
			f := newRaw(t, nil, upload.Options{Hooks: s.hooks()}, nil)
			w := httptest.NewRecorder()
			tc.serve(f.Handler).ServeHTTP(w, put(`attachment; filename="a.png"`, pngBytes()))
			kinds, decision := s.take(t, f.log)
			require.Equal(t, tc.kinds, kinds)
			require.Equal(t, tc.code, decision.Code)
			require.Len(t, decision.Files, 1)
			if tc.code == "" {
				require.Equal(t, http.StatusNoContent, w.Code)
				require.Len(t, f.store.Keys(), 1)
				return
			}
			p := problemOf(t, w.Result())
			require.Equal(t, tc.code, p.Code)
			require.Len(t, p.Files, 1)
			require.Equal(t, "a.png", p.Files[0].Name)
			f.empty(t)
		})
	}
}
