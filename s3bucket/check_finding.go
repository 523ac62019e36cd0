package s3bucket

import (
	"fmt"
	"net/http"

	"github.com/airlock-go/upload/internal/s3calls"
)

// State is what [Bucket.Check] says of a topic.
type State string

// The states. StateCannotTell is an answer of its own: the service does not know the
// setting or does not answer, or the credentials may not see it. It is no promise
// that all is well.
const (
	StateOK         State = "ok"
	StateWrong      State = "wrong"
	StateCannotTell State = "cannot tell"
)

// Topic is what a [Finding] is about.
type Topic string

// The topics, in the order of a report. Those of direct uploads are looked at only
// if the [Layout] has any.
const (
	TopicReachable   Topic = "reachable"
	TopicWrite       Topic = "write"
	TopicRead        Topic = "read"
	TopicMultipart   Topic = "multipart uploads"
	TopicDelete      Topic = "delete"
	TopicSignatures  Topic = "signatures"
	TopicConditional Topic = "conditional writes"
	TopicCopies      Topic = "copies"       // of direct uploads
	TopicSignedPuts  Topic = "signed PUTs"  // of direct uploads
	TopicSignedParts Topic = "signed parts" // of direct uploads
	TopicForms       Topic = "POST forms"   // of direct uploads
	TopicProfile     Topic = "profile"
	TopicAnonymous   Topic = "anonymous access"
	TopicPublicBlock Topic = "public access block"
	TopicPublic      Topic = "public bucket policy"
	TopicACLs        Topic = "ACLs off"
	TopicEncryption  Topic = "default encryption"
	TopicVersioning  Topic = "versioning"
	TopicLogging     Topic = "access logging"
	TopicStaging     Topic = "lifecycle of staged files" // of direct uploads
	TopicUnfinished  Topic = "lifecycle of unfinished uploads"
	TopicCORS        Topic = "CORS" // of direct uploads
	TopicRights      Topic = "no more rights than needed"
	TopicLeft        Topic = "probes removed"
)

// Finding is what Check found out about one topic.
type Finding struct {
	Topic       Topic  `json:"topic"`
	State       State  `json:"state"`
	Explanation string `json:"explanation"` // what was seen and, if it is wrong, what to do
}

// unclear is the answer to a call that failed in a way that says nothing of what
// was asked; action is the right that the call takes.
func unclear(err error, action string) (State, string) {
	switch s3calls.Status(err) {
	case http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return StateCannotTell, "the service does not know this: " + s3calls.Code(err)
	case http.StatusForbidden:
		return StateCannotTell, "the credentials may not see it: they lack " + action
	}
	return StateCannotTell, err.Error()
}

// denied is the answer if the credentials lack what the library needs.
func denied(err error, doing, action string) (State, string) {
	if s3calls.Status(err) == http.StatusForbidden {
		return StateWrong, fmt.Sprintf("%s is denied: it takes %s", doing, action)
	}
	return StateCannotTell, doing + ": " + err.Error()
}
