package s3bucket

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// whole returns an option for one call that sets lost if the answer has more than the SDK's
// Document can hold. S3 added that later, or it is the service's own, and writing the Document
// again would drop it. It also sets lost if the answer's outermost element is not root: without
// rules S3 answers 404, and any other answer does not prove that there are none.
func whole[Document any](root string, lost *error) func(*s3.Options) {
	known := map[string]bool{}
	fieldsOf(reflect.TypeFor[Document](), known)
	look := func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
		middleware.DeserializeOutput, middleware.Metadata, error,
	) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		answer, ok := out.RawResponse.(*smithyhttp.Response)
		if err != nil || !ok || answer.StatusCode/100 != 2 {
			return out, metadata, err
		}
		text, err := io.ReadAll(answer.Body)
		if err == nil {
			err = answer.Body.Close()
		}
		if err == nil {
			answer.Body = io.NopCloser(bytes.NewReader(text))
			*lost = unknownIn(text, root, known)
		}
		return out, metadata, err
	}
	return func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("AirlockWhole", look), middleware.After)
		})
	}
}

// fieldsOf collects the names of all fields, in lower case.
func fieldsOf(t reflect.Type, names map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		fieldsOf(t.Elem(), names)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				names[strings.ToLower(f.Name)] = true
				fieldsOf(f.Type, names)
			}
		}
	}
}

// unknownIn returns an error if the outermost element is not root, or if another one is not a known
// field. The SDK's names of lists are the plural of their elements.
func unknownIn(text []byte, root string, known map[string]bool) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for outermost := true; ; {
		token, err := d.Token()
		switch {
		case err != nil && outermost:
			return fmt.Errorf("s3bucket: the answer lacks the bucket's %s", root)
		case err != nil: // the SDK itself refuses broken XML
			return nil
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		name := strings.ToLower(start.Name.Local)
		if outermost && start.Name.Local != root {
			return fmt.Errorf("s3bucket: the service answers %q instead of the bucket's %s", start.Name.Local, root)
		}
		if !outermost && !known[name] && !known[name+"s"] {
			return fmt.Errorf("s3bucket: a rule of the bucket has the setting %q, which would be lost: add the rules by other means", start.Name.Local)
		}
		outermost = false
	}
}
