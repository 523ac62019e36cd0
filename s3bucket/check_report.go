package s3bucket

import (
	"fmt"
	"strings"
)

// Report is everything that Check or Verify found out.
type Report struct {
	Bucket   string    `json:"bucket"`
	Findings []Finding `json:"findings"`

	// Proposal is the profile that Check proposes. It is nil if the bucket cannot be reached, if
	// ctx ended before it was made, and for Verify.
	Proposal *Proposal `json:"proposal,omitempty"`
}

// Worst returns StateWrong if something is wrong, otherwise StateCannotTell if some finding is,
// otherwise StateOK.
func (r Report) Worst() State {
	worst := StateOK
	for _, f := range r.Findings {
		switch f.State {
		case StateWrong:
			return StateWrong
		case StateCannotTell:
			worst = StateCannotTell
		}
	}
	return worst
}

// String writes the findings as text.
func (r Report) String() string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-11s  %s: %s\n", f.State, f.Topic, f.Explanation)
	}
	return b.String()
}
