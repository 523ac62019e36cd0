package openapi_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// exchanging has the settings of an application, and makes requests to it.
type exchanging struct {
	variant
	calls func(t *testing.T, a *app)
}

// TestExchanges checks that the document allows what honest clients send and what the handlers
// answer, that it refuses answers with a property more, and that each of its operations succeeded.
func TestExchanges(t *testing.T) {
	doc := load(t)
	ran := map[string]bool{}
	for name, row := range map[string]exchanging{
		"streamed":                  {calls: streams},
		"direct":                    {calls: goDirect},
		"direct, forms":             {variant{form: true}, goDirect},
		"resumable":                 {calls: resume},
		"resumable, refused":        {calls: resumeRefused},
		"resumable, empty":          {variant{empty: true}, resumeEmpty},
		"resumable, the host fails": failing(),
		"resumable, of other pages": {variant{origins: []string{"https://page.example.com"}}, resumeElsewhere},
		"files":                     {calls: links(false)},
		"files, proxied":            {variant{proxy: true}, links(true)},
		"Uppy":                      {calls: companion},
		"Uppy, single requests":     {variant{endpoint: "https://app.example.com/direct"}, single},
		"refused callers":           {calls: refusals(codes(t))},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, row.variant)
			row.calls(t, a)
			require.NotEmpty(t, a.exchanges)
			for _, e := range a.exchanges {
				doc.hold(t, e, ran)
			}
		})
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			require.True(t, ran[method+" "+path], "no success of %s %s", method, path)
		}
	}
}

// hold requires that the document allows the exchange, and not its answer with a property more. Of
// the refusals with one status at an operation, only the first is tried with a property more.
func (d *document) hold(t *testing.T, e *exchange, ran map[string]bool) {
	t.Helper()
	in, err := d.check(t.Context(), e)
	require.NoError(t, err, "%s %s: %d %s", e.request.Method, e.request.URL, e.status, e.answer)
	operation := e.request.Method + " " + in.Route.Path
	if e.status < http.StatusBadRequest {
		ran[operation] = true
	} else if operation += strconv.Itoa(e.status); ran[operation] {
		return
	}
	ran[operation] = true
	data, isEvent := e.json()
	refuseMore(t, operation, data, func(changed []byte) error {
		if isEvent {
			return d.checkJSON("ProgressStatus", changed)
		}
		return d.checkAnswer(t.Context(), in, e, changed)
	})
	refuseMore(t, operation, e.file(), func(changed []byte) error { return d.checkJSON("File", changed) })
}

// refuseMore requires that check refuses the data with a property more.
func refuseMore(t *testing.T, operation string, data []byte, check func(changed []byte) error) {
	t.Helper()
	if len(data) == 0 {
		return
	}
	var answer any
	require.NoError(t, json.Unmarshal(data, &answer))
	for _, more := range added(answer) {
		changed, err := json.Marshal(more)
		require.NoError(t, err)
		require.Error(t, check(changed), "%s may answer %s", operation, changed)
	}
}

// codes returns the constants of the type Code in refusals.go.
func codes(t *testing.T) (all []upload.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../refusals.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Code" {
				code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				all = append(all, upload.Code(code))
			}
		}
		return true
	})
	return all
}

// TestCodes checks that the document has the codes of the source, and no others.
func TestCodes(t *testing.T) {
	var listed []upload.Code
	for _, code := range load(t).Components.Schemas["KnownCode"].Value.Enum {
		listed = append(listed, upload.Code(code.(string)))
	}
	require.Greater(t, len(listed), 40)
	require.ElementsMatch(t, codes(t), listed)
}

// TestParams checks that the document has the parameters of docs/errors.md, and no others.
func TestParams(t *testing.T) {
	page, err := os.ReadFile("../../docs/errors.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "\n## Parameters\n")
	require.True(t, found)
	kinds := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\| (list)?").FindAllStringSubmatch(table, -1) {
		kinds[m[1]] = m[2]
	}
	params := load(t).Components.Schemas["Params"].Value.Properties
	require.ElementsMatch(t, slices.Collect(maps.Keys(kinds)), slices.Collect(maps.Keys(params)))
	for name, kind := range kinds {
		require.Equal(t, kind == "list", params[name].Value.Type.Is("array"), name)
	}
}

// TestTypes checks that the document has the properties of these exported types, and no others.
// TestExchanges sees only the properties that are not empty.
func TestTypes(t *testing.T) {
	schemas := load(t).Components.Schemas
	for name, row := range map[string]struct {
		schemas []string
		of      any
	}{
		"File":           {[]string{"File"}, upload.File{}},
		"Declaration":    {[]string{"Declaration"}, upload.Declaration{}},
		"Ticket":         {[]string{"WholeTicket", "PartsTicket"}, upload.Ticket{}},
		"SignedRequest":  {[]string{"SignedRequest"}, storage.SignedRequest{}},
		"ProgressStatus": {[]string{"ProgressStatus"}, upload.ProgressStatus{}},
	} {
		t.Run(name, func(t *testing.T) {
			all := openapi3.Schemas{}
			for _, schema := range row.schemas {
				maps.Copy(all, schemas[schema].Value.Properties)
			}
			require.ElementsMatch(t, properties(reflect.TypeOf(row.of)), slices.Collect(maps.Keys(all)))
		})
	}
}

// properties returns the names of a type's fields in JSON.
func properties(of reflect.Type) (names []string) {
	for _, field := range reflect.VisibleFields(of) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}
