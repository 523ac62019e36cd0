package s3fake

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Fault misbehaves in place of an operation, which serve carries out.
type Fault func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc)

type fault struct {
	op    string
	times int // left, negative for always
	do    Fault
}

// script is how a service misbehaves, and which calls it received.
type script struct {
	scripting sync.Mutex
	faults    []*fault
	calls     []string
}

// Inject makes the next calls of an operation misbehave, or of any operation if op is "": as many
// as times says, all if it is negative.
func (s *script) Inject(op string, times int, do Fault) {
	s.scripting.Lock()
	defer s.scripting.Unlock()
	s.faults = append(s.faults, &fault{op, times, do})
}

// Heal ends all faults.
func (s *script) Heal() {
	s.scripting.Lock()
	defer s.scripting.Unlock()
	s.faults = nil
}

// next counts a call, and returns the fault to serve in its place, if any.
func (s *script) next(op string) Fault {
	s.scripting.Lock()
	defer s.scripting.Unlock()
	s.calls = append(s.calls, op)
	for _, f := range s.faults {
		if f.times != 0 && (f.op == op || f.op == "") {
			f.times--
			return f.do
		}
	}
	return nil
}

// Calls returns how often an operation was called, or any if op is "", including failed requests.
// It does not count requests whose Authorization field has a false signature.
func (s *script) Calls(op string) int {
	s.scripting.Lock()
	defer s.scripting.Unlock()
	n := 0
	for _, c := range s.calls {
		if c == op || op == "" {
			n++
		}
	}
	return n
}

// Answer reads the request and refuses it.
func Answer(status int, code string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body)
		fail(w, status, code, "injected")
	}
}

// AnswerEarly refuses while the client may still be sending the body.
func AnswerEarly(status int, code string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		fail(w, status, code, "injected")
	}
}

// Stall reads the request and does nothing until the client gives up.
func Stall(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
	_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client left
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// Reset breaks the connection before anything is done.
func Reset(_ http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
	panic(http.ErrAbortHandler)
}

// Drop carries the operation out and breaks the connection instead of answering.
func Drop(_ http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
	serve(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// Nothings are bodies without the content of an operation's answer, by their kind, as gateways and
// failing services send them with a status of 200.
func Nothings(op string) map[string]string {
	result := Root(op)
	return map[string]string{
		"nothing":          "",
		"white space":      "\n \n ", // with which S3 begins the answer to a long call
		"HTML":             "<!DOCTYPE html><html><head><title>504 Gateway Time-out</title></head><body><center>504</center></body></html>",
		"JSON":             `{"message":"ok"}`,
		"another document": "<?xml version=\"1.0\"?><Status><Code>200</Code></Status>",
		"an empty result":  "<" + result + "/>",
		"an error":         "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>",
		"an error within":  "<" + result + "><Error><Code>InternalError</Code></Error></" + result + ">",
	}
}

// Root returns the name of the outermost element of the answer to an operation.
func Root(op string) string { return cmp.Or(results[op], "Result") }

var results = map[string]string{
	"CreateMultipartUpload":   "InitiateMultipartUploadResult",
	"CompleteMultipartUpload": "CompleteMultipartUploadResult",
	"UploadPartCopy":          "CopyPartResult",
	"ListParts":               "ListPartsResult",
	"ListMultipartUploads":    "ListMultipartUploadsResult",
	"ListObjectVersions":      "ListVersionsResult",
	"ListObjectsV2":           "ListBucketResult",
	"DeleteObjects":           "DeleteResult",
	"GetObjectTagging":        "Tagging",
}

// Say answers 200 and body in place of S3's answer. If done is true it carries the operation out
// before.
func Say(body string, done bool) Fault {
	return func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		if done {
			serve(httptest.NewRecorder(), r)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, body)
	}
}
