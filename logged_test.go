package upload_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// handlers are those of log/slog. The function record reports whether a line is one whole record.
var handlers = map[string]struct {
	make   func(io.Writer) slog.Handler
	record func(line string) bool
}{
	"text": {
		func(w io.Writer) slog.Handler {
			return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
		regexp.MustCompile(`^time=\S+ level=[A-Z]+ msg="[^"]+"( [a-z]+=([^\s"=]*|"([^"\\]|\\.)*"))*$`).MatchString,
	},
	"json": {
		func(w io.Writer) slog.Handler {
			return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
		func(line string) bool {
			return json.Unmarshal([]byte(line), &map[string]any{}) == nil && strings.Count(line, `"level":`) == 1
		},
	},
}

// logged is an application with streamed and direct uploads and links, and notes the secrets that
// its log must not have.
type logged struct {
	*direct
	links   *upload.Links
	secrets []string
}

func newLogged(t *testing.T, handler slog.Handler) *logged {
	t.Helper()
	d := &direct{store: &memstore.Store{}, mux: http.NewServeMux()}
	d.Server = httptest.NewServer(d.mux)
	t.Cleanup(d.Close)
	d.mux.Handle("/store/", d.store.Handler(d.URL+"/store/"))
	l, log := &logged{direct: d}, slog.New(handler)
	var err error
	d.handler, err = upload.New(d.store, upTo(2, upload.Types("text/plain")), upload.RequireSubject(bySubject), &upload.Options{
		MaxFileSize: 20 << 20, Logger: log,
	})
	require.NoError(t, err)
	d.presigner, err = upload.NewPresigner(d.handler, [][]byte{secret}, &upload.PresignOptions{SingleSize: 5 << 20})
	require.NoError(t, err)
	l.links, err = upload.NewLinks(d.store, &upload.LinksOptions{Logger: log})
	require.NoError(t, err)
	d.mux.Handle("/tickets/", d.presigner)
	d.mux.Handle("/upload", d.handler)
	d.mux.Handle("/files/", l.links.Handler(func(r *http.Request) (upload.Link, error) {
		return upload.Link{Key: strings.TrimPrefix(r.URL.Path, "/files/")}, nil
	}))
	return l
}

// secret notes values that must not be in the log: a token, and the long values in the queries of
// signed URLs.
func (l *logged) secret(t *testing.T, token string, signed ...string) {
	t.Helper()
	l.secrets = append(l.secrets, token)
	for _, s := range signed {
		u, err := url.Parse(s)
		require.NoError(t, err)
		require.NotEmpty(t, u.Query())
		for _, values := range u.Query() {
			for _, v := range values {
				if len(v) >= 8 {
					l.secrets = append(l.secrets, v, url.QueryEscape(v))
				}
			}
		}
	}
}

func (l *logged) upload(t *testing.T, body, query string) reply {
	t.Helper()
	r := post(body)
	out, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.URL+"/upload?"+query, r.Body)
	require.NoError(t, err)
	out.Header = r.Header
	out.Header.Set("Subject", "ann")
	out.Header.Set("Authorization", "Bearer the-bearer")
	out.Header.Set("Cookie", "session=the-cookie")
	return l.fetch(t, out)
}

// everything uploads files of that name by a form and directly, and uses links, with and without
// mistakes.
func (l *logged) everything(t *testing.T, name string) {
	t.Helper()
	content := "the-content of a file"
	bad := strings.Repeat("the-content\n", 1000) + "<script>"
	l.secrets = append(l.secrets, "the-content", "the-bearer", "the-cookie", "the-query", string(secret))
	for _, body := range []string{
		file("file", name, content), file("file", name, bad), file(name, name, content), file("file", name, content)[:150],
		new(form).text(name, "the-content").file("file", name, content).file("file", name, content).String(),
	} {
		l.upload(t, body, "token=the-query")
	}
	l.upload(t, file("file", name, content), "the-query=%zz")

	d := declarationOf(name, content)
	ticket := l.sign(t, d)
	l.secret(t, ticket.Token, ticket.URL)
	l.step(t, "confirm", token{ticket.Token}, nil)
	require.Equal(t, 200, send(t, ticket.SignedRequest, content))
	f := l.confirm(t, ticket.Token)
	l.confirm(t, ticket.Token)
	lie := l.sign(t, declarationOf(name, bad))
	l.secret(t, lie.Token, lie.URL)
	require.Equal(t, 200, send(t, lie.SignedRequest, bad))
	require.Equal(t, upload.CodeActiveContent, l.step(t, "confirm", token{lie.Token}, nil).problem(t).Code)

	d.Size = 6 << 20
	large := l.sign(t, d)
	var part storage.SignedRequest
	l.step(t, "part", map[string]any{"token": large.Token, "partNumber": 1}, &part)
	l.secret(t, large.Token, part.URL)
	l.stepAs(t, "bob", "part", map[string]any{"token": large.Token, "partNumber": 1}, nil)
	_, err := l.presigner.Parts(l.request(t), large.Token)
	require.NoError(t, err)
	l.step(t, "abort", token{large.Token}, nil)
	l.step(t, "abort", "the-content", nil)

	link, err := l.links.URL(t.Context(), upload.Link{Key: f.Key, Name: name})
	require.NoError(t, err)
	l.secret(t, link, link)
	for _, path := range []string{f.Key, "absent", "%0aabsent%1b[31m"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.URL+"/files/"+path+"?token=the-query", nil)
		require.NoError(t, err)
		l.fetch(t, r)
	}
}

// TestLogHoldsNoSecrets: the log has no content, ticket, signature, credential or query of a form,
// a direct upload or a link.
func TestLogHoldsNoSecrets(t *testing.T) {
	for about, h := range handlers {
		t.Run(about, func(t *testing.T) {
			log := &syncBuffer{}
			l := newLogged(t, h.make(log))
			l.everything(t, "a.txt")
			l.Close()
			require.GreaterOrEqual(t, len(l.secrets), 12)
			for _, s := range l.secrets {
				require.NotContains(t, log.String(), s)
			}
			for kind := range strings.FieldsSeq("accepted refused signed part_signed parts_listed confirmed aborted linked cleaned_up") {
				require.Contains(t, log.String(), "upload: "+kind+`"`)
			}
			require.True(t, strings.HasSuffix(log.String(), "\n"))
		})
	}
}

// TestLogQuotesNames: each record is one line, and a logged name breaks neither a line nor a
// terminal.
func TestLogQuotesNames(t *testing.T) {
	hostile := []string{
		"a\r\nlevel=ERROR msg=forged.txt", "a\x1b[31mred\x1b[0m.txt", `a"b=c level=ERROR.txt`, "a\u2028b\u202ec.txt",
		"${jndi:ldap://evil}.txt", `a\",\"level\":\"ERROR.txt`, "a\x00b\x7f.txt", "a\xff\xfeb.txt", strings.Repeat("я", 200) + ".txt",
	}
	for about, h := range handlers {
		t.Run(about, func(t *testing.T) {
			log := &syncBuffer{}
			l := newLogged(t, h.make(log))
			for _, name := range hostile {
				for _, body := range []string{
					file("file", name, "hello"), file(name, name, "hello"), file("file", name, "<html>"),
					new(form).file("file", name, "hello").file("file", "b.txt", "hello").String(),
				} {
					l.upload(t, body, "")
				}
				l.step(t, "", declarationOf(name, "hello"), nil)
				l.step(t, "", upload.Declaration{Field: name, Name: name, Type: name, Size: 5, SHA256: name}, nil)
				_, _ = l.links.URL(t.Context(), upload.Link{Key: name, Name: name, Subject: name})
			}
			l.Close()
			lines := bytes.Split(bytes.TrimSuffix(log.b.Bytes(), []byte("\n")), []byte("\n"))
			require.GreaterOrEqual(t, len(lines), 7*len(hostile))
			for _, line := range lines {
				require.True(t, h.record(string(line)), "%q", line)
				for _, c := range string(line) {
					require.True(t, c >= ' ' && c != 0x7f && c != '\u2028' && c != '\u202e', "%q in %q", c, line)
				}
			}
		})
	}
}
