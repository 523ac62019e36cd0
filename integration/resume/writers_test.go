package resume_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTwoWriters sends one upload from two clients to two instances. One file is published, of the
// right bytes, and both learn its key.
func TestTwoWriters(t *testing.T) {
	c := newCluster(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	one, two := newSent(c.proxy+"/files/", 0, 2*kib), newSent("", 1, 2*kib)
	one.sender.content = letters(one.sender.random, 11*mib)
	for one.sender.url == "" {
		require.ErrorIs(t, one.sender.create(ctx), errAgain)
	}
	two.sender.content, two.sender.url = one.sender.content, one.sender.url
	one.sha256 = sumOf(one.sender.content)
	var both sync.WaitGroup
	both.Go(func() { one.run(ctx, t) })
	both.Go(func() { two.run(ctx, t) })
	both.Wait()
	require.Equal(t, one.file.Key, two.file.Key)
	c.requirePublished(t, []*sent{one})
}
