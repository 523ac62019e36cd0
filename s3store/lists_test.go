package s3store_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// pages answers the n-th call, from 0, with what page returns.
func pages(page func(n int) string) s3fake.Fault {
	n := -1
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		n++
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, page(n))
	}
}

// versionPage returns a page of so many versions from first on, with more to come.
func versionPage(first, many int, next string) string {
	var b strings.Builder
	b.WriteString("<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>" + next + "</NextVersionIdMarker>")
	for i := range many {
		fmt.Fprintf(&b, "<Version><Key>k</Key><VersionId>v%d</VersionId><ETag>x</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Version>", first+i)
	}
	return b.String() + "</ListVersionsResult>"
}

// TestVersionListsWithoutEnd checks lists that make no progress. They are an error after a few
// pages, and nothing is removed.
func TestVersionListsWithoutEnd(t *testing.T) {
	for _, row := range []struct {
		name  string
		page  func(n int) string
		calls int // lists, at most
	}{
		{"the same page", func(int) string { return versionPage(0, 1000, "m") }, 2},
		{"the same page, by other markers", func(n int) string { return versionPage(0, 1000, fmt.Sprint("m", n)) }, 2},
		{"markers that cycle", func(n int) string { return versionPage(n, 1, fmt.Sprint("m", n%3)) }, 4},
		{"markers and versions that cycle", func(n int) string { return versionPage(n%3, 1, fmt.Sprint("m", n%3)) }, 4},
		{"no marker", func(n int) string { return versionPage(n, 1, "") }, 1},
		{"empty pages", func(n int) string { return versionPage(0, 0, fmt.Sprint("m", n)) }, 1},
		{"a version twice on a page", func(n int) string {
			return strings.Replace(versionPage(2*n, 2, fmt.Sprint("m", n)), "v1<", "v0<", 1)
		}, 1},
	} {
		for name, do := range removals() {
			t.Run(row.name+"/"+name, func(t *testing.T) {
				f := newFixture(t, setup{versioned: true})
				f.fake.Put("k", []byte("kept"))
				o := f.listed(t, "k")
				f.fake.Inject("ListObjectVersions", forEver, pages(row.page))
				require.ErrorContains(t, do(f, t.Context(), o), "in order")
				require.LessOrEqual(t, f.fake.Calls("ListObjectVersions"), row.calls)
				require.Equal(t, []string{"kept"}, f.bodies("k"))
			})
		}
	}
}

// removals returns the operations that list the versions of one key.
func removals() map[string]func(f *fixture, ctx context.Context, o storage.ListedObject) error {
	return map[string]func(f *fixture, ctx context.Context, o storage.ListedObject) error{
		"Delete":       func(f *fixture, ctx context.Context, o storage.ListedObject) error { return f.Delete(ctx, o.Key) },
		"RemoveListed": func(f *fixture, ctx context.Context, o storage.ListedObject) error { return f.RemoveListed(ctx, o) },
	}
}

func (f *fixture) listed(t *testing.T, key string) storage.ListedObject {
	t.Helper()
	page, err := f.ListObjects(t.Context(), key, "")
	require.NoError(t, err)
	return page.Items[0]
}

// TestManyVersions checks a key with more versions than one call lists: 10,000, or 100 without
// UPLOAD_TEST_LONG=1. Each call removes about as many, and returns an error if there are more.
func TestManyVersions(t *testing.T) {
	most := rounds.Of(100, 10_000)
	for name, do := range removals() {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, setup{versioned: true})
			if most < 10_000 {
				s3store.SetMaxListed(f.Store, most)
			}
			f.fake.PageSize = most / 10
			for range most + 10 {
				f.fake.Put("k", []byte("old"))
			}
			f.fake.Age(time.Hour)
			f.fake.Put("k", []byte("readable"))
			o := f.listed(t, "k")
			require.ErrorContains(t, do(f, t.Context(), o), "10000 versions or more")
			left := len(f.fake.Versions("k"))
			require.LessOrEqual(t, left, 20, "versions")
			require.Positive(t, left)
			if name == "RemoveListed" {
				require.Equal(t, "readable", string(f.fake.Get("k").Body))
			}
			require.NoError(t, do(f, t.Context(), o))
			require.Empty(t, f.fake.Versions("k"))
		})
	}
}

// partPage is a page of parts.
func partPage(next string, numbers ...int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<ListPartsResult><UploadId>id</UploadId><IsTruncated>%v</IsTruncated><NextPartNumberMarker>%s</NextPartNumberMarker>", next != "", next)
	for _, n := range numbers {
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>x</ETag><Size>5</Size></Part>", n)
	}
	return b.String() + "</ListPartsResult>"
}

// partNumbers returns the numbers of the n-th thousand.
func partNumbers(n int) (numbers []int) {
	for i := range 1000 {
		numbers = append(numbers, n*1000+i+1)
	}
	return numbers
}

// TestPartListsWithoutEnd checks that parts are 1 to 10,000, in order, and that a list of them
// ends.
func TestPartListsWithoutEnd(t *testing.T) {
	for _, row := range []struct {
		name  string
		page  func(n int) string
		calls int
		parts int // 0 for an error
	}{
		{"10,000 parts", func(n int) string {
			next := fmt.Sprint((n + 1) * 1000)
			if n == 9 {
				next = ""
			}
			return partPage(next, partNumbers(n)...)
		}, 10, 10_000},
		{"10,001 parts", func(n int) string { return partPage(fmt.Sprint((n+1)*1000), partNumbers(n)...) }, 11, 0},
		{"the same page", func(int) string { return partPage("2", 1, 2) }, 2, 0},
		{"the same page, by other markers", func(n int) string { return partPage(fmt.Sprint(n+2), 1, 2) }, 2, 0},
		{"markers that cycle", func(n int) string { return partPage(fmt.Sprint(n%2+1), n%2+1) }, 3, 0},
		{"empty pages", func(n int) string { return partPage(fmt.Sprint(n + 1)) }, 1, 0},
		{"no order", func(int) string { return partPage("", 2, 1) }, 1, 0},
		{"no order over pages", func(n int) string { return partPage([]string{"3", ""}[n], 3-2*n) }, 2, 0},
		{"a part twice", func(int) string { return partPage("", 1, 1) }, 1, 0},
		{"part 0", func(int) string { return partPage("", 0) }, 1, 0},
		{"a part below 0", func(int) string { return partPage("", -1) }, 1, 0},
		{"a marker that is not the last part", func(n int) string { return partPage("9000", n+1) }, 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.Inject("ListParts", forEver, pages(row.page))
			parts, err := f.Parts(t.Context(), staging, "id")
			require.Equal(t, row.parts == 0, err != nil, "%v", err)
			require.Len(t, parts, row.parts)
			require.Equal(t, row.calls, f.fake.Calls("ListParts"))
		})
	}
}
