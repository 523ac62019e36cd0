package s3bucket

import (
	"fmt"
	"net/http"

	"github.com/airlock-go/upload/storage"
)

// attempt changes a signed request as a dishonest client might.
type attempt struct {
	what  string
	taken advice // what to do if the service accepts it
	do    func(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte)
}

// advice is what to do about a service that lacks an ability.
type advice struct {
	flag flag
	text string
}

var (
	adviseLengths = advice{flagLengths, flagLengths.say()}
	adviseHeaders = advice{flagHeaders, flagHeaders.say() + ", or take the profile of MinIO if the service is MinIO"}
	adviseForms   = advice{flagForms, flagForms.say()}
	adviseOnce    = advice{flagPut, flagPut.say() + ", which leaves forms for whole files"}
)

const keepsTo = "the service accepts signed requests and refuses changed ones"

// refusesAll judges the answer to an unchanged request that was not accepted.
func refusesAll(status int, err error) tried {
	switch {
	case err != nil:
		return unclearTried("an unchanged signed request: " + err.Error())
	case status/100 != 4:
		return unclearTried(fmt.Sprintf("an unchanged signed request was answered with %d", status))
	}
	t := unclearTried(fmt.Sprintf("the service refuses unchanged signed requests, too (%d)", status))
	t.absent = true
	return t
}

// judge returns what the answer to a wrong request means.
func judge(status int, err error, what string, taken advice) tried {
	switch {
	case err != nil:
		return unclearTried(what + ": " + err.Error())
	case status/100 == 2:
		return tried{
			state: StateWrong, why: "the service accepts a request with " + what + " in place of the signed one: clients cannot be held to what they declare",
			flag: taken.flag, advice: taken.text,
		}
	case status == http.StatusNotImplemented, status == http.StatusMethodNotAllowed:
		t := unclearTried("the service does not support such requests: say so in the profile")
		t.absent = true
		return t
	case status/100 != 4, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return unclearTried(fmt.Sprintf("%s was answered with %d", what, status))
	}
	return tried{state: StateOK}
}
