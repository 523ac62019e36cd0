package uploadtest_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// stager hides all abilities of a store except those of storage.Storage.
type stager = storage.Storage

type combined struct {
	about                       string
	store                       storage.Storage
	read, direct, link, verdict bool
}

type readers struct{ inner *memstore.Store }

func (r readers) Stat(ctx context.Context, key string) (storage.Stored, error) {
	return r.inner.Stat(ctx, key)
}

func (r readers) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	return r.inner.OpenAt(ctx, key, etag, offset, length)
}

type signer struct{ inner *memstore.Store }

func (s signer) SignGet(ctx context.Context, key string, g storage.SignedGet) (string, error) {
	return s.inner.SignGet(ctx, key, g)
}

type judge struct{ inner *memstore.Store }

func (j judge) ScanVerdict(ctx context.Context, key, version string) (storage.ScanResult, error) {
	return j.inner.ScanVerdict(ctx, key, version)
}

type (
	linker struct {
		stager
		readers
		signer
	}
	judging struct {
		linker
		judge
	}
	directing struct{ storage.DirectStorage }
	both      struct {
		storage.DirectStorage
		signer
	}
	bothJudging struct {
		both
		judge
	}
)

// combinations returns stores over m with each combination of abilities that wrappers keep. Direct
// uploads and links come with reading, and verdicts need it.
func combinations(m *memstore.Store) []combined {
	j, l := judge{m}, linker{m, readers{m}, signer{m}}
	b := both{m, signer{m}}
	return []combined{
		{"plain", struct{ stager }{m}, false, false, false, false},
		{"reading", struct {
			stager
			readers
		}{m, readers{m}}, true, false, false, false},
		{"reading and verdicts", struct {
			stager
			readers
			judge
		}{m, readers{m}, j}, true, false, false, true},
		{"direct and verdicts", struct {
			directing
			judge
		}{directing{m}, j}, true, true, false, true},
		{"links", l, true, false, true, false},
		{"links and verdicts", judging{l, j}, true, false, true, true},
		{"direct", directing{m}, true, true, false, false},
		{"direct and links", b, true, true, true, false},
		{"direct, links and verdicts", bothJudging{b, j}, true, true, true, true},
		{"all", m, true, true, true, true},
	}
}

// TestAbilitiesAreKept checks that a wrapped store has exactly the abilities of the inner one, of
// those that wrappers keep.
func TestAbilitiesAreKept(t *testing.T) {
	for _, c := range combinations(&memstore.Store{}) {
		for about, s := range map[string]storage.Storage{
			"failing": uploadtest.NewFailingStore(c.store).Storage(),
			"slow":    uploadtest.SlowStore(c.store, 0, 0),
			"itself":  c.store, // which checks the table
		} {
			_, direct := s.(storage.DirectStorage)
			_, link := s.(storage.LinkStorage)
			_, verdict := s.(storage.ScanReader)
			_, read := s.(storage.ObjectReader)
			require.Equal(t, []bool{c.read, c.direct, c.link, c.verdict}, []bool{read, direct, link, verdict}, "%s, %s", c.about, about)
		}
	}
}
