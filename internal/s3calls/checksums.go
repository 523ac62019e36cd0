package s3calls

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// configure is an option for a call. With whenRequired the call has a checksum only where the
// protocol demands one. A client that was not made from a loaded configuration has no setting for
// checksums, and would send none.
func configure(o *s3.Options, whenRequired bool) {
	switch {
	case whenRequired:
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	case o.RequestChecksumCalculation == aws.RequestChecksumCalculationUnset:
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported
	}
}

// Checksum returns the algorithm of a client's multipart uploads, "" for none. Unlike that of
// single requests it must be named: the SDK adds a CRC32 to every part, but S3 compares them on
// completion only if the upload was created with the algorithm.
func Checksum(client *s3.Client, whenRequired bool) types.ChecksumAlgorithm {
	o := client.Options()
	if configure(&o, whenRequired); o.RequestChecksumCalculation == aws.RequestChecksumCalculationWhenSupported {
		return types.ChecksumAlgorithmCrc32
	}
	return ""
}
