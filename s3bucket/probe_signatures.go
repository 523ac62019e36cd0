package s3bucket

import (
	"context"
	"crypto/rand"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
)

// forger returns the right access key ID, and another secret.
type forger struct{ aws.CredentialsProvider }

func (f forger) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := f.CredentialsProvider.Retrieve(ctx)
	c.SecretAccessKey = rand.Text()
	return c, err
}

func ofForged(t tried) (State, string) {
	if t.state == StateOK {
		return StateOK, "a write with a forged signature is refused"
	}
	return t.finding()
}

const adviseOther = "use another service: here the access key ID alone, which every signed URL shows, lets anybody write"

// forged tries to write with a wrong secret. It must be known that the right one works.
func (p *probing) forged() tried {
	o := p.service.client.Options()
	ours := o.Credentials
	if ours == nil {
		return unclearTried("there are no credentials that could be forged")
	}
	o.Credentials, o.HTTPSignerV4, o.AuthSchemes = forger{ours}, nil, nil // signers cache keys by access key ID
	err := p.try(newService(s3.New(o), *p.service.bucket, p.service.opts), func() error {
		_, err := p.put(p.publishedKey())
		return err
	})
	switch status := s3calls.Status(err); {
	case err == nil:
		return tried{state: StateWrong, why: "the service accepts a write with a forged signature", advice: adviseOther}
	case status/100 == 4:
		return tried{state: StateOK}
	}
	return unclearTried("a write with a forged signature: " + err.Error())
}
