package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// report writes a line for each extension, the numbers of skipped files, and with list a line for
// each refusal.
func (s *survey) report(w io.Writer, list bool) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "extension\taccepted\trefused\treasons")
	for _, ext := range slices.Sorted(maps.Keys(s.results)) {
		r := s.results[ext]
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", ext, r.accepted, r.count(), r)
	}
	_ = table.Flush()
	_, _ = fmt.Fprintf(w, "%d empty files and %d of other extensions were skipped\n", s.empty, s.unknown)
	if list {
		for _, r := range s.refused {
			_, _ = fmt.Fprintf(w, "%s: %s\n", r.path, r.why)
		}
	}
}

func (r *result) count() (n int) {
	for _, k := range r.reasons {
		n += k
	}
	return n
}

// String returns the reasons, the most frequent first.
func (r *result) String() string {
	reasons := slices.SortedFunc(maps.Keys(r.reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.reasons[b], r.reasons[a]), cmp.Compare(a, b))
	})
	for i, reason := range reasons {
		reasons[i] = fmt.Sprintf("%s %d", reason, r.reasons[reason])
	}
	return strings.Join(reasons, ", ")
}
