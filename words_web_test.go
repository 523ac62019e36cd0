package upload

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/web"
)

// webWords are the texts of one language in the browser module.
type webWords struct {
	Refused  string
	Page     map[string]string
	Counts   map[string][2]string
	Own      map[string][]string
	Refusals map[string][]string
}

func readWebWords(t *testing.T, name string) (w webWords) {
	t.Helper()
	file, err := fs.ReadFile(web.Files(), name)
	require.NoError(t, err)
	_, text, found := bytes.Cut(file, []byte("\nexport default "))
	require.True(t, found, name)
	require.NoError(t, json.Unmarshal(bytes.TrimSuffix(text, []byte(";\n")), &w), name)
	return w
}

// TestWebWords: the browser module has the sentences of the library, and each also in German with
// the same parameters.
func TestWebWords(t *testing.T) {
	english, german := readWebWords(t, "en.js"), readWebWords(t, "de.js")
	require.Equal(t, sentences, english.Refusals)
	require.Equal(t, (&Error{Code: "unheard-of"}).Text(), english.Refused)
	placeholders := regexp.MustCompile(`\{[^}]*\}`)
	same := func(about string, english, german []string) {
		require.Len(t, german, len(english), about)
		for i, sentence := range english {
			require.ElementsMatch(t, placeholders.FindAllString(sentence, -1), placeholders.FindAllString(german[i], -1), about)
		}
	}
	for _, pair := range [][2]map[string][]string{{english.Refusals, german.Refusals}, {english.Own, german.Own}} {
		require.Len(t, pair[1], len(pair[0]))
		for key, sentences := range pair[0] {
			same(key, sentences, pair[1][key])
			require.NotEqual(t, sentences, pair[1][key], "not translated")
		}
	}
	require.Len(t, german.Page, len(english.Page))
	for key, text := range english.Page {
		same(key, []string{text}, []string{german.Page[key]})
	}
	require.Len(t, german.Counts, len(english.Counts))
}

// TestWebWordsAreWritten: the module fills the placeholders as the library does.
func TestWebWordsAreWritten(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("UPLOAD_TEST_REQUIRED") == "1" {
			t.Fatal("needs node: apt-get install nodejs")
		}
		t.Skip("needs node: apt-get install nodejs")
	}
	var refusals []map[string]any
	for _, r := range []struct {
		code   Code
		params map[string]any
	}{
		{"too_large", map[string]any{"kind": "file", "limit": 1}},
		{"too_large", map[string]any{"kind": "file", "limit": 1535}},
		{"too_large", map[string]any{"kind": "text", "limit": 5<<20 - 1}},
		{"too_large", map[string]any{"kind": "request", "limit": 3 << 30}},
		{"too_large", map[string]any{"kind": "news"}},
		{"too_many", map[string]any{"kind": "files", "limit": 1}},
		{"too_many", map[string]any{"kind": "files", "limit": 20}},
		{"rate_limited", map[string]any{"retry_after": 1}},
		{"rate_limited", map[string]any{"kind": "bytes", "retry_after": 119}},
		{"rate_limited", map[string]any{"kind": "files", "retry_after": 121}},
		{"rate_limited", map[string]any{"kind": "requests", "retry_after": 7201}},
		{"rate_limited", nil},
		{"type_not_allowed", map[string]any{"type": "text/html", "accepted": []string{"image/png"}}},
		{"type_not_allowed", map[string]any{"type": "x/unknown", "accepted": []string{"image/png", "x/y", "application/pdf"}}},
		{"type_not_allowed", map[string]any{"accepted": []string{"image/heic", "image/heic", "text/csv"}}},
		{"type_not_allowed", nil},
		{"type_mismatch", map[string]any{"type": "image/png", "extensions": []string{".png", ".apng"}}},
		{"too_many_pixels", map[string]any{"limit": 99_999_999}},
		{"too_many_pixels", map[string]any{"limit": 999}},
		{"too_many_pixels", map[string]any{"width": 1, "height": 2, "max_width": 3, "max_height": 4, "limit": 5}},
		{"method", map[string]any{"allowed": []string{"GET", "HEAD"}}},
		{"unheard_of", nil},
	} {
		refusals = append(refusals, map[string]any{"code": r.code, "params": r.params, "want": english(string(r.code), r.params)})
	}
	given, err := json.Marshal(refusals)
	require.NoError(t, err)
	script := `import { wordsOf } from "./web/words.js";
const words = await wordsOf("en");
console.log(JSON.stringify(JSON.parse(process.argv[1]).map((r) => words.refusal({ ...r, params: r.params ?? {} }))));`
	out, err := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", script, string(given)).Output()
	require.NoError(t, err)
	var written []string
	require.NoError(t, json.Unmarshal(out, &written))
	for i, r := range refusals {
		require.Equal(t, r["want"], written[i], r)
	}
}
