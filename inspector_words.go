package upload

import (
	"fmt"

	"github.com/airlock-go/upload/internal/inspect"
)

// reasonOf is the sentence for the person who chose the file. The terms of the
// format and the place of the fault are for the log.
func reasonOf(e *inspect.Error) string {
	switch e.Code {
	case inspect.CodeActive:
		kind, _ := e.Params["kind"].(string)
		return "the file has " + activeWords[kind] + ", which is not accepted"
	case inspect.CodePixels:
		return tooManyPixels(e.Params)
	case inspect.CodeUnsupported:
		if e.Params["encoding"] != nil {
			return "the text is in an encoding that is not accepted; save it as UTF-8 (a table as \"CSV UTF-8\")"
		}
	case inspect.CodeTrailing:
		if e.Params["kind"] == inspect.KindMedia {
			return "the photo has a film after it, which is not accepted; send it as a still picture"
		}
	case inspect.CodeFrames:
		return fmt.Sprintf("the animation has more than %d frames", e.Params["limit"])
	}
	return findingWords[e.Code]
}

func tooManyPixels(p inspect.Params) string {
	if width, ok := p["width"]; ok {
		return fmt.Sprintf("the picture is %d x %d pixels large; at most %d x %d are accepted", width, p["height"], p["max_width"], p["max_height"])
	}
	return fmt.Sprintf("the picture has more than %d pixels", p["limit"])
}

var findingWords = map[inspect.Code]string{
	inspect.CodeDamaged:     "the file is damaged, or is not what its name says",
	inspect.CodeTruncated:   "the file is incomplete: its end is missing",
	inspect.CodeTrailing:    "the file has other data after its end",
	inspect.CodeEncrypted:   "the file is encrypted, so it cannot be checked; send it without a password",
	inspect.CodeUnsupported: "the file is written in a way that is not accepted; save it again with a current program",
	inspect.CodeBomb:        "the file unpacks to more than is accepted",
	inspect.CodeComplex:     "the file is too complex to be checked",
	inspect.CodeEntry:       "the archive has an entry that is not accepted",
	inspect.CodeMismatch:    "the content of the file is not what its name says",
}

var activeWords = map[string]string{
	inspect.KindScript:      "a script in it",
	inspect.KindAction:      "an action in it that runs when it is opened",
	inspect.KindMacro:       "a macro in it",
	inspect.KindProgram:     "a program in it",
	inspect.KindObject:      "an object of another program in it",
	inspect.KindAttachment:  "another file attached to it",
	inspect.KindExternal:    "something in it that is loaded from elsewhere",
	inspect.KindLink:        "a link in it that leads to another program or computer",
	inspect.KindForm:        "an active form in it",
	inspect.KindMedia:       "active media in it",
	inspect.KindFormula:     "a cell in it that a spreadsheet may compute",
	inspect.KindMarkup:      "markup in it that a browser may run",
	inspect.KindDoctype:     "a document type declaration in it",
	inspect.KindConnection:  "a connection to outside data in it",
	inspect.KindInstruction: "a processing instruction in it",
}
