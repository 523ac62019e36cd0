package tickets_test

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/s3test"
)

// sameMD5 are two files with the same MD5, and so the same ETag.
var sameMD5 = [2]string{
	"d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70",
	"d131dd02c5e6eec4693d9a0698aff95c2fcab50712467eab4004583eb8fb7f8955ad340609f4b30283e4888325f1415a085125e8f7cdc99fd91dbd7280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e23487da03fd02396306d248cda0e99f33420f577ee8ce54b67080280d1ec69821bcb6a8839396f965ab6ff72a70",
}

// verdict is a policy that accepts each file, after it has called a function.
type verdict struct{ then func() }

func (v *verdict) Validate(context.Context, *upload.Incoming) (upload.Observer, error) { return v, nil }
func (v *verdict) Write(p []byte) (int, error)                                         { return len(p), nil }
func (v *verdict) Verdict() error                                                      { v.then(); return nil }

// TestSameETag replaces a file, while it is checked, with one that has the same ETag: by sending
// the form again, or by a PUT after another instance has aborted the upload. The replacement is not
// published. Where the SHA-256 is signed, the storage refuses the replacement.
func TestSameETag(t *testing.T) {
	t.Parallel()
	ways := map[string]bool{"put, aborted elsewhere": false}
	if !s3test.Get().Profile().NoForms {
		ways["form"] = true
	}
	for name, form := range ways {
		t.Run(name, func(t *testing.T) {
			checked, err := hex.DecodeString(sameMD5[0])
			require.NoError(t, err)
			replacement, err := hex.DecodeString(sameMD5[1])
			require.NoError(t, err)
			mux := http.NewServeMux()
			a := &app{Server: httptest.NewServer(mux), backend: s3Backend(t, false)}
			t.Cleanup(a.Close)
			v := &verdict{}
			who := upload.RequireSubject(func(r *http.Request) (string, error) { return r.Header.Get("Subject"), nil })
			h, err := upload.New(a.Storage, upload.Form{"file": {Accept: v}}, who, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			for _, path := range []string{"/tickets/", "/tickets/elsewhere/"} {
				p, err := upload.NewPresigner(h, secrets, &upload.PresignOptions{Form: form})
				require.NoError(t, err)
				mux.Handle(path, p)
			}
			ticket := a.sign(t, "a.bin", string(checked))
			put(t, ticket.SignedRequest, string(checked))
			v.then = func() {
				if !form {
					status, code := a.as(t, "ann", "elsewhere/abort", map[string]any{"token": ticket.Token}, nil)
					require.Equal(t, http.StatusNoContent, status, code)
				}
				status, answer := do(t, request(t, ticket.SignedRequest, string(replacement)))
				require.Equal(t, a.needsDigest(t), status == http.StatusBadRequest, answer)
			}
			if form && a.needsDigest(t) {
				require.Equal(t, string(checked), a.content(t, a.confirm(t, ticket)))
				return
			}
			a.refuses(t, upload.CodeConflict, "ann", ticket.Token)
			require.Empty(t, a.published(t))
		})
	}
}
