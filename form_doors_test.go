package upload_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestFormOfGrants: a grant's policy has fields of its own. The grant's MaxFileSize is the limit of
// fields without a MaxSize, and lowers that of the others.
func TestFormOfGrants(t *testing.T) {
	small := upload.Form{"file": {Accept: plain, MaxSize: 10}}
	two := upload.Form{"a": {Accept: plain}, "b": {Accept: plain, Optional: true}}
	for about, tc := range map[string]struct {
		policy upload.Validator
		grant  upload.Grant
		field  string
		size   int
		code   upload.Code
	}{
		"the handler's size":                         {plain, upload.Grant{}, "file", 100, ""},
		"above the handler's size":                   {plain, upload.Grant{}, "file", 101, upload.CodeTooLarge},
		"a larger size":                              {plain, upload.Grant{MaxFileSize: 200}, "file", 200, ""},
		"above a larger size":                        {plain, upload.Grant{MaxFileSize: 200}, "file", 201, upload.CodeTooLarge},
		"the field's size":                           {small, upload.Grant{MaxFileSize: 200}, "file", 10, ""},
		"a grant raises no field":                    {small, upload.Grant{MaxFileSize: 200}, "file", 11, upload.CodeTooLarge},
		"a grant lowers fields":                      {small, upload.Grant{MaxFileSize: 5}, "file", 6, upload.CodeTooLarge},
		"the size to which a grant lowers a field":   {small, upload.Grant{MaxFileSize: 5}, "file", 5, ""},
		"fields of its own":                          {plain, upload.Grant{Policy: two}, "a", 100, ""},
		"the handler's field":                        {plain, upload.Grant{Policy: two}, "file", 1, upload.CodeUnexpectedField},
		"fields and a size":                          {plain, upload.Grant{Policy: two, MaxFileSize: 5}, "a", 6, upload.CodeTooLarge},
		"a policy without a Form, in the field file": {two, upload.Grant{Policy: plain}, "file", 100, ""},
		"a policy without a Form, in another field":  {two, upload.Grant{Policy: plain}, "a", 1, upload.CodeUnexpectedField},
		"a size that is not possible":                {plain, upload.Grant{MaxFileSize: largestFile + 1}, "file", 1, upload.CodeInternal},
		"a negative size":                            {plain, upload.Grant{MaxFileSize: -1}, "file", 1, upload.CodeInternal},
		"an optional field is not enough":            {plain, upload.Grant{Policy: two}, "b", 1, upload.CodeMissingFile},
		"a host's wrapper hides a field":             {upload.ValidatorFunc(func(ctx context.Context, in *upload.Incoming) error { _, err := two.Validate(ctx, in); return err }), upload.Grant{}, "a", 1, upload.CodeUnexpectedField},
	} {
		t.Run(about, func(t *testing.T) {
			store := &memstore.Store{}
			h, err := upload.New(store, tc.policy, func(*http.Request) (*upload.Grant, error) { return &tc.grant, nil }, &upload.Options{MaxFileSize: 100})
			require.NoError(t, err)
			_, refused := received(t, h, post(file(tc.field, "a.txt", strings.Repeat("x", tc.size))))
			if tc.code == "" {
				require.Nil(t, refused)
				return
			}
			require.Equal(t, tc.code, refused.Code, refused)
			require.Zero(t, store.Used())
		})
	}
}

// TestFormAlone: a Form that a host asks itself judges field, size and content.
func TestFormAlone(t *testing.T) {
	late := &testObserver{verdict: func() error { return upload.Reject("late", "no") }}
	f := upload.Form{"a": {Accept: plain, MaxSize: 3}, "b": {Accept: late, MaxSize: 3}, "c": {}}
	judge := func(field, content string) error {
		in := &upload.Incoming{Field: field, Name: "a.txt", Type: "text/plain", Head: []byte("x"), Size: -1}
		o, err := f.Validate(t.Context(), in)
		if err != nil || o == nil {
			return err
		}
		if _, err := io.WriteString(o, content); err != nil {
			return err
		}
		return o.Verdict()
	}
	require.NoError(t, judge("a", "abc"))
	require.ErrorIs(t, judge("a", "abcd"), upload.CodeTooLarge)
	require.ErrorIs(t, judge("b", "abc"), upload.Code("late"))
	require.ErrorIs(t, judge("c", "abc"), upload.CodeInternal)
	require.ErrorIs(t, judge("d", "abc"), upload.CodeUnexpectedField)
}

// TestFormDirect: a ticket is for one field, whose rules count at signing and at
// publication.
func TestFormDirect(t *testing.T) {
	late := upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error {
		return upload.Reject("late", "no file for "+in.Field)
	})
	policy := upload.Form{
		"cv":    {Accept: plain, MaxSize: 10},
		"photo": {Accept: upload.Types("image/png"), MaxFiles: 3, Optional: true},
		"never": {Accept: late, Optional: true},
		"none":  {Accept: upload.All(), Optional: true},
		"empty": {Accept: upload.Any(), Optional: true},
	}
	d := newDirect(t, policy, upload.Options{MaxFileSize: 100}, upload.PresignOptions{MaxFileSize: 2000})
	for about, tc := range map[string]struct {
		field, name string
		size        int64
		code        upload.Code
	}{
		"the field's size":           {"cv", "a.txt", 10, ""},
		"above the field's size":     {"cv", "a.txt", 11, upload.CodeTooLarge},
		"the presigner's size":       {"photo", "a.png", 2000, ""},
		"above the presigner's size": {"photo", "a.png", 2001, upload.CodeTooLarge},
		"a type of another field's":  {"cv", "a.png", 10, upload.CodeTypeNotAllowed},
		"a field of no file":         {"none", "a.txt", 10, upload.CodeTypeNotAllowed},
		"a field of no type":         {"empty", "a.txt", 10, upload.CodeTypeNotAllowed},
		"another field":              {"file", "a.txt", 10, upload.CodeUnexpectedField},
		"no field":                   {"", "a.txt", 10, upload.CodeUnexpectedField},
		"a long field":               {strings.Repeat("x", 1000), "a.txt", 10, upload.CodeUnexpectedField},
	} {
		got := d.step(t, "", upload.Declaration{Field: tc.field, Name: tc.name, Size: tc.size}, nil)
		if tc.code == "" {
			require.Equal(t, http.StatusCreated, got.StatusCode, "%s: %s", about, got.Body)
			continue
		}
		p := got.problem(t)
		require.Equal(t, tc.code, p.Code, about)
		if tc.field == "cv" {
			require.Equal(t, "cv", p.Files[0].Field, about)
		}
	}
	for range 2 { // MaxFiles of cv is 1, which does not count for tickets
		ticket := d.sign(t, upload.Declaration{Field: "cv", Name: "a.txt", Size: 5})
		require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
		require.Equal(t, "cv", d.confirm(t, ticket.Token).Field)
	}
	ticket := d.sign(t, upload.Declaration{Field: "never", Name: "a.txt", Size: 5})
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	got := d.step(t, "confirm", token{ticket.Token}, nil).problem(t)
	require.Equal(t, upload.Code("late"), got.Code)
	require.Equal(t, "no file for never", got.Detail)
	require.Equal(t, "never", got.Files[0].Field)
	require.Zero(t, d.staged())
}
