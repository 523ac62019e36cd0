package uploadtest

import (
	"context"
	"io"
	"time"

	"github.com/airlock-go/upload/storage"
)

// SlowStore returns a storage each of whose calls first waits for latency, except DirectMethods and
// PieceSize. Stage reads at most rate bytes a second, or at any speed if rate is 0. The storage
// waits by the clock of package time, so in a bubble of testing/synctest the waits take no real
// time. The end of a context also ends the wait, and the call fails. The storage keeps the
// abilities that [FailingStore.Storage] keeps.
func SlowStore(s storage.Storage, latency time.Duration, rate int64) storage.Storage {
	return (&front{slow{latency, rate}, s}).storage()
}

type slow struct {
	latency time.Duration
	rate    int64
}

func (s slow) call(ctx context.Context, _ Op, do func() error) error {
	if err := Wait(s.latency)(ctx); err != nil {
		return err
	}
	return do()
}

func (s slow) stage(ctx context.Context, r io.Reader, do func(io.Reader) error) error {
	if s.rate > 0 {
		r = &slowReader{ctx, r, s.rate}
	}
	return s.call(ctx, OpStage, func() error { return do(r) })
}

func (slow) note(string, int) {}

// slowReader reads at most a tenth of a second's bytes at a time, but at least one.
type slowReader struct {
	ctx  context.Context // of the Stage call
	r    io.Reader
	rate int64
}

func (s *slowReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p[:min(int64(len(p)), max(1, s.rate/10))])
	if wait := Wait(time.Duration(n) * time.Second / time.Duration(s.rate))(s.ctx); wait != nil {
		return n, wait
	}
	return n, err
}
