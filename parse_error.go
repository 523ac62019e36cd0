package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// badBody says where a body could not be read, in place of an error that may
// quote it, as those of net/http, of middlewares and of encoding/json do.
type badBody struct {
	at   int64
	what string
}

func (e *badBody) Error() string { return fmt.Sprintf("%s at byte %d", e.what, e.at) }

// parseError returns what reading or parsing a body failed with if that is known to
// say nothing of the body, and else what it was and where. At is how much was read.
func parseError(err error, at int64) error {
	var (
		own    *Error
		bad    *badBody
		large  *http.MaxBytesError
		netErr net.Error
		syntax *json.SyntaxError
		typed  *json.UnmarshalTypeError
	)
	switch {
	case err == nil, errors.As(err, &own):
		return err
	case errors.As(err, &bad):
		return bad
	case errors.As(err, &large):
		return large
	case errors.As(err, &netErr):
		return netErr
	case errors.As(err, &syntax):
		return &badBody{syntax.Offset, "upload: JSON that is not well-formed"}
	case errors.As(err, &typed):
		return &badBody{typed.Offset, fmt.Sprintf("upload: JSON that is no %v", typed.Type)}
	}
	for _, known := range []error{io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded, http.ErrBodyReadAfterClose} {
		if errors.Is(err, known) {
			return known
		}
	}
	return &badBody{at, fmt.Sprintf("upload: a body that ended with a %T", err)}
}
