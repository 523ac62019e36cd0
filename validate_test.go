package upload_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/memstore"
)

func TestComposition(t *testing.T) {
	text, pdf := upload.Types("text/plain"), upload.Types("application/pdf")
	no := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return upload.Reject("no", "no") })
	yes := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })
	late := &testObserver{verdict: func() error { return upload.Reject("late", "no") }}
	early := &testObserver{write: func([]byte) (int, error) { return 0, upload.Reject("early", "no") }}
	good := &testObserver{}
	hello, long := file("file", "a.txt", "hello"), file("file", "a.txt", strings.Repeat("hello ", 30_000))
	for _, tc := range []struct {
		about  string
		policy upload.Validator
		body   string
		code   upload.Code // "" is accepted
	}{
		{"All of none", upload.All(), hello, upload.CodeTypeNotAllowed},
		{"All of one", upload.All(text), hello, ""},
		{"All of two", upload.All(text, yes), hello, ""},
		{"All, the last refuses", upload.All(text, no), hello, "no"},
		{"All keeps every observer, the first refuses", upload.All(late, good), long, "late"},
		{"All keeps every observer, the last refuses", upload.All(good, text, late), long, "late"},
		{"All keeps every observer, one refuses early", upload.All(good, early, good), long, "early"},
		{"All of Alls", upload.All(upload.All(good, late), upload.All(good)), long, "late"},
		{"Any of none", upload.Any(), hello, upload.CodeTypeNotAllowed},
		{"Any of one", upload.Any(text), hello, ""},
		{"Any, the second accepts", upload.Any(pdf, text), hello, ""},
		{"Any, none accepts", upload.Any(pdf, no), hello, "no"},
		{"Any, none accepts, one refuses for another reason than the type", upload.Any(pdf, no, upload.Types("image/png")), hello, "no"},
		{"Any, the name is wrong", upload.Any(upload.Images(nil), upload.Documents(nil)), file("file", "a.pdf", pngBytes()), upload.CodeTypeMismatch},
		{"Any, one accepts after the head", upload.Any(late, yes), long, ""},
		{"Any, one observer refuses late", upload.Any(late, good), long, ""},
		{"Any, one observer refuses early", upload.Any(early, good), long, ""},
		{"Any, all observers refuse", upload.Any(early, late), long, "late"},
		{"Any, all observers refuse early", upload.Any(early, early), long, "early"},
		{"ForType", upload.ForType(map[string]upload.Validator{"text/plain": yes}), hello, ""},
		{"ForType keeps the observer", upload.ForType(map[string]upload.Validator{"text/plain": late}), long, "late"},
		{"ForType of another", upload.ForType(map[string]upload.Validator{"image/png": yes}), hello, upload.CodeTypeNotAllowed},
		{"NotEmpty", upload.NotEmpty(), hello, ""},
		{"NotEmpty refuses", upload.NotEmpty(), file("file", "a.txt", ""), upload.CodeEmpty},
		{"MaxSize, exact", upload.MaxSize(5), hello, ""},
		{"MaxSize, one more", upload.MaxSize(4), hello, upload.CodeTooLarge},
		{"MaxSize of a long file, exact", upload.MaxSize(180_000), long, ""},
		{"MaxSize of a long file, one more", upload.MaxSize(179_999), long, upload.CodeTooLarge},
		{"an empty file without NotEmpty", yes, file("file", "a.txt", ""), ""},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, tc.policy, upload.Options{})
			if tc.code == "" {
				f.accepts(t, post(tc.body))
			} else {
				f.refuses(t, tc.code, post(tc.body))
			}
		})
	}
}

func TestIncoming(t *testing.T) {
	var got *upload.Incoming
	f := newFixture(t, upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error { got = in; return nil }), upload.Options{})
	f.accepts(t, post(new(form).text("before", "1").file("file", "dir/a.png", pngBytes()).text("after", "2").String()))
	require.Equal(t, "file", got.Field)
	require.Equal(t, "a.png", got.Name)
	require.Equal(t, "application/octet-stream", got.ClaimedType)
	require.Equal(t, "image/png", got.Type)
	require.Equal(t, pngBytes(), string(got.Head), "a short file's head is all of it")
	require.Equal(t, int64(len(pngBytes())), got.Size)
	require.Equal(t, "1", got.Form.Get("before"))
	require.False(t, got.Form.Has("after"), "a validator may keep it, so nothing is added later")

	f.accepts(t, post(file("file", "a.txt", strings.Repeat("hello ", 1000))))
	require.Len(t, got.Head, sniff.HeadLen)
	require.Equal(t, int64(-1), got.Size)
}

// TestWrappedRefusal checks that the log has the error that wraps a validator's refusal, and the
// client does not.
func TestWrappedRefusal(t *testing.T) {
	refuse := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error {
		return fmt.Errorf("the list on disk 7: %w", upload.Reject("banned", "This file is banned."))
	})
	f := newFixture(t, refuse, upload.Options{})
	p := f.refuses(t, "banned", post(new(form).file("file", "a.txt", "hello").String()))
	require.Equal(t, "This file is banned.", p.Detail)
	require.Contains(t, f.log.String(), "the list on disk 7")
}

// TestUnknownTypes: the error of New names an unknown type, wherever in a policy it stands. In the
// policy of a grant it is an error of the server.
func TestUnknownTypes(t *testing.T) {
	const says = `upload: Types cannot accept the media type "image/nonsense"`
	wrong := upload.Types("image/png", "image/nonsense")
	for about, policy := range map[string]upload.Validator{
		"alone": wrong, "All": upload.All(upload.NotEmpty(), wrong), "Any": upload.Any(upload.NotEmpty(), wrong),
		"Form":     upload.Form{"file": {Accept: wrong}},
		"ForType":  upload.ForType(map[string]upload.Validator{"image/png": upload.All(wrong)}),
		"a preset": upload.Images(&upload.ImageOptions{Types: []string{"image/nonsense"}}),
	} {
		_, err := upload.New(&memstore.Store{}, policy, upload.AllowAnonymous, nil)
		require.ErrorContains(t, err, says, about)
	}
	_, err := upload.New(&memstore.Store{}, upload.Types("text/html"), upload.AllowAnonymous, nil)
	require.Error(t, err)

	h, err := upload.New(&memstore.Store{}, upload.NotEmpty(), func(*http.Request) (*upload.Grant, error) {
		return &upload.Grant{Policy: wrong}, nil
	}, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = h.Receive(httptest.NewRecorder(), post(file("file", "a.png", pngBytes())))
	require.ErrorIs(t, err, upload.CodeInternal)
	require.ErrorContains(t, err, says)
}

// TestNothingInCommon: New refuses an All that can accept no file.
func TestNothingInCommon(t *testing.T) {
	pictures, documents := upload.Images(nil), upload.Documents(nil)
	own := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })
	for _, tc := range []struct {
		about  string
		policy upload.Validator
		fails  bool
	}{
		{"two presets", upload.All(pictures, documents), true},
		{"with others between", upload.All(pictures, own, upload.NotEmpty(), documents), true},
		{"in a Form", upload.Form{"file": {Accept: upload.All(pictures, documents)}}, true},
		{"Any of others", upload.All(upload.Any(pictures, documents), upload.Types("video/mp4")), true},
		{"ForType of others", upload.All(upload.ForType(map[string]upload.Validator{"video/mp4": own}), pictures), true},
		{"All of others", upload.All(upload.All(pictures, own), documents), true},
		{"Any, one in common", upload.All(upload.Any(pictures, documents), upload.Types("image/png")), false},
		{"Any with a validator of any type", upload.All(upload.Any(pictures, own), documents), false},
		{"a type in common", upload.All(pictures, upload.Types("image/png", "text/plain")), false},
		{"Any", upload.Any(pictures, documents), false},
	} {
		_, err := upload.New(&memstore.Store{}, tc.policy, upload.AllowAnonymous, nil)
		if tc.fails {
			require.ErrorContains(t, err, "no type in common", tc.about)
		} else {
			require.NoError(t, err, tc.about)
		}
	}
}

func TestErrors(t *testing.T) {
	err := upload.Reject(upload.CodeContent, "no")
	require.ErrorIs(t, err, upload.CodeContent)
	require.NotErrorIs(t, err, upload.CodeEmpty)
	require.EqualError(t, err, "upload: content: no")
	require.EqualError(t, &upload.Error{Code: "x", Name: "a\nb", Reason: "r", Err: context.Canceled}, `upload: x "a\nb": r: context canceled`)
	require.ErrorIs(t, &upload.Error{Err: context.Canceled}, context.Canceled)
	require.Equal(t, 413, upload.CodeTooLarge.Status())
	require.Equal(t, 422, upload.Code("of_the_host").Status())
}
