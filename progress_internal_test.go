package upload

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProgressForgets: an id that is used again and again is kept once.
func TestProgressForgets(t *testing.T) {
	p, r := &Progress{}, httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Upload-Id", "id")
	for range 100 {
		left, ended := p.begin(r, "ann", StateWaiting, 1), p.begin(r, "ann", StateWaiting, 1)
		ended.is(StateDone, "")
		left.is(StateRefused, CodeGone)
		ended.is(StateRefused, CodeGone)
	}
	require.Len(t, p.known, 1)
	require.Equal(t, 1, p.ended.Len())
	s, ok := p.Get("ann", "id")
	require.True(t, ok)
	require.Equal(t, StateDone, s.State)
}
