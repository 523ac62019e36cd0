package main

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

// sides counts the samples of one media type.
type sides struct{ legitimate, accepted, attacks, refused int }

// both judges the samples of package uploadtest by the presets. It writes how many legitimate
// ones were accepted and how many attacks were refused, by type, and names each sample with the
// wrong answer. It reports whether all answers were right. Each type of an attack needs a
// legitimate sample, whose name finds the preset.
func (s *survey) both(w io.Writer, legitimate, attacks iter.Seq[uploadtest.Sample]) bool {
	types, policies, wrong := map[string]*sides{}, map[string]upload.Validator{}, []string(nil)
	for sample := range legitimate {
		policy := s.policies[strings.ToLower(filepath.Ext(sample.FileName))]
		if types[sample.Type] == nil {
			types[sample.Type], policies[sample.Type] = &sides{}, policy
		}
		types[sample.Type].legitimate++
		if reason, why := judge(policy, sample.FileName, bytes.NewReader(sample.Content)); reason != "" {
			wrong = append(wrong, fmt.Sprintf("refused: %s: %s: %s", sample.Name, reason, why))
			continue
		}
		types[sample.Type].accepted++
	}
	for sample := range attacks {
		types[sample.Type].attacks++
		if reason, _ := judge(policies[sample.Type], sample.FileName, bytes.NewReader(sample.Content)); reason == "" {
			wrong = append(wrong, "accepted: "+sample.Name)
			continue
		}
		types[sample.Type].refused++
	}
	reportSides(w, types, wrong)
	return len(wrong) == 0
}

func reportSides(w io.Writer, types map[string]*sides, wrong []string) {
	table, sum := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), sides{}
	_, _ = fmt.Fprintln(table, "type\tlegitimate accepted\tattacks refused")
	for _, name := range slices.Sorted(maps.Keys(types)) {
		c := types[name]
		_, _ = fmt.Fprintf(table, "%s\t%s\n", name, c)
		sum = sides{sum.legitimate + c.legitimate, sum.accepted + c.accepted, sum.attacks + c.attacks, sum.refused + c.refused}
	}
	_, _ = fmt.Fprintf(table, "all\t%s\n", &sum)
	_ = table.Flush()
	for _, line := range wrong {
		_, _ = fmt.Fprintln(w, line)
	}
}

func (c *sides) String() string {
	return fmt.Sprintf("%d of %d\t%d of %d", c.accepted, c.legitimate, c.refused, c.attacks)
}

// attacks returns the samples that the presets must refuse.
func attacks() iter.Seq[uploadtest.Sample] {
	return func(yield func(uploadtest.Sample) bool) {
		for _, samples := range []iter.Seq[uploadtest.Sample]{uploadtest.Hostile(), uploadtest.Active()} {
			for sample := range samples {
				if !yield(sample) {
					return
				}
			}
		}
	}
}
