package s3calls

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// checksums says that a call has a checksum only where the protocol demands one.
type checksums bool

// configure is an option for a call. A client that was
// not made from a loaded configuration has no setting for checksums, and would
// send none.
func (whenRequired checksums) configure(o *s3.Options) {
	switch {
	case bool(whenRequired):
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	case o.RequestChecksumCalculation == aws.RequestChecksumCalculationUnset:
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported
	}
}

// Checksum is the algorithm of a client's multipart uploads, "" for none. Unlike that of single
// requests it has to be named: the SDK adds a CRC32 to every part, but S3 compares
// them when the upload is completed only if it was created for that.
func Checksum(client *s3.Client, whenRequired bool) types.ChecksumAlgorithm {
	o := client.Options()
	if checksums(whenRequired).configure(&o); o.RequestChecksumCalculation == aws.RequestChecksumCalculationWhenSupported {
		return types.ChecksumAlgorithmCrc32
	}
	return ""
}
