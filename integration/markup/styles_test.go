package markup_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
)

// cssPieces are pieces of the syntax of CSS, whole and broken.
var cssPieces = strings.Split(`url(|url(|url("|url('|url(#|u\72l(|\75 rl(|#url(|@url(|-url(|1url(|url (|src(|image-set("|cross-fade(|`+
	`if(not style(--q:|var(--x)|--x:|--f(|@import|@namespace|@charset|@media|<!--|-->|/*|*/|/*|*/|"|'|"|'|"#|'#|(|)|[|]|{|}|({)}|[(])|;|:|`+
	`#|\|\"|\(|\)|\#|\0|\a|\66 |!|<|@|-|1|1e|+|.|,|%|&|~|?|x|a| |data:|u+|U+0`+"|\n|\r\n|\r|\t|\\\n|\\\r\n|\u00e9|\u00a0|\u2028", "|")

// randomSheet returns a style sheet with a rule that loads leak, after pieces that may hide the
// rule from one parser and not from another.
func randomSheet(r *rand.Rand, element, leak string) string {
	var b strings.Builder
	b.WriteString([]string{"", "a{x:"}[r.IntN(2)])
	for range 1 + r.IntN(6) {
		b.WriteString(cssPieces[r.IntN(len(cssPieces))])
	}
	b.WriteString([]string{"}", ")}", "){}"}[r.IntN(3)] + "#" + element + "{background:url(" + leak + ")}")
	for range r.IntN(5) {
		b.WriteString(cssPieces[r.IntN(len(cssPieces))])
	}
	return b.String()
}

// sheets serves a page with the current style sheets, and keeps the names of what they load.
type sheets struct {
	mu      sync.Mutex
	current []string
	loaded  map[string]bool
}

func (s *sheets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var n int
	_, err := fmt.Sscanf(r.URL.Path, "/%d.css", &n)
	switch {
	case strings.HasPrefix(r.URL.Path, "/leak/"):
		s.loaded[strings.TrimPrefix(r.URL.Path, "/leak/")] = true
	case r.URL.Path == "/page":
		w.Header().Set("Content-Type", typeXHTML)
		_, _ = fmt.Fprint(w, `<html xmlns="http://www.w3.org/1999/xhtml"><head>`)
		for i := range s.current {
			_, _ = fmt.Fprintf(w, `<link rel="stylesheet" href="/%d.css"/>`, i)
		}
		_, _ = fmt.Fprint(w, `</head><body>`)
		for i := range s.current {
			_, _ = fmt.Fprintf(w, `<b id="e%d">x</b>`, i)
		}
		_, _ = fmt.Fprint(w, `</body></html>`)
	case err == nil && n < len(s.current):
		w.Header().Set("Content-Type", "text/css")
		_, _ = fmt.Fprint(w, strings.ReplaceAll(s.current[n], "http://evil.example", "/leak"))
	}
}

// TestStyles checks that Chromium loads nothing for random style sheets that are accepted: in half
// of the rounds those accepted in a book, in the others those accepted in an SVG. For some of the
// refused style sheets Chromium loads something.
func TestStyles(t *testing.T) {
	s := &sheets{loaded: map[string]bool{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	p := chromium.Start(t).Open(t, "about:blank")
	r := rand.New(rand.NewPCG(1, 2))
	refusedLoaded := 0
	for round := range rounds.Of(2, 10) {
		var all []string
		accepted := map[string]string{} // by their leak
		for len(all) < 400 {
			leak := fmt.Sprintf("%d-%d", round, len(all))
			sheet := randomSheet(r, fmt.Sprintf("e%d", len(all)), "http://evil.example/"+leak)
			ok := (document{book: corpus.Book(`<html xmlns="http://www.w3.org/1999/xhtml"><style><![CDATA[` + sheet + `]]></style></html>`)}).accepted()
			if round%2 == 1 {
				ok = document{content: svg(`<style><![CDATA[` + sheet + `]]></style>`)}.accepted()
			}
			if ok {
				accepted[leak] = sheet
			} else if len(all)%8 != 0 { // at most one of eight is refused
				continue
			}
			all = append(all, sheet)
		}
		s.mu.Lock()
		s.current = all
		s.mu.Unlock()
		p.Do(chromedp.Navigate(server.URL+"/page"), chromedp.Sleep(time.Second))
		s.mu.Lock()
		for leak := range s.loaded {
			sheet, ok := accepted[leak]
			assert.False(t, ok, "loads: %q", sheet)
			refusedLoaded++
		}
		s.loaded = map[string]bool{}
		s.mu.Unlock()
	}
	t.Logf("%d refused style sheets loaded", refusedLoaded)
	require.Greater(t, refusedLoaded, 10)
}
