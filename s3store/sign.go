package s3store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
)

// maxExpiry is the longest that SigV4 allows. The SDK signs longer ones, which services then
// refuse.
const maxExpiry = 7 * 24 * time.Hour

// minExpiry is the unit of X-Amz-Expires.
const minExpiry = time.Second

var errNoCredentials = errors.New("s3store: there are no credentials to sign requests with")

// lifetime returns how long a request signed now works: as long as asked for, but no longer than
// SigV4 allows or the signer's credentials last. S3 refuses a request whose credentials have
// expired, whatever time it states. If the credentials are renewed before the signing, they only
// last longer.
func (s *Store) lifetime(ctx context.Context, expires time.Duration) (time.Duration, error) {
	if expires < minExpiry {
		return 0, fmt.Errorf("s3store: a signed request must work for at least %v, not %v", minExpiry, expires)
	}
	provider := s.opts.Signer.Options().Credentials
	if provider == nil {
		return 0, errNoCredentials
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.CallTimeout, s3calls.ErrTimeout)
	defer cancel()
	credentials, err := provider.Retrieve(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errNoCredentials, err)
	}
	expires = min(expires, maxExpiry)
	if credentials.CanExpire {
		expires = min(expires, time.Until(credentials.Expires))
	}
	if expires = expires.Truncate(minExpiry); expires < minExpiry {
		return 0, errors.New("s3store: the credentials expire before anybody could use a request signed with them")
	}
	return expires, nil
}

// signSending returns the option for signing uploads: that of signURL, and the guard against
// copies.
func (s *Store) signSending(expires time.Duration) func(*s3.PresignOptions) {
	return func(o *s3.PresignOptions) {
		signURL(expires)(o)
		s.guard.sign(o)
	}
}

// signURL returns the option for signing requests that others send. The S3 client's settings for
// checksums do not apply to them.
func signURL(expires time.Duration) func(*s3.PresignOptions) {
	return func(o *s3.PresignOptions) {
		o.Expires = expires
		o.ClientOptions = append(o.ClientOptions, func(o *s3.Options) {
			o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		})
	}
}
