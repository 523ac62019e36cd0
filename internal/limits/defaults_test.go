package limits_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/limits"
	"github.com/airlock-go/upload/limit"
)

// TestDefaults checks that each zero limit gets the default that limit.Limits names, and others
// stay as they are.
func TestDefaults(t *testing.T) {
	got, err := limits.Limits(limit.Limits{}).WithDefaults()
	require.NoError(t, err)
	require.Equal(t, limit.Limits{
		Window: time.Hour, Requests: 1000, Files: 500, Bytes: 1 << 30,
		Concurrent: 16, Signed: 500, AllConcurrent: 1000, AllSigned: 100_000,
	}, limit.Limits(got))

	own := limits.Limits{
		Window: time.Minute, Requests: 1, Files: 2, Bytes: 3,
		Concurrent: 4, Signed: 5, AllConcurrent: 6, AllSigned: 7,
	}
	got, err = own.WithDefaults()
	require.NoError(t, err)
	require.Equal(t, own, got)
}

// TestBounds checks that the smallest limits, and the largest Window and Bytes, are accepted. Values
// just outside are refused. It skips 0, which means the default.
func TestBounds(t *testing.T) {
	for about, tc := range map[string]struct{ accepted, refused limits.Limits }{
		"shortest window":       {accepted: limits.Limits{Window: time.Second}, refused: limits.Limits{Window: time.Second - 1}},
		"longest window":        {accepted: limits.Limits{Window: 31 * 24 * time.Hour}, refused: limits.Limits{Window: 31*24*time.Hour + 1}},
		"most bytes":            {accepted: limits.Limits{Bytes: min(math.MaxInt, 1<<52)}, refused: limits.Limits{Bytes: min(math.MaxInt, 1<<52) + 1}},
		"fewest requests":       {accepted: limits.Limits{Requests: 1}, refused: limits.Limits{Requests: -1}},
		"fewest files":          {accepted: limits.Limits{Files: 1}, refused: limits.Limits{Files: -1}},
		"fewest bytes":          {accepted: limits.Limits{Bytes: 1}, refused: limits.Limits{Bytes: -1}},
		"fewest at once":        {accepted: limits.Limits{Concurrent: 1}, refused: limits.Limits{Concurrent: -1}},
		"fewest signed":         {accepted: limits.Limits{Signed: 1}, refused: limits.Limits{Signed: -1}},
		"fewest of all at once": {accepted: limits.Limits{AllConcurrent: 1}, refused: limits.Limits{AllConcurrent: -1}},
		"fewest of all signed":  {accepted: limits.Limits{AllSigned: 1}, refused: limits.Limits{AllSigned: -1}},
	} {
		_, err := tc.accepted.WithDefaults()
		require.NoError(t, err, about)
		_, err = tc.refused.WithDefaults()
		require.Error(t, err, about)
	}
}
