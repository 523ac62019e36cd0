package upload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/sniff"
)

// Types accepts files of the given media types, and ties everything that says
// something of a file's type together: the type detected from the content must
// be on the list, and the name's extension must be one of that type. What the
// client claims is not looked at. Empty files and names without an extension
// are refused.
//
// The text types (text/plain, text/csv, application/json …) are read to their
// end: valid UTF-8, or UTF-16 with a byte order mark, without control
// characters, and without markup that a browser would run. Of other types only
// the first bytes are looked at: a valid head says nothing of what follows it.
//
// Types panics when it does not know a type, or knows no extension for it:
// that is a mistake of the program, best found when it starts.
func Types(types ...string) Validator {
	types = slices.Clone(types)
	for _, t := range types {
		if len(sniff.Extensions(t)) == 0 {
			panic(fmt.Sprintf("upload: Types does not know the media type %q", t))
		}
	}
	return validatorFunc(func(_ context.Context, in *Incoming) (Observer, error) {
		if len(in.Head) == 0 {
			return nil, errEmpty
		}
		if !slices.Contains(types, in.Type) {
			return nil, typeNotAllowed(in.Type)
		}
		if exts := sniff.Extensions(in.Type); !slices.Contains(exts, filename.Ext(in.Name)) {
			return nil, Reject(CodeTypeMismatch, fmt.Sprintf(
				"the content is %s, so the name must end in %s", in.Type, strings.Join(exts, " or ")))
		}
		return inspectorOf(in.Type), nil
	})
}

// inspectorOf returns what reads a file of that type to its end, nil if
// detection is all there is.
func inspectorOf(mediaType string) Observer {
	if strings.HasPrefix(mediaType, "text/") || mediaType == "application/json" {
		return &inspector{observer: &inspect.Text{}}
	}
	return nil
}

// inspector makes what an inspector of internal/inspect finds a refusal.
type inspector struct{ observer Observer }

func (i *inspector) Write(p []byte) (int, error) {
	n, err := i.observer.Write(p)
	return n, contentError(err)
}

func (i *inspector) Verdict() error { return contentError(i.observer.Verdict()) }

func contentError(err error) error {
	var e *inspect.Error
	if errors.As(err, &e) {
		return Reject(CodeContent, "the file "+e.Reason)
	}
	return err
}
