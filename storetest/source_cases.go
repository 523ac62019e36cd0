package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
)

var sourceCases = []testCase[*direct]{
	{"PieceSize", "a file needs no more pieces than S3 allows parts, and PieceSize is a size that S3 allows for a part", pieceSizes},
	{"Promote of several sources", "the new object has their bytes in the given order, and the promotion's type, name, nonce and facts; the sources stay", promotesSources},
	{"Promote of several sources with patches", "patches within sources, at their borders and across them", promotesSourcesPatched},
	{"Promote of sources of another size", "they need not have today's PieceSize, with and without patches", promotesOtherSizes},
	{"Promote of sources that do not fit", "no source, another order or sizes that differ: an error, and nothing is readable", promotesUnfit},
	{"Promote of several sources never replaces", "a key that another nonce has taken is storage.ErrExists, and its object stays", sourcesNeverReplace},
	{"Promote of several sources again", "with the same nonce it is not an error, also in parallel and without the sources", promotesSourcesAgain},
	{"Promote of sources that have changed", "a source that is gone, replaced or of another size is storage.ErrChanged, and nothing is readable", promotesSourcesChanged},
}

// pieceAnd returns the size of a piece plus more bytes.
func (s *direct) pieceAnd(more int) int { return int(s.PieceSize(int64(2*partSize))) + more }

func pieceSizes(_ context.Context, s *direct) error {
	least := int64(partSize)
	for _, size := range []int64{1, least, 100 << 20, storage.MaxParts * least, storage.MaxParts*least + 1, 1 << 40, 5 << 40} {
		piece := s.PieceSize(size)
		if piece < least || piece > storage.MaxPartSize || (size+piece-1)/piece > storage.MaxParts {
			return fmt.Errorf("PieceSize(%d) is %d", size, piece)
		}
	}
	return nil
}

func promotesSources(ctx context.Context, s *direct) error {
	for i, size := range []int{1, partSize, 2 * s.pieceAnd(0), s.pieceAnd(1), 6*partSize + 1000} {
		p, err := s.inPieces(ctx, longContent(size))
		if err != nil {
			return err
		}
		if i%2 == 0 {
			p.promotion.SHA256 = digest(p.content)
		}
		if err := s.promotesPieces(ctx, p, p.content); err != nil {
			return fmt.Errorf("%d bytes: %w", size, err)
		}
	}
	return nil
}

func promotesSourcesPatched(ctx context.Context, s *direct) error {
	size := s.pieceAnd(0) + s.pieceAnd(1000)
	staged := longContent(size)
	p, err := s.inPieces(ctx, staged)
	if err != nil {
		return err
	}
	first, end := p.promotion.Sources[0].Size, int64(size)
	takesTurn := rounds.SpreadTurns(3)
	for name, list := range map[string][]storage.Patch{
		"none":                       {},
		"the first and last byte":    {says(0, "#"), says(end-1, "#")},
		"the last byte of a source":  {says(first-1, "#")},
		"the first byte of a source": {says(first, "#")},
		"across two sources":         {says(first-2, "1234"), zeros(2*first-500, 1000)},
		"across three sources":       {zeros(first-1, first+2)},
		"all":                        {zeros(0, end)},
		"the last source":            {zeros(end-10, 5), says(end-5, "12345")},
		"many":                       everyTenth(200_000),
	} {
		if !takesTurn() {
			continue
		}
		again := pieces{p.promotion, staged}
		again.promotion.Nonce, again.promotion.Key = rand.Text(), publishedKey()
		again.patch(list...)
		if err := s.promotes(ctx, again); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := s.Delete(ctx, again.promotion.Key); err != nil {
			return fmt.Errorf("Delete: %w", err)
		}
	}
	return s.piecesStay(ctx, p.promotion.Sources, staged)
}

func promotesOtherSizes(ctx context.Context, s *direct) error {
	for _, size := range []int{partSize, s.pieceAnd(64 << 10), s.pieceAnd(partSize)} {
		staged := longContent(2*size + 1000)
		p, err := s.inPiecesOf(ctx, size, staged)
		if err != nil {
			return err
		}
		for _, list := range [][]storage.Patch{nil, {zeros(int64(size)-5, 10), says(int64(len(staged))-1, "#")}} {
			again := pieces{p.promotion, staged}
			again.promotion.Nonce, again.promotion.Key = rand.Text(), publishedKey()
			again.patch(list...)
			if err := s.promotes(ctx, again); err != nil {
				return fmt.Errorf("pieces of %d bytes: %w", size, err)
			}
		}
		if err := s.piecesStay(ctx, p.promotion.Sources, staged); err != nil {
			return fmt.Errorf("pieces of %d bytes: %w", size, err)
		}
	}
	return nil
}

func promotesUnfit(ctx context.Context, s *direct) error {
	staged := longContent(2 * s.pieceAnd(500))
	p, err := s.inPieces(ctx, staged)
	if err != nil {
		return err
	}
	last := len(p.promotion.Sources) - 1
	for name, change := range map[string]func(*storage.Promotion){
		"no source":                  func(p *storage.Promotion) { p.Sources = nil },
		"fewer bytes than the size":  func(p *storage.Promotion) { p.Sources = p.Sources[:last] },
		"more bytes than the size":   func(p *storage.Promotion) { p.Size-- },
		"the short one first":        func(p *storage.Promotion) { slices.Reverse(p.Sources) },
		"a short one in the middle":  func(p *storage.Promotion) { p.Sources[last], p.Sources[1] = p.Sources[1], p.Sources[last] },
		"a source without a key":     func(p *storage.Promotion) { p.Sources[1].Key = "" },
		"a source without an ETag":   func(p *storage.Promotion) { p.Sources[1].ETag = "" },
		"a SHA-256 of the sources":   func(p *storage.Promotion) { p.SourceSHA256 = digest(staged) },
		"the same source once more":  func(p *storage.Promotion) { p.Sources = append(p.Sources, p.Sources[0]) },
		"a source of negative bytes": func(p *storage.Promotion) { p.Sources[1].Size = -p.Sources[1].Size },
	} {
		unfit := p.promotion
		unfit.Sources = slices.Clone(unfit.Sources)
		change(&unfit)
		if err := s.Promote(ctx, unfit); err == nil {
			return fmt.Errorf("%s: Promote returned nil", name)
		}
		if err := s.absent(ctx, unfit.Key); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return s.piecesStay(ctx, p.promotion.Sources, staged)
}

func sourcesNeverReplace(ctx context.Context, s *direct) error {
	p, err := s.inPieces(ctx, longContent(s.pieceAnd(500)))
	if err != nil {
		return err
	}
	other, err := s.inPieces(ctx, longContent(s.pieceAnd(501))[1:])
	if err != nil {
		return err
	}
	if err := s.promotesPieces(ctx, p, p.content); err != nil {
		return err
	}
	other.promotion.Key = p.promotion.Key
	if err := s.Promote(ctx, other.promotion); !errors.Is(err, storage.ErrExists) {
		return fmt.Errorf("Promote to a taken key returned %v", err) //nolint:errorlint // it may be nil
	}
	if err := s.publishes(ctx, p.promotion, p.content); err != nil {
		return err
	}
	list := slices.Repeat([]storage.Promotion{other.promotion}, 4)
	for i := range list {
		list[i].Key, list[i].Nonce = publishedKey(), rand.Text()
		list[i].Key = list[0].Key
	}
	winners, errs := s.atOnce(ctx, list)
	if len(winners) != 1 {
		return fmt.Errorf("%d promotions to one key succeeded; %w", len(winners), errors.Join(errs...))
	}
	return s.publishes(ctx, winners[0], other.content)
}

func promotesSourcesAgain(ctx context.Context, s *direct) error {
	staged := longContent(s.pieceAnd(500))
	for _, list := range [][]storage.Patch{nil, {zeros(partSize-5, 10)}} {
		p, err := s.inPieces(ctx, staged)
		if err != nil {
			return err
		}
		p.patch(list...)
		if _, errs := s.atOnce(ctx, slices.Repeat([]storage.Promotion{p.promotion}, 8)); errs != nil {
			return errors.Join(errs...)
		}
		if err := s.promotesPieces(ctx, p, staged); err != nil {
			return err
		}
		for _, src := range p.promotion.Sources {
			if err := s.Delete(ctx, src.Key); err != nil {
				return fmt.Errorf("Delete: %w", err)
			}
			if err := s.Promote(ctx, p.promotion); err != nil {
				return fmt.Errorf("Promote of a published object, without a source: %w", err)
			}
		}
		if err := s.publishes(ctx, p.promotion, p.content); err != nil {
			return err
		}
	}
	return nil
}

func promotesSourcesChanged(ctx context.Context, s *direct) error {
	p, err := s.inPieces(ctx, longContent(s.pieceAnd(0)+s.pieceAnd(500)))
	if err != nil {
		return err
	}
	takesTurn := rounds.SpreadTurns(3) // each change, with and without patches
	for i := range p.promotion.Sources {
		if err := s.promotesChangedSource(ctx, p, i, takesTurn); err != nil {
			return fmt.Errorf("source %d is %w", i, err)
		}
	}
	return nil
}

// promotesChangedSource changes a copy of source i. The promotion has the ETag that the copy had at
// first, except where the copy is only shorter than the promotion says.
func (s *direct) promotesChangedSource(ctx context.Context, p pieces, i int, takesTurn func() bool) error {
	p.promotion.Sources = slices.Clone(p.promotion.Sources)
	src := &p.promotion.Sources[i]
	at := int64(i) * p.promotion.Sources[0].Size
	was := p.content[at:][:src.Size]
	src.Key = stagingKey()
	original, err := s.becomes(ctx, src.Key, was)
	if err != nil {
		return err
	}
	shorter := was[:len(was)-1]
	for _, change := range []struct {
		name  string
		then  []byte // nil for none
		known bool   // the promotion has the new ETag
	}{
		{"replaced", longContent(len(was) + 1)[1:], false},
		{"longer", slices.Concat(was, []byte("x")), false},
		{"shorter", shorter, false},
		{"shorter than it says", shorter, true},
		{"gone", nil, false},
	} {
		etag, err := s.becomes(ctx, src.Key, change.then)
		if err != nil {
			return fmt.Errorf("%s: %w", change.name, err)
		}
		if src.ETag = original; change.known {
			src.ETag = etag
		}
		for _, list := range [][]storage.Patch{nil, {zeros(at, 10)}} {
			p.promotion.Patches = list
			if !takesTurn() {
				continue
			}
			if err := s.refusesChanged(ctx, p.promotion); err != nil {
				return fmt.Errorf("%s: %w", change.name, err)
			}
		}
	}
	return nil
}

// becomes replaces the object under key by one of these bytes, or by none if they are nil. It
// returns the ETag.
func (s *direct) becomes(ctx context.Context, key string, content []byte) (etag string, err error) {
	if err := s.Delete(ctx, key); err != nil {
		return "", fmt.Errorf("Delete: %w", err)
	}
	if content == nil {
		return "", nil
	}
	if _, err := s.publish(ctx, key, content); err != nil {
		return "", err
	}
	return s.etag(ctx, key, false)
}

func (s *direct) refusesChanged(ctx context.Context, p storage.Promotion) error {
	if err := s.Promote(ctx, p); !errors.Is(err, storage.ErrChanged) {
		return fmt.Errorf("Promote returned %v", err) //nolint:errorlint // it may be nil
	}
	return s.absent(ctx, p.Key)
}
