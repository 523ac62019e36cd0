package chain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/storage"
)

// segment is what one Append acknowledged.
type segment struct {
	start int64
	bytes []byte
}

// requireAcknowledged fails the test unless the upload has all that was acknowledged, and
// no byte was acknowledged to two writers.
func requireAcknowledged(t testing.TB, c *chain.Chain, acknowledged []segment) {
	t.Helper()
	r, err := c.Open(t.Context())
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.EqualValues(t, len(got), state(t, c).Offset)
	owned := make([]bool, len(got))
	for _, s := range acknowledged {
		require.LessOrEqual(t, int(s.start)+len(s.bytes), len(got), "acknowledged bytes are gone")
		require.True(t, bytes.Equal(s.bytes, got[s.start:][:len(s.bytes)]), "bytes at %d differ", s.start)
		for i := range s.bytes {
			require.False(t, owned[int(s.start)+i], "byte %d has two writers", int(s.start)+i)
			owned[int(s.start)+i] = true
		}
	}
}

// TestWriters has three writers of different bytes race for one upload, as instances would.
func TestWriters(t *testing.T) {
	const cell, size, writers = 64, 1000, 3
	everywhere(t, func(t *testing.T, store chain.Store, merges bool) {
		var mu sync.Mutex
		var acknowledged []segment
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(uint64(w), 1))
				c := chain.New(store, prefix, size, cell)
				for {
					s, err := c.State(t.Context())
					if err != nil || s.Offset == size {
						require.NoError(t, err)
						return
					}
					b := bytes.Repeat([]byte{byte('a' + w)}, min(1+random.IntN(3*cell), size-int(s.Offset)))
					n, err := c.Append(t.Context(), s, chain.Template{}, bytes.NewReader(b))
					if err != nil {
						require.ErrorIs(t, err, chain.ErrTaken)
					}
					mu.Lock()
					acknowledged = append(acknowledged, segment{s.Offset, b[:n]})
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		c := chain.New(store, prefix, size, cell)
		requireAcknowledged(t, c, acknowledged)
		if !merges {
			return
		}
		whole, err := c.Open(t.Context())
		require.NoError(t, err)
		want, err := io.ReadAll(whole)
		require.NoError(t, err)
		results := make([][]storage.Source, writers)
		for i := range results { // each merges the same cells
			wg.Go(func() {
				var err error
				results[i], err = chain.New(store, prefix, size, cell).Sources(t.Context(), chain.Template{})
				require.NoError(t, err)
			})
		}
		wg.Wait()
		for _, sources := range results {
			require.Equal(t, results[0], sources)
			requireBytes(t, want, c.Read(t.Context(), sources))
		}
	})
}

// FuzzWriters has two writers interleave as a script says. Each appends to the last state that it
// has read while the other also writes. Readers fail, and the store refuses or loses its answers.
func FuzzWriters(f *testing.F) {
	f.Add(uint16(300), uint8(64), []byte("\x00\x40\x81\x20\x02\xff\x83\x10"))
	f.Add(uint16(64), uint8(64), []byte{0x44, 1, 0xc5, 64, 0x07, 200, 0x88, 3, 9, 255})
	f.Add(uint16(1), uint8(1), []byte{0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, size uint16, cell uint8, script []byte) {
		play(t, int64(size%2000)+1, int64(cell)+1, script[:min(len(script), 200)])
	})
}

// player plays a script.
type player struct {
	t            *testing.T
	store        *faulty
	chain        *chain.Chain
	size         int64
	script       []byte
	deep         int
	states       [2]chain.State // the last one that each writer has read
	acknowledged []segment
	offset       int64 // the largest of all states
	next         byte  // the last byte that was sent; the next one is one more
}

func play(t *testing.T, size, cell int64, script []byte) {
	store := &faulty{}
	p := &player{t: t, store: store, chain: chain.New(store, prefix, size, cell), size: size, script: script}
	for len(p.script) > 0 {
		p.step()
	}
	store.commit = nil
	requireAcknowledged(t, p.chain, p.acknowledged)
	requireWhole(t, p.chain, p.state().Offset == size)
}

// requireWhole requires that Sources and Open give the same bytes. If whole is false, it requires
// ErrIncomplete.
func requireWhole(t *testing.T, c *chain.Chain, whole bool) {
	sources, err := c.Sources(t.Context(), chain.Template{})
	if !whole {
		require.ErrorIs(t, err, chain.ErrIncomplete)
		return
	}
	require.NoError(t, err)
	r, err := c.Open(t.Context())
	require.NoError(t, err)
	want, err := io.ReadAll(r)
	require.NoError(t, err)
	requireBytes(t, want, c.Read(t.Context(), sources))
}

func (p *player) take() (b byte) {
	if len(p.script) > 0 {
		b, p.script = p.script[0], p.script[1:]
	}
	return b
}

// state asks for the state, and requires that its offset has not decreased.
func (p *player) state() chain.State {
	s := state(p.t, p.chain)
	require.GreaterOrEqual(p.t, s.Offset, p.offset)
	p.offset = s.Offset
	return s
}

var errBroken = errors.New("the reader broke off")

// step makes one writer append.
func (p *player) step() {
	op, length := p.take(), int(p.take())
	w := op & 1
	if op&2 == 0 {
		p.states[w] = p.state()
	}
	s := p.states[w]
	b := make([]byte, min(length, int(p.size-s.Offset)))
	for i := range b {
		p.next++
		b[i] = p.next
	}
	r := &nesting{player: p, r: bytes.NewReader(b), nest: op&4 != 0}
	if op&8 != 0 {
		r.err = errBroken
	}
	faults := int(op >> 6) // 1 loses answers, 2 refuses
	p.store.commit = func(_ context.Context, _ string, do func() error) error {
		if op&16 != 0 {
			p.nest()
		}
		switch faults {
		case 1:
			return errors.Join(do(), storage.ErrUnknownOutcome)
		case 2:
			return errStore
		}
		return do()
	}
	n, err := p.chain.Append(p.t.Context(), s, chain.Template{}, r)
	if err == nil {
		require.EqualValues(p.t, len(b), n)
	} else {
		known := false
		for _, e := range []error{errBroken, chain.ErrTaken, chain.ErrTooMany, storage.ErrUnknownOutcome, errStore} {
			known = known || errors.Is(err, e)
		}
		require.True(p.t, known, "%v", err)
	}
	p.acknowledged = append(p.acknowledged, segment{s.Offset, b[:n]})
	if n > 0 {
		require.GreaterOrEqual(p.t, p.state().Offset, s.Offset+n)
	}
}

// nest makes the other writer, or this one, append within a step.
func (p *player) nest() {
	if p.deep == 3 || len(p.script) == 0 {
		return
	}
	p.deep++
	commit := p.store.commit
	p.step()
	p.store.commit = commit
	p.deep--
}

// nesting is a reader whose reads call nest first, if its field nest is true.
type nesting struct {
	player *player
	r      io.Reader
	nest   bool
	err    error // in the place of io.EOF
}

func (r *nesting) Read(b []byte) (int, error) {
	if r.nest {
		r.player.nest()
	}
	n, err := r.r.Read(b[:min(len(b), 50)])
	if err == io.EOF && r.err != nil {
		err = fmt.Errorf("nested: %w", r.err)
	}
	return n, err
}
