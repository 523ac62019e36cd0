package s3test

import (
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// events is the URL that the server reports objects to, "" for none.
var events string

// EventsTo makes the server that [Main] starts report objects to url, which must answer already.
func EventsTo(url string) { events = url }

// Report makes the server report at least the objects that are created below prefix. A versitygw
// reports every event of every bucket. Nothing is reported without EventsTo before [Main]. Report
// skips the test on a server that Main has not started.
func (b *Bucket) Report(t testing.TB, prefix string) {
	t.Helper()
	switch {
	case current.Embedded:
		return
	case os.Getenv("UPLOAD_TEST_MINIO") == "":
		t.Skip("needs a server that reports objects to the tests: unset UPLOAD_TEST_S3_ENDPOINT")
	}
	in := &s3.PutBucketNotificationConfigurationInput{
		Bucket: &b.Name,
		NotificationConfiguration: &types.NotificationConfiguration{QueueConfigurations: []types.QueueConfiguration{{
			QueueArn: aws.String("arn:minio:sqs::TEST:webhook"),
			Events:   []types.Event{"s3:ObjectCreated:*"},
			Filter: &types.NotificationConfigurationFilter{Key: &types.S3KeyFilter{FilterRules: []types.FilterRule{
				{Name: types.FilterRuleNamePrefix, Value: &prefix},
			}}},
		}}},
	}
	require.Eventually(t, func() bool { // MinIO has its targets only a while after it answers
		_, err := b.Client.PutBucketNotificationConfiguration(t.Context(), in)
		return err == nil
	}, time.Minute, 50*time.Millisecond)
}
