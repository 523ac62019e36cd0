package upload_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// TestDesignForm: each decision of docs/design.md and docs/accepted.md is a context, a decision,
// what was rejected, and a consequence. docs/design.md has at most 5,000 words, and its first lines
// link each group.
func TestDesignForm(t *testing.T) {
	const mostWords = 5000
	form := regexp.MustCompile(`^[^\n]+\n\n- Context: .+\n(  .+\n)*- Decision: .+\n(  .+\n)*- Rejected: .+\n(  .+\n)*- Consequence: .+\n(  .+\n)*\n?$`)
	text, err := os.ReadFile("docs/design.md")
	require.NoError(t, err)
	page := string(text)
	words := 0
	for word := range strings.FieldsSeq(page) {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			words++
		}
	}
	require.LessOrEqual(t, words, mostWords)

	_, decisions, found := strings.Cut(page, "\n## The API\n")
	require.True(t, found)
	accepted, err := os.ReadFile("docs/accepted.md")
	require.NoError(t, err)
	_, contents, found := strings.Cut(string(accepted), "\n## Decisions\n")
	require.True(t, found)
	for _, group := range append(strings.Split(decisions, "\n## "), contents) {
		entries := strings.Split(group, "\n### ")
		require.Greater(t, len(entries), 1, group)
		for _, entry := range entries[1:] {
			require.Regexp(t, form, entry+"\n")
		}
	}

	index, _, _ := strings.Cut(page, "\n## ")
	for _, m := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(page, -1) {
		require.Contains(t, index, "["+m[1]+"](")
	}
}
