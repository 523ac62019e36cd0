package chromium

import (
	"context"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Process is one browser for all tests of a package, since a start takes seconds of processor time.
// It starts with the first test that needs it.
type Process struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// Fresh returns the browser without the cookies and the cache of earlier tests. Tests that call it
// must not be parallel.
func (p *Process) Fresh(t testing.TB) *Browser {
	t.Helper()
	path := find(t)
	p.once.Do(func() { p.ctx, p.stop, p.err = start(context.Background(), path) })
	require.NoError(t, p.err)
	require.NoError(t, chromedp.Run(p.ctx, network.ClearBrowserCookies(), network.ClearBrowserCache()))
	return &Browser{p.ctx}
}

// Stop ends the browser after all tests.
func (p *Process) Stop() {
	if p.stop != nil {
		p.stop()
	}
}
