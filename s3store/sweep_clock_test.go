package s3store_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/sweep"
)

const day = 24 * time.Hour

// dated answers with another Date, or without one if it is "".
func dated(date string) s3fake.Fault {
	return func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		w.Header()["Date"] = nil
		if date != "" {
			w.Header().Set("Date", date)
		}
		serve(w, r)
	}
}

// httpDate returns the process's clock, ahead by so much, as HTTP writes it.
func httpDate(ahead time.Duration) string { return time.Now().Add(ahead).UTC().Format(http.TimeFormat) }

// newClockedBucket returns a bucket whose service has a clock of its own. Six objects and an upload
// are nine days old; of those, "p/orphan" and the upload are orphans. "p/young" and another upload
// are new.
func newClockedBucket(t *testing.T, skew time.Duration) *s3fake.Server {
	t.Helper()
	fake := s3fake.New("bucket")
	fake.Skew = skew
	fake.PageSize = 3
	for _, name := range []string{"kept", "kept2", "kept3", "kept4", "kept5", "orphan"} {
		fake.Put("p/"+name, []byte("0123456789"))
	}
	begin(t, fake, "p/upload-staging/old")
	fake.Age(9 * day)
	fake.Put("p/young", []byte("0123456789"))
	begin(t, fake, "p/upload-staging/young")
	return fake
}

// begin opens a multipart upload.
func begin(t *testing.T, fake *s3fake.Server, key string) {
	t.Helper()
	w := httptest.NewRecorder()
	fake.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/bucket/"+key+"?uploads", nil))
	require.Equal(t, http.StatusOK, w.Code)
}

// sweepClocked sweeps and removes, without the SDK's correction of the times of its requests if
// uncorrected is true.
func sweepClocked(t *testing.T, fake *s3fake.Server, uncorrected bool) (sweep.Report, error) {
	t.Helper()
	server := httptest.NewUnstartedServer(fake)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	defer server.Close()
	store, err := s3store.New(client(server.URL, func(o *s3.Options) { o.DisableClockSkewCorrection = uncorrected }), "bucket",
		&s3store.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	kept := func(_ context.Context, keys []string) (known []string, _ error) {
		for _, key := range keys {
			if strings.HasPrefix(key, "p/kept") {
				known = append(known, key)
			}
		}
		return known, nil
	}
	sweeper, err := sweep.New(store, kept, &sweep.Options{Prefix: "p", Remove: true, Rate: 100_000, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return sweeper.Run(t.Context(), "")
}

// TestListTimes checks that times are the service's, whatever the process's clock, and zero where
// there are none.
func TestListTimes(t *testing.T) {
	for _, skew := range []time.Duration{0, 10 * time.Minute, -9 * day, 9 * day} {
		f := newFixture(t, setup{})
		f.fake.Skew = skew
		objects, err := f.ListObjects(t.Context(), "", "")
		require.NoError(t, err)
		require.WithinDuration(t, time.Now().Add(skew), objects.Time, time.Minute)
		uploads, err := f.ListUploads(t.Context(), "", "")
		require.NoError(t, err)
		require.WithinDuration(t, time.Now().Add(skew), uploads.Time, time.Minute)

		f.fake.Inject("", forEver, dated(""))
		objects, err = f.ListObjects(t.Context(), "", "")
		require.NoError(t, err)
		require.Zero(t, objects.Time)
		uploads, err = f.ListUploads(t.Context(), "", "")
		require.NoError(t, err)
		require.Zero(t, uploads.Time)
	}
}

// TestSweepClocks checks process and service clocks that differ. With clocks that are far apart, or
// an unknown one, nothing is removed, whether or not the SDK corrects the times of its requests.
// The error then says what to do.
func TestSweepClocks(t *testing.T) {
	const clocks = "set the clock that is wrong"
	for _, row := range []struct {
		name    string
		skew    time.Duration // of the service
		fault   s3fake.Fault  // in its lists
		text    string        // of the error; "" if the sweep succeeds
		refused bool          // by the service, if the SDK does not correct the clock
	}{
		{name: "the clocks are the same", skew: 0},
		{name: "the process is a few minutes ahead", skew: -10 * time.Minute},
		{name: "the process is a few minutes slow", skew: 10 * time.Minute},
		{name: "the process is half an hour ahead", skew: -30 * time.Minute, refused: true},
		{name: "the process is nine days ahead", skew: -9 * day, text: clocks, refused: true},
		{name: "the process is nine days slow", skew: 9 * day, text: clocks, refused: true},
		{name: "the process is two hours ahead", skew: -2 * time.Hour, text: clocks, refused: true},
		{name: "no Date", fault: dated(""), text: "a proxy removes the Date header"},
		{name: "a Date that is none", fault: dated("yesterday"), text: "a proxy removes the Date header"},
		{name: "a Date nine days ahead", fault: dated(httpDate(9 * day)), text: clocks},
		{name: "a Date nine days in the past", fault: dated(httpDate(-9 * day)), text: clocks},
		{name: "a Date of 1970", fault: dated("Thu, 01 Jan 1970 00:00:00 GMT"), text: clocks},
	} {
		for _, uncorrected := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, corrected %v", row.name, !uncorrected), func(t *testing.T) {
				fake := newClockedBucket(t, row.skew)
				if row.fault != nil {
					fake.Inject("ListObjectsV2", forEver, row.fault)
				}
				got, err := sweepClocked(t, fake, uncorrected)
				switch {
				case uncorrected && row.refused:
					require.ErrorContains(t, err, "RequestTimeTooSkewed")
					require.ErrorContains(t, err, clocks)
				case row.text != "":
					require.ErrorContains(t, err, row.text)
				default:
					require.NoError(t, err)
					require.Equal(t, 2, got.Removed)
					require.Equal(t, 1, fake.OpenUploads())
					require.Equal(t, []string{"p/kept", "p/kept2", "p/kept3", "p/kept4", "p/kept5", "p/young"}, fake.Keys())
					return
				}
				require.Zero(t, got.Removed)
				require.Equal(t, 2, fake.OpenUploads())
				require.Equal(t, []string{"p/kept", "p/kept2", "p/kept3", "p/kept4", "p/kept5", "p/orphan", "p/young"}, fake.Keys())
			})
		}
	}
}
