package inspect_test

import (
	"errors"
	"fmt"

	"github.com/airlock-go/upload/internal/inspect"
)

const codeDamaged = "damaged"

// finding is a fault in the form of test tables: its code, followed by the kind if it has one,
// and its text.
type finding struct{ code, text string }

// found returns the finding of err: the zero value for nil, and "no fault" for an error that is not
// an [inspect.Error].
func found(err error) finding {
	var e *inspect.Error
	switch {
	case err == nil:
		return finding{}
	case !errors.As(err, &e):
		return finding{code: "no fault", text: err.Error()}
	}
	f := finding{code: string(e.Code), text: e.Error()}
	if kind, ok := e.Params["kind"]; ok {
		f.code += fmt.Sprintf(" %s", kind)
	}
	return f
}
