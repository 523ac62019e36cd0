package pdfreaders_test

import (
	"slices"
	"testing"

	"github.com/airlock-go/upload/internal/corpus"
)

// TestCorpus checks that no reader finds anything that acts in accepted files of the corpus. The
// readers find some in refused ones, which shows that they would.
func TestCorpus(t *testing.T) {
	d := open(t)
	for _, f := range slices.Concat(corpus.Documents(), corpus.ActiveDocuments()) {
		if f.Type == "application/pdf" {
			d.show(f.About, f.Content)
		}
	}
	d.close(25, map[string]int{"mutool": 15, "qpdf": 8})
}

// TestLayouts checks that nothing acts in an accepted file, whichever body of an object a reader
// takes.
func TestLayouts(t *testing.T) {
	d := open(t)
	for _, l := range layouts {
		for _, s := range subjects {
			for _, bodies := range [][2]string{{s.harmless, s.harmless}, {s.harmless, s.acting}, {s.acting, s.harmless}, {s.acting, s.acting}} {
				f := begin(s)
				l.build(f, bodies[0], bodies[1])
				if bodies[0] != bodies[1] && refusal(f.Bytes()) != nil {
					continue // each reader sees what acts in files of two acting bodies
				}
				d.show(l.name+", "+s.name, f.Bytes())
			}
		}
	}
	d.close(300, map[string]int{"mutool": 250, "pdfcpu": 200, "qpdf": 250})
}
