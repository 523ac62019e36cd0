package s3store

import (
	"net/http"
	"strings"

	"github.com/airlock-go/upload/internal/s3calls"
)

// tried is what trying one ability of the service has shown.
type tried struct {
	state  State  // OK if the service has it and Wrong if not; "" if it was not tried
	why    string // what was seen, unless that is OK
	flag   flag   // what a profile has to say if it is Wrong
	advice string // "" for flag.say
	absent bool   // requests of this kind were refused, right ones included
}

func unclearTried(why string) tried { return tried{state: CannotTell, why: why} }

// finding is that of an ability that the profile relies on.
func (t tried) finding() (State, string) {
	switch {
	case t.state == Wrong && t.advice != "":
		return Wrong, t.why + "; " + t.advice
	case t.state == Wrong:
		return Wrong, t.why + "; " + t.flag.say()
	case t.state == "":
		return CannotTell, "not tried, since something before it went wrong"
	}
	return t.state, t.why
}

// weigh compares what was seen with what the profile says. good is what all of it
// means if the service has every ability.
func (p Profile) weigh(good string, abilities ...tried) (State, string) {
	var notes []string
	unclear := ""
	for _, t := range abilities {
		state, why := t.finding()
		switch said := t.flag.in(p); {
		case state == Wrong && !said:
			return Wrong, why
		case state == Wrong:
			notes = append(notes, t.why+", as the profile says")
		case state == CannotTell && unclear == "":
			unclear = why
		case state == OK && said:
			notes = append(notes, "the profile need not say "+t.flag.name)
		}
	}
	if unclear != "" {
		return CannotTell, unclear
	}
	if len(notes) == 0 {
		return OK, good
	}
	return OK, strings.Join(notes, "; ")
}

// notTaken reports that the service answered that a request is wrong, or that it
// does not know such requests.
func notTaken(err error) bool {
	switch s3calls.Status(err) {
	case http.StatusBadRequest, http.StatusNotImplemented:
		return true
	}
	return false
}
