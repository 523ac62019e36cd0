package upload

import (
	"fmt"
	"testing"
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
