package s3bucket

import (
	"strings"

	"github.com/airlock-go/upload/s3store"
)

// tried is what trying one ability of the service has shown.
type tried struct {
	state  State  // whether the service has it; "" if it was not tried
	why    string // what was seen; "" for some that are StateOK
	flag   flag   // what a profile must say if it is StateWrong
	advice string // "" for flag.say
	absent bool   // the service seems to refuse all requests of this kind
}

func unclearTried(why string) tried { return tried{state: StateCannotTell, why: why} }

// finding returns the result for an ability that the profile relies on.
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

// weigh compares what was seen with what the profile says. good describes a service with every
// ability.
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
