package s3bucket

import (
	"fmt"
	"net/http"

	"github.com/airlock-go/upload/internal/s3calls"
)

// State is the result of [Bucket.Check] or [Bucket.Verify] for a topic.
type State string

// These are the states. StateCannotTell means that the question has no answer. For example, the
// service does not support the setting, the credentials may not see it, or an earlier step failed.
// It does not mean that all is well.
const (
	StateOK         State = "ok"
	StateWrong      State = "wrong"
	StateCannotTell State = "cannot tell"
)

// Topic is the subject of a [Finding].
type Topic string

// These are the topics, in the order of a report; Verify has only some of them. Those marked below
// are checked only if the [Layout] has StagingPrefixes. Those of signed requests, and in Verify that
// of copies, also need a profile of the store that allows them. CORS also needs Origins.
const (
	TopicReachable   Topic = "reachable"
	TopicWrite       Topic = "write"
	TopicRead        Topic = "read"
	TopicMultipart   Topic = "multipart uploads"
	TopicDelete      Topic = "delete"
	TopicSignatures  Topic = "signatures"
	TopicConditional Topic = "conditional writes"
	TopicCopies      Topic = "copies"       // for direct and resumable uploads
	TopicSignedPuts  Topic = "signed PUTs"  // for direct uploads
	TopicSignedParts Topic = "signed parts" // for direct uploads
	TopicForms       Topic = "POST forms"   // for direct uploads
	TopicProfile     Topic = "profile"
	TopicAnonymous   Topic = "anonymous access"
	TopicPublicBlock Topic = "public access block"
	TopicPublic      Topic = "public bucket policy"
	TopicACLs        Topic = "ACLs off"
	TopicEncryption  Topic = "default encryption"
	TopicVersioning  Topic = "versioning"
	TopicLogging     Topic = "access logging"
	TopicStaging     Topic = "lifecycle of staged files" // for direct and resumable uploads
	TopicUnfinished  Topic = "lifecycle of unfinished uploads"
	TopicCORS        Topic = "CORS" // for direct uploads
	TopicRights      Topic = "no more rights than needed"
	TopicLeft        Topic = "probes removed"
)

// Finding is what Check or Verify found out about one topic.
type Finding struct {
	Topic       Topic  `json:"topic"`
	State       State  `json:"state"`
	Explanation string `json:"explanation"` // what was seen, and for most faults what to do
}

// isDenied reports whether S3 refused a call because the credentials lack a right. Other answers of
// 403 are about the credentials or the clock. An answer to HEAD has no code of S3's.
func isDenied(err error) bool {
	if s3calls.Status(err) != http.StatusForbidden {
		return false
	}
	switch s3calls.Code(err) {
	case "AccessDenied", "AllAccessDisabled", "Forbidden", "":
		return true
	}
	return false
}

// unclear returns the result of a call whose failure does not answer the question. The action is
// the permission that the call needs.
func unclear(err error, action string) (State, string) {
	switch status := s3calls.Status(err); {
	case status == http.StatusNotImplemented, status == http.StatusMethodNotAllowed:
		return StateCannotTell, "the service does not support this: " + s3calls.Code(err)
	case isDenied(err):
		return StateCannotTell, "the credentials may not see it: they lack " + action
	}
	return StateCannotTell, err.Error()
}

// denied returns the result of a failed call that the library needs. The action is the permission
// that the call needs.
func denied(err error, doing, action string) (State, string) {
	switch {
	case isDenied(err):
		return StateWrong, fmt.Sprintf("%s is denied: it takes %s", doing, action)
	case s3calls.Status(err) == http.StatusForbidden:
		return StateWrong, doing + ": " + err.Error()
	}
	return StateCannotTell, doing + ": " + err.Error()
}
