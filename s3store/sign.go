package s3store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// maxExpiry is the longest that SigV4 allows. The SDK signs longer ones, which
// no service then takes.
const maxExpiry = 7 * 24 * time.Hour

// minExpiry is the unit of X-Amz-Expires.
const minExpiry = time.Second

var errNoCredentials = errors.New("s3store: there are no credentials to sign requests with")

// grant returns what signs one request: with fixed credentials, and for as long
// as asked for, but no longer than SigV4 allows or the credentials themselves
// last. S3 refuses a request whose credentials have ended, whatever time it
// states.
func (s *Store) grant(ctx context.Context, expires time.Duration) (*s3.PresignClient, error) {
	if expires < minExpiry {
		return nil, fmt.Errorf("s3store: a signed request must work for at least %v, not %v", minExpiry, expires)
	}
	provider := s.signer.Options().Credentials
	if provider == nil {
		return nil, errNoCredentials
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.CallTimeout, errCallTimeout)
	defer cancel()
	credentials, err := provider.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoCredentials, err)
	}
	expires = min(expires, maxExpiry)
	if credentials.CanExpire {
		expires = min(expires, time.Until(credentials.Expires))
	}
	if expires = expires.Truncate(minExpiry); expires < minExpiry {
		return nil, errors.New("s3store: the credentials end before anybody could use a request signed with them")
	}
	return s3.NewPresignClient(s.signer, s3.WithPresignExpires(expires), s3.WithPresignClientFromClientOptions(func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil })
		// A presigned request is sent as it is, without checksums of the SDK's.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})), nil
}
