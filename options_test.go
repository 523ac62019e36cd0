package upload_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

func TestNewNeedsAllThree(t *testing.T) {
	store, policy := &memstore.Store{}, upload.NotEmpty()
	for _, build := range []func() (*upload.Handler, error){
		func() (*upload.Handler, error) { return upload.New(nil, policy, upload.AllowAnonymous, nil) },
		func() (*upload.Handler, error) { return upload.New(store, nil, upload.AllowAnonymous, nil) },
		func() (*upload.Handler, error) { return upload.New(store, policy, nil, nil) },
	} {
		h, err := build()
		require.Error(t, err)
		require.Nil(t, h)
	}
}

// TestOptions: New refuses negative options, and limits of files and text above the largest.
func TestOptions(t *testing.T) {
	const maxText = 64 << 20
	for _, tc := range []struct {
		about string
		o     upload.Options
		ok    bool
	}{
		{"none", upload.Options{}, true},
		{"a negative limit", upload.Options{MaxFileSize: -1}, false},
		{"a negative time", upload.Options{StallTimeout: -1}, false},
		{"a negative number of slots", upload.Options{MaxConcurrent: -1}, false},
		{"the largest file", upload.Options{MaxFileSize: largestFile}, true},
		{"a byte of a file more", upload.Options{MaxFileSize: largestFile + 1}, false},
		{"long times", upload.Options{StallTimeout: math.MaxInt64, CheckTimeout: time.Hour}, true},
		{"the most text", upload.Options{MaxTextSize: maxText}, true},
		{"a byte of text more", upload.Options{MaxTextSize: maxText + 1}, false},
	} {
		t.Run(tc.about, func(t *testing.T) {
			h, err := upload.New(&memstore.Store{}, upload.NotEmpty(), upload.AllowAnonymous, &tc.o)
			require.Equal(t, tc.ok, err == nil, "%v", err)
			require.Equal(t, tc.ok, h != nil)
		})
	}
}
