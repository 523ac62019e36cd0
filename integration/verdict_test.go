package integration_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// TestLinksWaitForTheScanner has a scanner tag an object as GuardDuty does, keeping the tags that
// the store gave it. A link to the object is made only after the scanner has found no threats. In a
// versioned bucket the link leads to the scanned version.
func TestLinksWaitForTheScanner(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain bucket": false, "versioned bucket": true} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, versioned, s3store.Options{Tags: map[string]string{"team": "files"}})
			scanner, closeIdle := s3test.Get().Client(s3test.Get().Endpoint)
			defer closeIdle()
			links, err := upload.NewLinks(st.store, &upload.LinksOptions{RequireScan: true})
			require.NoError(t, err)
			staged, err := st.store.Stage(t.Context(), storage.Object{Key: "a.txt", Type: "text/plain", Name: "a.txt", MaxSize: 100}, strings.NewReader("scanned"))
			require.NoError(t, err)
			require.NoError(t, staged.Commit(t.Context()))
			link := func() (string, error) { return links.URL(t.Context(), upload.Link{Key: "a.txt"}) }
			tag := func(status string) {
				_, err := scanner.PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{
					Bucket: &st.bucket.Name, Key: aws.String("a.txt"), Tagging: &types.Tagging{TagSet: []types.Tag{
						{Key: aws.String("team"), Value: aws.String("files")},
						{Key: aws.String("GuardDutyMalwareScanStatus"), Value: &status},
					}},
				})
				require.NoError(t, err)
			}

			_, err = link()
			require.ErrorIs(t, err, upload.CodeScanPending)
			tag("THREATS_FOUND")
			_, err = link()
			require.ErrorIs(t, err, upload.CodeNotFound)
			tag("NO_THREATS_FOUND")
			url, err := link()
			require.NoError(t, err)
			require.Equal(t, versioned, strings.Contains(url, "versionId="))

			st.bucket.Put(t.Context(), t, "a.txt", []byte("not scanned"))
			_, err = link()
			require.ErrorIs(t, err, upload.CodeScanPending)
			if versioned {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
				require.NoError(t, err)
				status, answer, _ := send(t, r)
				require.Equal(t, http.StatusOK, status, answer)
				require.Equal(t, "scanned", answer)
			}
		})
	}
}
