package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

var sendCases = []testCase[*direct]{
	{"DirectMethods", "the store offers a way to send a whole file, and signs no other", offersMethods},
	{"a whole file in one request", "exactly the sent bytes and type are stored, with an ETag", wholeFile},
	{"a PUT works once", "a PUT never replaces an object, whatever its bytes", putOnce},
	{"a repeated form", "a form may replace its own file; other bytes have another ETag", formAgain},
	{"a refused request", "a refused request can be sent again, as it was signed", honestAfterRefused},
	{"a body that stops short", "nothing of the body is stored, and the request can be sent again", stopsShort},
	{"expired requests", "no request works after it has expired", expiredRequests},
}

func offersMethods(ctx context.Context, s *direct) error {
	offered := s.offered()
	if len(offered) == 0 {
		return errors.New("DirectMethods returned no method, and no error")
	}
	for _, by := range []string{byPut, byForm} {
		_, err := s.signWhole(ctx, file(content(directSize), digest(content(directSize))), by)
		if err == nil && !slices.Contains(offered, by) {
			return fmt.Errorf("the store signs a %s, which DirectMethods does not offer", by)
		}
	}
	for _, by := range offered {
		if _, err := s.signWhole(ctx, file(content(directSize), ""), by); (err != nil) != s.methods.NeedsDigest {
			return fmt.Errorf("NeedsDigest is %v, and signing a %s without a digest returned %v", s.methods.NeedsDigest, by, err) //nolint:errorlint // it may be nil
		}
	}
	return nil
}

func wholeFile(ctx context.Context, s *direct) error {
	for _, by := range s.offered() {
		for _, size := range []int{1, directSize, 100_000, 6 << 20} {
			for _, sum := range []string{s.sum(content(size)), digest(content(size))} {
				d := file(content(size), sum)
				req, err := s.whole(ctx, d, content(size), by)
				if err == nil {
					err = req.accepted(ctx)
				}
				if err == nil {
					err = s.stores(ctx, d.Key, directType, content(size))
				}
				if err != nil {
					return fmt.Errorf("%d bytes, digest %q, by %s: %w", size, sum, by, err)
				}
			}
		}
	}
	return nil
}

func putOnce(ctx context.Context, s *direct) error {
	if !s.methods.Put {
		return nil
	}
	d := file(content(directSize), s.sum(content(directSize)))
	req, err := s.whole(ctx, d, content(directSize), byPut)
	if err != nil {
		return err
	}
	if err := req.accepted(ctx); err != nil {
		return err
	}
	for _, again := range [][]byte{otherBytes(directSize), content(directSize)} {
		req.body = again
		if err := req.refused(ctx); err != nil {
			return fmt.Errorf("the second time: %w", err)
		}
	}
	return s.stores(ctx, d.Key, directType, content(directSize))
}

func formAgain(ctx context.Context, s *direct) error {
	if !s.methods.Form {
		return nil
	}
	d := file(content(directSize), s.sum(content(directSize)))
	req, err := s.whole(ctx, d, content(directSize), byForm)
	if err != nil {
		return err
	}
	if err := req.accepted(ctx); err != nil {
		return err
	}
	before, err := s.Stat(ctx, d.Key)
	if err != nil {
		return err
	}
	req.body = otherBytes(directSize)
	a, err := req.do(ctx)
	switch {
	case err != nil:
		return err
	case a.status >= 400:
		return s.stores(ctx, d.Key, directType, content(directSize))
	}
	after, err := s.Stat(ctx, d.Key)
	if err == nil && after.ETag == before.ETag {
		err = fmt.Errorf("the ETag is still %s", after.ETag)
	}
	return errors.Join(err, s.stores(ctx, d.Key, directType, otherBytes(directSize)))
}

func honestAfterRefused(ctx context.Context, s *direct) error {
	for _, by := range s.offered() {
		d := file(content(directSize), s.sum(content(directSize)))
		req, err := s.whole(ctx, d, content(directSize), by)
		if err != nil {
			return err
		}
		req.body = content(directSize + 1)
		if err := req.refused(ctx); err != nil {
			return err
		}
		req.body = content(directSize)
		if err := errors.Join(req.accepted(ctx), s.stores(ctx, d.Key, directType, content(directSize))); err != nil {
			return err
		}
	}
	return nil
}

// settling is how long a case waits for a store that stores half a body.
const settling = 200 * time.Millisecond

func stopsShort(ctx context.Context, s *direct) error {
	for _, way := range s.ways() {
		req, err := way.sign(ctx, content(200_000), s.sum(content(200_000)))
		if err != nil {
			return err
		}
		req.cut = true
		if a, err := req.do(ctx); err == nil && a.status < 400 {
			return fmt.Errorf("half a %s got %d", way.name, a.status)
		}
		time.Sleep(settling)
		if err := s.nothing(ctx, req); err != nil {
			return fmt.Errorf("after half a %s: %w", way.name, err)
		}
		req.cut = false
		if err := req.accepted(ctx); err != nil {
			return fmt.Errorf("after half a %s: %w", way.name, err)
		}
	}
	return nil
}

func expiredRequests(ctx context.Context, s *direct) error {
	var late []*sending
	for _, way := range s.ways() {
		way.expires = time.Second
		req, err := way.sign(ctx, content(directSize), s.sum(content(directSize)))
		if err != nil {
			return err
		}
		late = append(late, req)
	}
	time.Sleep(expiry)
	for _, req := range late {
		if err := errors.Join(req.refused(ctx), s.nothing(ctx, req)); err != nil {
			return err
		}
	}
	return nil
}
