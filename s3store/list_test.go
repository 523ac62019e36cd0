package s3store_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
)

func TestListerConformance(t *testing.T) {
	t.Parallel()
	for _, versioned := range []bool{false, true} {
		t.Run(fmt.Sprintf("versioned=%v", versioned), func(t *testing.T) {
			storetest.RunLister(t, func(t *testing.T) storage.Lister {
				f := newFixture(t, setup{versioned: versioned})
				f.fake.PageSize = 50 // the tests of package integration have S3's pages
				return f
			})
		})
	}
}

// without answers like a service that ignores a parameter.
func without(parameter string) s3fake.Fault {
	return func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		q := r.URL.Query()
		q.Del(parameter)
		r.URL.RawQuery = q.Encode()
		serve(w, r)
	}
}

// answerXML answers with that body.
func answerXML(body string) s3fake.Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, body)
	}
}

// TestListsAnyKey checks that keys of other writers may contain characters that XML cannot. A key
// that looks encoded is decoded only if the service says so.
func TestListsAnyKey(t *testing.T) {
	for _, row := range []struct {
		name  string
		keys  []string
		fault s3fake.Fault
	}{
		{"encoded", []string{"p/\x01\n\u202e", "p/a+b%20c d"}, nil},
		{"not encoded", []string{"p/a+b%20c d", "p/b"}, without("encoding-type")},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.PageSize = 1
			for _, key := range row.keys {
				f.fake.Put(key, nil)
			}
			if row.fault != nil {
				f.fake.Inject("ListObjectsV2", forEver, row.fault)
			}
			after := ""
			for _, key := range row.keys {
				page, err := f.ListObjects(t.Context(), "p/", after)
				require.NoError(t, err)
				require.Len(t, page.Items, 1)
				require.Equal(t, key, page.Items[0].Key)
				after = page.Next
			}
			require.Empty(t, after)
		})
	}
}

// TestListUploadsInPages aborts the uploads of each page before it asks for the next.
func TestListUploadsInPages(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.PageSize = 4
	for i, uploads := range []int{2, 1, 3, 1, 4, 2} {
		for range uploads {
			_, err := f.CreateMultipart(t.Context(), storage.DirectObject{Key: fmt.Sprintf("p/%d", i)})
			require.NoError(t, err)
		}
	}
	var sizes []int
	for after := ""; ; {
		page, err := f.ListUploads(t.Context(), "p/", after)
		require.NoError(t, err)
		sizes = append(sizes, len(page.Items))
		for _, u := range page.Items {
			require.WithinDuration(t, time.Now(), u.Initiated, time.Hour)
			require.NoError(t, f.AbortMultipart(t.Context(), u.Key, u.UploadID))
		}
		if after = page.Next; after == "" {
			break
		}
	}
	require.Equal(t, []int{3, 3, 1, 4, 2}, sizes) // never a part of a key's uploads
	require.Zero(t, f.fake.OpenUploads())
}

// TestUnorderedLists checks that unordered lists are refused, rather than read in part or
// endlessly.
func TestUnorderedLists(t *testing.T) {
	for _, row := range []struct {
		name, objects, uploads string // name describes the list of objects; uploads has none after the cursor
	}{
		{
			"before the cursor", `<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>p/1</Key></Contents></ListBucketResult>`,
			`<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><Upload><Key>p/1</Key><UploadId>1</UploadId></Upload></ListMultipartUploadsResult>`,
		},
		{
			"nothing, and more", `<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>`,
			`<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>`,
		},
		{
			"descending", `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/7</Key></Contents><Contents><Key>p/6</Key></Contents></ListBucketResult>`,
			`<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><Upload><Key>p/4</Key><UploadId>1</UploadId></Upload></ListMultipartUploadsResult>`,
		},
		{
			"an object twice", `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/7</Key></Contents><Contents><Key>p/7</Key></Contents></ListBucketResult>`,
			`<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><Upload><Key>p/5</Key><UploadId>1</UploadId></Upload></ListMultipartUploadsResult>`,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.Inject("ListObjectsV2", 1, answerXML(row.objects))
			f.fake.Inject("ListMultipartUploads", 1, answerXML(row.uploads))
			_, err := f.ListObjects(t.Context(), "p/", "p/5")
			require.ErrorContains(t, err, "in order")
			_, err = f.ListUploads(t.Context(), "p/", "p/5")
			require.ErrorContains(t, err, "in order")
		})
	}
}

func TestListFails(t *testing.T) {
	f := newFixture(t, setup{})
	for _, fault := range []s3fake.Fault{denied, fail500, s3fake.Reset} {
		f.fake.Inject("", forEver, fault)
		_, err := f.ListObjects(t.Context(), "p/", "")
		require.Error(t, err)
		_, err = f.ListUploads(t.Context(), "p/", "")
		require.Error(t, err)
		f.fake.Heal()
	}
}
