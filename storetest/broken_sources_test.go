package storetest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestBrokenSourcesFail proves the cases of several sources: each store breaks one promise.
func TestBrokenSourcesFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		store brokenDirect
		fails []string
	}{
		{"takes pieces that S3 refuses", brokenDirect{piece: func(int64) int64 { return rangeSize - 1 }}, []string{"PieceSize", "Promote of several sources"}},
		{"needs more parts than S3 has", brokenDirect{piece: func(int64) int64 { return int64(partSize) }}, []string{"PieceSize"}},
		{"takes only pieces of today's size", brokenDirect{promote: onlyToday}, []string{"Promote of sources of another size"}},
		{"publishes only the first source", brokenDirect{promote: onlyFirst}, []string{"Promote of several sources", "Promote of several sources with patches"}},
		{"publishes them in the order of their keys", brokenDirect{promote: byKeys}, []string{"Promote of several sources"}},
		{"publishes a source twice", brokenDirect{promote: firstTwice}, []string{"Promote of several sources"}},
		{"publishes what the keys hold", brokenDirect{promote: unpinned}, []string{"Promote of sources that have changed"}},
		{"pins only the first source", brokenDirect{promote: firstPinned}, []string{"Promote of sources that have changed"}},
		{"publishes sources of any size", brokenDirect{promote: anySize}, []string{"Promote of sources that have changed", "Promote of sources that do not fit"}},
		{"publishes what does not fit", brokenDirect{promote: byHand}, []string{"Promote of sources that do not fit"}},
		{"cuts a patch at the end of a source", brokenDirect{promote: inOnePart}, []string{"Promote of several sources with patches"}},
		{"takes only the first patch", brokenDirect{promote: firstPatch}, []string{"Promote of several sources with patches"}},
		{"ignores patches", brokenDirect{promote: unpatched}, []string{"Promote of several sources with patches", "Promote of several sources again"}},
		{"moves the sources", brokenDirect{promote: movingAll}, []string{"Promote of several sources", "Promote of several sources with patches"}},
		{"keeps no nonces", brokenDirect{promote: forgettingNonces}, []string{"Promote of several sources", "Promote of several sources again"}},
		{"promotes over others", brokenDirect{promote: overOthers}, []string{"Promote of several sources never replaces"}},
		{"claims the promotions of others", brokenDirect{promote: claiming}, []string{"Promote of several sources never replaces"}},
		{"only claims to promote", brokenDirect{promote: sayingThat}, []string{"Promote of several sources", "Promote of several sources again"}},
		{"leaves an upload open", brokenDirect{leftovers: []string{"upload-1"}}, []string{"Promote of several sources"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mustFail(t, tc.fails, func(t *testing.T) storage.DirectStorage {
				broken := tc.store
				broken.Store = served(t, asIs)
				return broken
			})
		})
	}
}

func onlyToday(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if len(p.Sources) > 1 && p.Sources[0].Size != s.PieceSize(p.Size) {
		return errors.New("another size")
	}
	return s.Promote(ctx, p)
}

func onlyFirst(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if len(p.Sources) > 1 {
		p.Sources, p.Size, p.Patches = p.Sources[:1], p.Sources[0].Size, nil
	}
	return s.Promote(ctx, p)
}

func byKeys(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.Sources = slices.SortedFunc(slices.Values(p.Sources), func(a, b storage.Source) int { return cmp.Compare(a.Key, b.Key) })
	return s.Promote(ctx, p)
}

func firstTwice(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if len(p.Sources) > 2 {
		p.Sources = slices.Clone(p.Sources)
		p.Sources[1] = p.Sources[0]
	}
	return s.Promote(ctx, p)
}

func firstPinned(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	first := slices.Clone(p.Sources[:min(len(p.Sources), 1)])
	p.Sources = slices.Clone(p.Sources)
	for i, src := range p.Sources {
		if now, err := s.Stat(ctx, src.Key); err == nil {
			p.Sources[i].ETag = now.ETag
		}
	}
	copy(p.Sources, first)
	return s.Promote(ctx, p)
}

// anySize publishes as many bytes as the sources have, whether they fit or not.
func anySize(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.Sources, p.Size = slices.Clone(p.Sources), 0
	for i, src := range p.Sources {
		if now, err := s.Stat(ctx, src.Key); err == nil {
			p.Sources[i].Size = now.Size
		}
		p.Size += p.Sources[i].Size
	}
	return byHand(ctx, s, p)
}

// byHand publishes what the store refuses because it does not fit.
func byHand(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if p.Valid() == nil {
		return s.Promote(ctx, p)
	}
	var all []io.Reader
	for _, src := range p.Sources {
		r, err := s.OpenAt(ctx, src.Key, src.ETag, 0, -1)
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	staged, err := s.Stage(ctx, storage.Object{Key: p.Key, MaxSize: 1 << 30}, io.MultiReader(all...))
	if err != nil {
		return err
	}
	return staged.Commit(ctx)
}

func movingAll(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	err := s.Promote(ctx, p)
	for _, src := range p.Sources {
		err = errors.Join(err, s.Delete(ctx, src.Key))
	}
	return err
}
