package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"nonsense"}} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, 2, run(t.Context(), args, &stdout, &stderr))
		require.Contains(t, stderr.String(), "usage: bucket command [flags]")
		require.Empty(t, stdout.String())
	}
}
