// Package openapi_test compares docs/openapi.yaml with what the handlers read and answer.
package openapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"
)

// document is docs/openapi.yaml made stricter. An object whose schema has a name allows only the
// properties that this schema lists, unless it has a schema for others. A code must be a known one.
type document struct {
	*openapi3.T
	router routers.Router
}

func load(t *testing.T) *document {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
	no := false
	for _, schema := range doc.Components.Schemas {
		if s := schema.Value; s.AdditionalProperties.Schema == nil && (s.Type.Is("object") || len(s.Properties) > 0) {
			s.AdditionalProperties.Has = &no
		}
	}
	code := doc.Components.Schemas["Code"].Value
	require.Len(t, code.AnyOf, 2)
	code.AnyOf = code.AnyOf[:1]
	router, err := gorillamux.NewRouter(doc)
	require.NoError(t, err)
	return &document{doc, router}
}

// exchange is a request and its answer.
type exchange struct {
	request *http.Request
	body    []byte // of the request, nil unless it is JSON
	status  int
	header  http.Header
	answer  []byte
}

// file returns the published file in the header of the answer, empty without one.
func (e *exchange) file() []byte { return []byte(e.header.Get("Upload-File")) }

// json returns the JSON of the answer or of its server-sent event, nil if it has neither.
func (e *exchange) json() (data []byte, isEvent bool) {
	if data, isEvent = bytes.CutPrefix(e.answer, []byte("data: ")); isEvent || isJSON(e.header) {
		return data, isEvent
	}
	return nil, false
}

// check returns an error if the document does not allow the exchange. Of a refused request it
// checks only the method and the path.
func (d *document) check(ctx context.Context, e *exchange) (*openapi3filter.RequestValidationInput, error) {
	route, params, err := d.router.FindRoute(e.request)
	if err != nil {
		return nil, err
	}
	in := &openapi3filter.RequestValidationInput{
		Request: e.request, PathParams: params, Route: route,
		Options: &openapi3filter.Options{ExcludeRequestBody: e.body == nil},
	}
	if e.status < http.StatusBadRequest {
		e.request.Body = io.NopCloser(bytes.NewReader(e.body))
		if err := openapi3filter.ValidateRequest(ctx, in); err != nil {
			return nil, err
		}
	}
	if data, isEvent := e.json(); isEvent {
		return in, d.checkJSON("ProgressStatus", data)
	}
	if file := e.file(); len(file) > 0 {
		if err := d.checkJSON("File", file); err != nil {
			return nil, err
		}
	}
	return in, d.checkAnswer(ctx, in, e, e.answer)
}

func (d *document) checkAnswer(ctx context.Context, in *openapi3filter.RequestValidationInput, e *exchange, answer []byte) error {
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: e.status, Header: e.header, Body: io.NopCloser(bytes.NewReader(answer)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: !isJSON(e.header)},
	})
}

func isJSON(h http.Header) bool { return strings.HasSuffix(h.Get("Content-Type"), "json") }

// checkJSON checks JSON that is not the body of an answer: the data of a server-sent event, or a
// header field.
func (d *document) checkJSON(schema string, data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	return d.Components.Schemas[schema].Value.VisitJSON(v, openapi3.EnableJSONSchema2020())
}

// added returns copies of a JSON value. Each has a property more in one of its objects. The objects
// "headers" and "fields" get none, since the document does not list the names in them.
func added(v any) (all []any) {
	switch v := v.(type) {
	case map[string]any:
		more := maps.Clone(v)
		more["added"] = 1
		all = append(all, more)
		for name, value := range v {
			if _, list := value.([]any); !list && (name == "headers" || name == "fields") {
				continue
			}
			for _, changed := range added(value) {
				copied := maps.Clone(v)
				copied[name] = changed
				all = append(all, copied)
			}
		}
	case []any:
		for i, value := range v {
			for _, changed := range added(value) {
				copied := append([]any{}, v...)
				copied[i] = changed
				all = append(all, copied)
			}
		}
	}
	return all
}
