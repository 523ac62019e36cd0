package s3bucket

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/airlock-go/upload/internal/s3calls"
)

// conditionalPut tries to replace an object by PutObject.
func (p *probing) conditionalPut() tried {
	if p.service.opts.Profile.InsecureUnconditionalPut {
		return refuses("PutObject", flagPut)
	}
	key := p.publishedKey()
	if _, err := p.putIf(key, aws.String("*")); err != nil {
		return tried{StateCannotTell, "nothing could be written: " + err.Error(), flagPut, "", false}
	}
	_, err := p.putIf(key, aws.String("*"))
	return refusedAs(err, "PutObject", flagPut)
}

// conditionalComplete tries to replace an object by CompleteMultipartUpload.
func (p *probing) conditionalComplete() tried {
	if p.service.opts.Profile.InsecureUnconditionalComplete {
		return refuses("CompleteMultipartUpload", flagComplete)
	}
	key := p.publishedKey()
	if _, err := p.put(key); err != nil {
		return tried{StateCannotTell, "nothing could be written: " + err.Error(), flagComplete, "", false}
	}
	u, step, err := p.upload(key)
	if err != nil {
		return tried{StateCannotTell, step + ": " + err.Error(), flagComplete, "", false}
	}
	return refusedAs(p.complete(u), "CompleteMultipartUpload", flagComplete)
}

// refusedAs judges the answer to a write that must be refused since the key is taken.
func refusedAs(err error, operation string, f flag) tried {
	switch status := s3calls.Status(err); {
	case err == nil:
		return tried{StateWrong, operation + " replaced an object although it was sent with If-None-Match: files can be lost unless keys are random", f, "", false}
	case status == http.StatusPreconditionFailed:
		return tried{state: StateOK, flag: f}
	case notTaken(err):
		return refuses(operation, f)
	}
	return tried{StateCannotTell, operation + ": " + err.Error(), f, "", false}
}

func refuses(operation string, f flag) tried {
	return tried{StateWrong, operation + " refuses If-None-Match: files can be lost unless keys are random", f, "", false}
}
