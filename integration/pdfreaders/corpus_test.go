package pdfreaders_test

import (
	"slices"
	"testing"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
)

// TestCorpus checks that no reader finds anything that acts in accepted files of the corpus. mutool
// and qpdf find something in refused ones, which shows that they would.
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
	takesTurn := rounds.Turns(5) // each layout and each subject has a turn with two equal bodies
	for _, l := range layouts {
		for _, s := range subjects {
			for _, bodies := range [][2]string{{s.harmless, s.harmless}, {s.harmless, s.acting}, {s.acting, s.harmless}, {s.acting, s.acting}} {
				f := begin(s)
				l.build(f, bodies[0], bodies[1])
				if bodies[0] != bodies[1] && refusal(f.Bytes()) != nil {
					continue // nothing to check: files of two acting bodies show that readers see what acts
				}
				if bodies[0] == bodies[1] && !takesTurn() {
					continue
				}
				d.show(l.name+", "+s.name, f.Bytes())
			}
		}
	}
	d.close(rounds.Of(150, 300), map[string]int{"mutool": rounds.Of(120, 250), "pdfcpu": rounds.Of(100, 200), "qpdf": rounds.Of(110, 250)})
}
