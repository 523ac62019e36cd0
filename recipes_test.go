package upload_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	goBlock   = regexp.MustCompile("(?s)```go\n(.*?)```")
	lineStart = regexp.MustCompile(`(?m)^(.)`)
)

// TestRecipes: each program of a recipe is part of example_recipes_test.go, perhaps with one more
// tab. Each recipe has a program, and names an example of that file.
func TestRecipes(t *testing.T) {
	page, err := os.ReadFile("docs/recipes.md")
	require.NoError(t, err)
	examples, err := os.ReadFile("example_recipes_test.go")
	require.NoError(t, err)
	recipes := strings.Split(string(page), "\n## ")[1:]
	require.GreaterOrEqual(t, len(recipes), 4)
	for _, recipe := range recipes {
		title, _, _ := strings.Cut(recipe, "\n")
		blocks := goBlock.FindAllStringSubmatch(recipe, -1)
		require.NotEmpty(t, blocks, title)
		for _, block := range blocks {
			code := block[1]
			if !strings.Contains(string(examples), "\n"+code) { // it is in a function
				code = lineStart.ReplaceAllString(code, "\t$1")
			}
			require.Contains(t, string(examples), "\n"+code, title)
		}
		name := regexp.MustCompile("`(Example_\\w+)`").FindStringSubmatch(recipe)
		require.NotNil(t, name, title)
		require.Contains(t, string(examples), "\nfunc "+name[1]+"() {\n", title)
	}
}
