package ticket

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTicketsAreForgotten checks that tickets without anything to remember take no memory, and that
// others are evicted for new ones.
func TestTicketsAreForgotten(t *testing.T) {
	var s Turns
	visit := func(i int, f func(*State)) {
		expires := time.Now().Add(time.Hour)
		require.NoError(t, s.Do(t.Context(), fmt.Sprint(i), expires, func(state *State) error { f(state); return nil }))
	}
	for i := range 1000 {
		visit(i, func(*State) {})
	}
	require.Empty(t, s.known)
	for i := range maxTickets + 1000 {
		visit(i, func(state *State) { state.Published = true })
	}
	require.LessOrEqual(t, len(s.known), maxTickets)
}

// TestExpiredTicketsAreForgotten checks that memory does not grow with the time that a process
// runs.
func TestExpiredTicketsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Turns
		for i := range 10_000 {
			expires := time.Now().Add(time.Minute)
			require.NoError(t, s.Do(t.Context(), fmt.Sprint(i), expires, func(state *State) error {
				state.Published = true
				return nil
			}))
			time.Sleep(time.Second)
		}
		require.Less(t, len(s.known), 500, "at most 60 of these tickets have not expired")
	})
}
