package s3bucket

import (
	"strings"

	"github.com/airlock-go/upload/s3store"
)

// tried is the result of trying one ability of the service.
type tried struct {
	state  State  // StateOK if the service has the ability, StateWrong if not; "" if it was not tried
	why    string // what was seen; can be "" if state is StateOK
	flag   flag   // the field that a profile must set if state is StateWrong
	advice string // what to do if state is StateWrong; if "", finding adds flag.say()
	absent bool   // the service seems to refuse all requests of this kind
}

func unclearTried(why string) tried { return tried{state: StateCannotTell, why: why} }

// finding returns the finding about an ability that the profile relies on. For a missing ability it
// adds what to do.
func (t tried) finding() (State, string) {
	switch {
	case t.state == StateWrong && t.advice != "":
		return StateWrong, t.why + "; " + t.advice
	case t.state == StateWrong:
		return StateWrong, t.why + "; " + t.flag.say()
	case t.state == "":
		return StateCannotTell, "not tried, since an earlier step failed"
	}
	return t.state, t.why
}

// weigh returns the finding about several abilities. A missing ability is wrong, unless p sets its
// flag. good is the explanation if no ability is missing and no flag is set.
func weigh(p s3store.Profile, good string, abilities ...tried) (State, string) {
	var notes []string
	unclear := ""
	for _, t := range abilities {
		state, why := t.finding()
		switch said := t.flag.in(p); {
		case state == StateWrong && !said:
			return StateWrong, why
		case state == StateWrong:
			notes = append(notes, t.why+", as the profile says")
		case state == StateCannotTell && unclear == "":
			unclear = why
		case state == StateOK && said:
			notes = append(notes, "the profile need not say "+t.flag.field)
		}
	}
	if unclear != "" {
		return StateCannotTell, unclear
	}
	if len(notes) == 0 {
		return StateOK, good
	}
	return StateOK, strings.Join(notes, "; ")
}
