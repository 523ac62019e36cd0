package pdfreaders_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
)

var (
	entryOf  = regexp.MustCompile(`\d{10} \d{5} n`)
	objectOf = regexp.MustCompile(`(?s)\b(\d+) 0 obj\b.*?endobj`)
	rootOf   = regexp.MustCompile(`/Root (\d+) 0 R`)
	endOf    = regexp.MustCompile(`startxref\s+(\d+)`)
	digitOf  = regexp.MustCompile(`/(?:W|Index|N|First|Size|Prev|XRefStm) ?\[? ?(\d)`)
)

// mutator changes files as attackers and broken programs do.
type mutator struct{ *rand.Rand }

// pick returns the position of one of the matches, nil if there is none.
func (m mutator) pick(what *regexp.Regexp, in []byte) []int {
	all := what.FindAllSubmatchIndex(in, -1)
	if len(all) == 0 {
		return nil
	}
	return all[m.IntN(len(all))]
}

func replaced(in []byte, from, to int, by string) []byte {
	return append(append(append([]byte{}, in[:from]...), by...), in[to:]...)
}

// mutations are changes to a file. Some return nil for a file that has nothing for them to change.
var mutations = []func(m mutator, in []byte) []byte{
	func(m mutator, in []byte) []byte { // an entry leads to the object of another
		a, b := m.pick(entryOf, in), m.pick(entryOf, in)
		if a == nil {
			return nil
		}
		return replaced(in, a[0], a[1], string(in[b[0]:b[1]]))
	},
	func(m mutator, in []byte) []byte { // an entry leads anywhere
		a := m.pick(entryOf, in)
		if a == nil {
			return nil
		}
		return replaced(in, a[0], a[0]+10, fmt.Sprintf("%010d", m.IntN(len(in))))
	},
	func(m mutator, in []byte) []byte { // the end leads anywhere
		a := m.pick(endOf, in)
		return replaced(in, a[2], a[3], strconv.Itoa(m.IntN(a[0])))
	},
	func(m mutator, in []byte) []byte { // an object has the number of another
		a, b := m.pick(objectOf, in), m.pick(objectOf, in)
		return replaced(in, a[2], a[3], string(in[b[2]:b[3]]))
	},
	func(m mutator, in []byte) []byte { // an update copies one object over another
		a, b := m.pick(objectOf, in), m.pick(objectOf, in)
		return update(in, string(in[b[2]:b[3]]), string(in[a[3]:a[1]]))
	},
	func(m mutator, in []byte) []byte { // an update makes an action of an object
		a := m.pick(objectOf, in)
		return update(in, string(in[a[2]:a[3]]), " 0 obj<</S/URI/URI(https://example.com/)>>endobj")
	},
	func(m mutator, in []byte) []byte { // an object is moved to the end
		a := m.pick(objectOf, in)
		blank := replaced(in, a[0], a[1], string(bytes.Repeat([]byte{' '}, a[1]-a[0])))
		return update(blank, string(in[a[2]:a[3]]), string(in[a[3]:a[1]]))
	},
	func(m mutator, in []byte) []byte { // a number about cross references or a stream of objects begins with another digit
		a := m.pick(digitOf, in)
		if a == nil {
			return nil
		}
		return replaced(in, a[2], a[3], strconv.Itoa(m.IntN(10)))
	},
	func(m mutator, in []byte) []byte { // white space comes first
		return append(bytes.Repeat([]byte{'\n'}, 1+m.IntN(200)), in...)
	},
	func(m mutator, in []byte) []byte { // an object becomes the action on opening
		a, b := m.pick(objectOf, in), m.pick(rootOf, in)
		if b == nil {
			return nil
		}
		return update(in, string(in[b[2]:b[3]]), " 0 obj<</Type/Catalog/OpenAction "+string(in[a[2]:a[3]])+" 0 R>>endobj")
	},
}

// update returns a file with another body of an object, nil if nothing says which object is the
// catalogue.
func update(in []byte, number, rest string) []byte {
	out := bytes.NewBuffer(append([]byte{}, in...))
	root, prev := rootOf.FindSubmatch(in), endOf.FindAllSubmatch(in, -1)
	if root == nil {
		return nil
	}
	at := out.Len() + 1
	fmt.Fprintf(out, "\n%s%s\n", number, rest)
	table := out.Len()
	fmt.Fprintf(out, "xref\n%s 1\n%010d 00000 n \ntrailer\n<</Size 999/Root %s 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n",
		number, at, root[1], prev[len(prev)-1][1], table)
	return out.Bytes()
}

// TestMutations changes accepted files of the corpus. In no reader does anything act in a changed
// file that is still accepted.
func TestMutations(t *testing.T) {
	d := open(t)
	takesTurn := rounds.Turns(3) // each mutation has a turn with some files, and each file with some mutations
	m := mutator{rand.New(rand.NewPCG(11, 12))}
	for _, f := range corpus.Documents() {
		if f.Type != "application/pdf" || f.Code != "" || !rootOf.Match(f.Content) {
			continue
		}
		for range rounds.Of(1, 30) {
			for n, mutation := range mutations {
				in := mutation(m, f.Content)
				if in == nil || !takesTurn() {
					continue
				}
				d.show(fmt.Sprintf("%s, mutation %d", f.About, n), in)
				second := m.IntN(len(mutations))
				if in = mutations[second](m, in); in != nil {
					d.show(fmt.Sprintf("%s, mutations %d and %d", f.About, n, second), in)
				}
			}
		}
	}
	d.close(150, nil)
}
