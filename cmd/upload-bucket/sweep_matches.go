package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/airlock-go/upload/storage"
)

// tried is how many keys of a list are looked up in the bucket, at most.
const tried = 100

// matches refuses keys of which fewer than half are under the prefix. It also refuses keys if fewer
// than a tenth of those that are tried are in the bucket. Nearly all keys of a right list are in
// the bucket, however many files are orphaned.
func matches(ctx context.Context, store storage.Lister, prefix string, keys []string) error {
	var under []string
	odd := ""
	for _, key := range keys {
		switch {
		case strings.HasPrefix(key, prefix):
			under = append(under, key)
		case odd == "" || !strings.Contains(odd, prefix):
			odd = key
		}
	}
	if 2*len(under) < len(keys) {
		return fmt.Errorf("only %d of its %d keys begin with %q; one that does not is %q: %s", len(under), len(keys), prefix, odd, advice(odd, prefix))
	}
	n, there := min(len(under), tried), 0
	for i := range n {
		key := under[i*len(under)/n] // from all over the list
		page, err := store.ListObjects(ctx, key, "")
		if err != nil {
			return err
		}
		if len(page.Items) > 0 && page.Items[0].Key == key {
			there++
		}
	}
	if 10*there < n {
		return fmt.Errorf("only %d of %d keys that were looked up are in the bucket; the first that was looked up is %q: %s", there, n, under[0], advice(under[0], prefix))
	}
	return nil
}

// advice returns what to do with a list of such keys, as far as it can be guessed.
func advice(key, prefix string) string {
	front, _, found := strings.Cut(key, prefix)
	switch {
	case !found:
		return "is it the list of another table or bucket, or are the keys without their prefix? Write all keys of -s3-prefix, whole"
	case strings.ContainsAny(front, `"'`), front == "" && strings.ContainsAny(key, `"'`):
		return "the keys look quoted; write them bare, one a line, as psql -At, jq -r and sqlite3 do"
	case front != "" && strings.TrimSpace(front) == "":
		return "a blank stands in front of the keys; psql -At writes none"
	case front != "":
		return fmt.Sprintf("%q stands in front of the keys; select the key alone, of this prefix alone", front)
	}
	return "is it the list of another table or bucket, or does something stand after the keys? Write the keys alone, one a line"
}
