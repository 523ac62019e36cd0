package s3store

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

// panicking is a slog handler that panics.
type panicking struct{ slog.Handler }

func (panicking) Enabled(context.Context, slog.Level) bool { panic("boom") }

// TestLoggerThatPanics checks that a panicking logger does not interrupt the clean-up that warns.
func TestLoggerThatPanics(t *testing.T) {
	s, err := New(s3.New(s3.Options{Region: "eu-west-1"}), "bucket", &Options{Logger: slog.New(panicking{})})
	require.NoError(t, err)
	require.NotPanics(t, func() { (&target{store: s, key: "k"}).warn(t.Context(), errors.New("no")) })
}
