package upload

import (
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProgressForgets: an id that is used repeatedly is kept once.
func TestProgressForgets(t *testing.T) {
	p, r := &Progress{}, httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Upload-Id", "id")
	for range 100 {
		left, ended := p.begin(r, "ann", StateWaiting, 1), p.begin(r, "ann", StateWaiting, 1)
		ended.is(StateDone, "")
		left.is(StateRefused, CodeClientGone)
		ended.is(StateRefused, CodeClientGone)
	}
	require.Len(t, p.table.known, 1)
	require.Equal(t, 1, p.table.ended.Len())
	require.Equal(t, 1, p.table.subjects["ann"].known)
	require.Equal(t, 1, p.table.subjects["ann"].ended.Len())
	s, ok := p.Get("ann", "id")
	require.True(t, ok)
	require.Equal(t, StateDone, s.State)
}

// TestProgressShares: one subject's uploads evict its own and no others.
func TestProgressShares(t *testing.T) {
	for _, tc := range []struct {
		about, subject string
		max            int
		known          int
	}{
		{"by default", "ann", 0, 100},
		{"by default, anonymous", "", 0, 5000},
		{"a large table", "ann", 20_000, 200},
		{"a small table", "ann", 100, 10},
		{"a small table, anonymous", "", 100, 50},
		{"a tiny table", "ann", 4, 2},
		{"a tiny table, anonymous", "", 4, 2},
	} {
		t.Run(tc.about, func(t *testing.T) {
			for _, ends := range []bool{true, false} {
				p := &Progress{MaxUploads: tc.max}
				begin := func(subject, id string) *tracked {
					r := httptest.NewRequest("POST", "/", nil)
					r.Header.Set("Upload-Id", id)
					return p.begin(r, subject, StateReceiving, 1)
				}
				others := []string{"bob", "bea"}
				for _, other := range others {
					begin(other, "done").is(StateDone, "")
				}
				n := max(2001, 2*tc.known+1)
				for i := range n {
					if u := begin(tc.subject, strconv.Itoa(i)); ends {
						u.is(StateDone, "")
					}
				}
				for _, other := range others {
					_, ok := p.Get(other, "done")
					require.True(t, ok)
				}
				first, last := 0, tc.known-1
				if ends {
					first, last = n-tc.known, n-1
				}
				for i := range n {
					_, ok := p.Get(tc.subject, strconv.Itoa(i))
					require.Equal(t, first <= i && i <= last, ok, i)
				}
				require.Equal(t, tc.known, p.table.subjects[tc.subject].known)
				require.Len(t, p.table.known, tc.known+len(others))
			}
		})
	}
}
