package chain

import (
	"context"
	"fmt"

	"github.com/airlock-go/upload/storage"
)

// listed is the index of a store that lists in the order of the keys.
type listed struct {
	layout
	store lister
}

// front implements index with one page.
func (l listed) front(ctx context.Context) (f contents, err error) {
	_, err = l.page(ctx, "", &f)
	return f, err
}

// all implements index. New pieces come to the front of the list, which is read first. So all finds
// each piece that is older than one that it has found.
func (l listed) all(ctx context.Context) (f contents, err error) {
	after := ""
	for {
		next, err := l.page(ctx, after, &f)
		if err != nil {
			return f, err
		}
		if next == "" {
			return f, nil
		}
		after = next
	}
}

// page adds the objects of a page to f.
func (l listed) page(ctx context.Context, after string, f *contents) (next string, err error) {
	page, err := l.store.ListObjects(ctx, l.prefix, after)
	if err != nil {
		return "", err
	}
	for _, o := range page.Items {
		if err := l.add(o, f); err != nil {
			return "", err
		}
	}
	f.oldest = page.Next == "" || len(f.merged) > 0
	return page.Next, nil
}

// add adds an object to f. The objects come in the order of their keys.
func (l listed) add(o storage.ListedObject, f *contents) error {
	k, n := l.parse(o.Key)
	switch k {
	case markerKind:
		f.done = f.done || o.Key == l.prefix+doneName
		f.end = f.end || o.Key == l.prefix+endName
	case mergedKind:
		f.merged = append(f.merged, n)
	case pieceKind:
		p := piece{start: n, size: o.Size, etag: o.ETag}
		if last := len(f.pieces) - 1; last >= 0 && f.pieces[last].start <= n {
			return fmt.Errorf("chain: the list is not in the order of the keys at %q", o.Key)
		}
		f.pieces = append(f.pieces, p)
	default:
		return fmt.Errorf("chain: %q is not an object of an upload", o.Key)
	}
	return nil
}
