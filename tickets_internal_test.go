package upload

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTicketsAreForgotten: tickets of which there is nothing to remember take no
// room, and those that take it make room for others.
func TestTicketsAreForgotten(t *testing.T) {
	var s tickets
	visit := func(i int, f func(*ticketState)) {
		ticket := &sealed{ID: fmt.Sprint(i), Expires: time.Now().Add(time.Hour).Unix()}
		require.NoError(t, s.do(t.Context(), ticket, func(state *ticketState) error { f(state); return nil }))
	}
	for i := range 1000 {
		visit(i, func(*ticketState) {})
	}
	require.Empty(t, s.known)
	for i := range maxTickets + 1000 {
		visit(i, func(state *ticketState) { state.published = true })
	}
	require.LessOrEqual(t, len(s.known), maxTickets)
}

// TestExpiredTicketsAreForgotten: what is remembered does not grow with the time
// that a process runs.
func TestExpiredTicketsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s tickets
		for i := range 10_000 {
			ticket := &sealed{ID: fmt.Sprint(i), Expires: time.Now().Add(time.Minute).Unix()}
			require.NoError(t, s.do(t.Context(), ticket, func(state *ticketState) error {
				state.published = true
				return nil
			}))
			time.Sleep(time.Second)
		}
		require.Less(t, len(s.known), 500, "of which 90 are good")
	})
}
