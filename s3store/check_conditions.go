package s3store

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/airlock-go/upload/internal/s3calls"
)

// conditional compares what replaces objects with what the profile says of it.
func (p *probing) conditional() (State, string) {
	l := p.learn()
	if l.writes.state != OK {
		return l.writes.finding()
	}
	return p.store.opts.Profile.weigh("If-None-Match is enforced by PutObject and CompleteMultipartUpload", l.put, l.complete)
}

// conditionalPut tries to replace an object by PutObject.
func (p *probing) conditionalPut() tried {
	if p.store.opts.Profile.InsecureUnconditionalPut {
		return refuses("PutObject", flagPut)
	}
	key := p.publishedKey()
	if _, err := p.putIf(key, aws.String("*")); err != nil {
		return tried{CannotTell, "nothing could be written: " + err.Error(), flagPut, "", false}
	}
	_, err := p.putIf(key, aws.String("*"))
	return refusedAs(err, "PutObject", flagPut)
}

// conditionalComplete tries to replace an object by CompleteMultipartUpload.
func (p *probing) conditionalComplete() tried {
	if p.store.opts.Profile.InsecureUnconditionalComplete {
		return refuses("CompleteMultipartUpload", flagComplete)
	}
	key := p.publishedKey()
	if _, err := p.put(key); err != nil {
		return tried{CannotTell, "nothing could be written: " + err.Error(), flagComplete, "", false}
	}
	t, parts, step, err := p.upload(key)
	if err != nil {
		return tried{CannotTell, step + ": " + err.Error(), flagComplete, "", false}
	}
	return refusedAs(p.complete(t, parts), "CompleteMultipartUpload", flagComplete)
}

// refusedAs judges the answer to a write that has to be refused since the key is
// taken.
func refusedAs(err error, operation string, f flag) tried {
	switch status := s3calls.Status(err); {
	case err == nil:
		return tried{Wrong, operation + " replaced an object although it was sent with If-None-Match: files can be lost unless keys are random", f, "", false}
	case status == http.StatusPreconditionFailed:
		return tried{state: OK, flag: f}
	case notTaken(err):
		return refuses(operation, f)
	}
	return tried{CannotTell, operation + ": " + err.Error(), f, "", false}
}

func refuses(operation string, f flag) tried {
	return tried{Wrong, operation + " refuses If-None-Match: files can be lost unless keys are random", f, "", false}
}
