package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/uploadtest"
)

func TestBothSidesAreWhole(t *testing.T) {
	s := newSurvey()
	var out strings.Builder
	require.True(t, s.both(&out, uploadtest.Legitimate(), attacks()), out.String())
	require.NotContains(t, out.String(), " 0 of 0", "a side without a sample")
	t.Log("\n" + out.String())
}

func TestBothSidesNameWhatIsWrong(t *testing.T) {
	s := newSurvey()
	table := uploadtest.Sample{Name: "sum", FileName: "a.csv", Type: "text/csv", Content: []byte("a,=1+2\n")}
	words := uploadtest.Sample{Name: "words", FileName: "b.csv", Type: "text/csv", Content: []byte("a,b\n")}
	samples := slices.Values([]uploadtest.Sample{table, words})
	var out strings.Builder
	require.False(t, s.both(&out, samples, samples))
	require.Equal(t, `type      legitimate accepted  attacks refused
text/csv  1 of 2               1 of 2
all       1 of 2               1 of 2
refused: sum: active_content formula: has a cell that a spreadsheet may compute at byte 2
accepted: words
`, out.String())
}
