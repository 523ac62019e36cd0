package chain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

var errKilled = errors.New("the process was killed")

// mortal is the store of a process that is killed at one of its calls, before the store carries it
// out or after that. Stage and OpenAt do not count: no other process sees their effects.
type mortal struct {
	*memstore.Store
	mu    sync.Mutex
	left  int // the call at which the process is killed, counted down; negative: it is not killed
	after bool
	dead  bool
}

func (m *mortal) call(do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errKilled
	}
	if m.left--; m.left != 0 {
		return do()
	}
	m.dead = true
	if m.after {
		_ = do()
	}
	return errKilled
}

func (m *mortal) Stage(ctx context.Context, obj storage.Object, r io.Reader) (staged storage.Staged, err error) {
	staged, err = m.Store.Stage(ctx, obj, r)
	return mortalStaged{staged, m}, err
}

type mortalStaged struct {
	storage.Staged
	m *mortal
}

func (s mortalStaged) Commit(ctx context.Context) error {
	return s.m.call(func() error { return s.Staged.Commit(ctx) })
}

func (m *mortal) ListObjects(ctx context.Context, prefix, after string) (page storage.ListPage[storage.ListedObject], err error) {
	err = m.call(func() error { page, err = m.Store.ListObjects(ctx, prefix, after); return err })
	return page, err
}

func (m *mortal) Stat(ctx context.Context, key string) (o storage.Stored, err error) {
	err = m.call(func() error { o, err = m.Store.Stat(ctx, key); return err })
	return o, err
}

func (m *mortal) Delete(ctx context.Context, key string) error {
	return m.call(func() error { return m.Store.Delete(ctx, key) })
}

func (m *mortal) Promote(ctx context.Context, p storage.Promotion) error {
	return m.call(func() error { return m.Store.Promote(ctx, p) })
}

// life is one upload: its store, and what its client and its host have seen.
type life struct {
	store        memstore.Store
	content      []byte
	verdict      string
	acknowledged int64 // bytes that were acknowledged to the client
	host         int   // calls of the host's function
}

const publishedKey = "up/file"

// request is what one process does for the client. It stores the rest of the content in pieces of
// 40 bytes, or ends the upload as terminated. Then it carries out what was decided.
func (l *life) request(t *testing.T, m *mortal, terminate bool) error {
	ctx, c := t.Context(), chain.New(m, prefix, int64(len(l.content)), 5<<20)
	s, err := c.State(ctx)
	for err == nil && s.End == nil && !terminate && s.Offset < int64(len(l.content)) {
		next := min(s.Offset+40, int64(len(l.content)))
		var n int64
		n, err = c.Append(ctx, s, chain.Template{}, bytes.NewReader(l.content[s.Offset:next]))
		if n > 0 {
			l.acknowledged = s.Offset + n
		}
		if err == nil {
			s, err = c.State(ctx)
		}
	}
	if err != nil {
		return err
	}
	decided := l.verdict
	if terminate {
		decided = "terminated"
	}
	if s.End != nil {
		decided = string(s.End.Data)
	} else if data, err := c.End(ctx, []byte(decided)); err != nil {
		return err
	} else {
		decided = string(data)
	}
	if decided == "accepted" && s.Done == nil {
		if err := l.publish(ctx, c, m); err != nil {
			return err
		}
	}
	return c.Remove(ctx, true)
}

// publish finishes an accepted upload.
func (l *life) publish(ctx context.Context, c *chain.Chain, m *mortal) error {
	sources, err := c.Sources(ctx, chain.Template{})
	if err != nil {
		return err
	}
	p := storage.Promotion{Sources: sources, Key: publishedKey, Size: int64(len(l.content)), Nonce: "of the ticket"}
	if err := m.Promote(ctx, p); err != nil {
		return err
	}
	if err := m.call(func() error { l.host++; return nil }); err != nil {
		return err
	}
	_, err = c.Done(ctx, []byte("done"))
	return err
}

// TestCrashes kills a process at each call that mortal counts, before and after the store carries
// it out. Then another process continues.
func TestCrashes(t *testing.T) {
	for _, verdict := range []string{"accepted", "refused"} {
		for _, terminate := range []bool{false, true} {
			points := 0
			for _, after := range []bool{false, true} {
				for at := 1; ; at++ {
					l := &life{content: content(100), verdict: verdict}
					first := &mortal{Store: &l.store, left: at, after: after}
					err := l.request(t, first, false)
					if !first.dead {
						require.NoError(t, err)
						break
					}
					points++
					t.Run(fmt.Sprintf("%s, terminate=%v, after=%v, call %d", verdict, terminate, after, at), func(t *testing.T) {
						require.Error(t, err)
						l.goOn(t, terminate)
					})
				}
			}
			require.Greater(t, points, 20)
		}
	}
}

// goOn continues in another process, and checks the result.
func (l *life) goOn(t *testing.T, terminate bool) {
	immortal := &mortal{Store: &l.store, left: -1}
	c := chain.New(immortal, prefix, int64(len(l.content)), 5<<20)
	if s := state(t, c); s.End == nil {
		require.GreaterOrEqual(t, s.Offset, l.acknowledged)
		requireHolds(t, c, l.content[:s.Offset])
	}
	require.NoError(t, l.request(t, immortal, terminate))
	s := state(t, c)
	end := string(s.End.Data)
	if !terminate {
		require.Equal(t, l.verdict, end)
	}
	want := []string{prefix + "0-end"}
	if end == "accepted" {
		require.Equal(t, "done", string(s.Done))
		require.Positive(t, l.host)
		r, err := l.store.OpenAt(t.Context(), publishedKey, "", 0, -1)
		require.NoError(t, err)
		requireBytes(t, l.content, r)
		want = []string{publishedKey, prefix + "0-done", prefix + "0-end"}
	} else {
		require.Zero(t, l.host)
	}
	require.Equal(t, want, l.store.Keys())
}
