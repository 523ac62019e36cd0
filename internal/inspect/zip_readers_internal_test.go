package inspect

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
)

// zipDifferences are the ways in which archive/zip, which follows the directory, may read an
// accepted archive differently from the walk, which follows the local headers.
var zipDifferences = map[string]string{
	"no volumes":       "OneDrive counts none in the locator of 64 bits, where archive/zip wants one.",
	"a second name":    "archive/zip takes the first. Documents must not have two that differ, and in archives both are judged.",
	"backslashes":      "archive/zip leaves them. Only Office documents may have them as separators, and Office turns them into slashes.",
	"an empty packing": "An empty entry is marked as deflated. archive/zip wants the end of a deflate stream; either way it is empty.",
	"another order":    "The directory lists the entries in an order other than that of the file. Names are unique, so that nothing is hidden.",
}

// zipEntrySeen is what a reader sees of an entry.
type zipEntrySeen struct {
	name string
	size uint64
	hash [sha256.Size]byte
}

func seeEntry(name string, content io.Reader) (zipEntrySeen, error) {
	sum := sha256.New()
	n, err := io.Copy(sum, content)
	return zipEntrySeen{name, uint64(n), [sha256.Size]byte(sum.Sum(nil))}, err
}

// zipRecorder is a format that accepts whatever any format accepts, and records the entries that
// the walk sees.
type zipRecorder struct {
	seen  []zipEntrySeen // by first names
	names []string
}

func (r *zipRecorder) name(h *zipHeader) (string, error) {
	if h.name == h.raw {
		return (&ooxml{}).name(h)
	}
	return (&zipFiles{}).name(h)
}

func (r *zipRecorder) entry(_ *zipWalk, h *zipHeader, body *bufio.Reader) error {
	e, err := seeEntry(h.raw, body)
	r.seen, r.names = append(r.seen, e), append(r.names, h.name)
	return err
}

func (r *zipRecorder) end(*zipWalk) error { return nil }

func walkSees(content []byte, limits ZipLimits) (*zipRecorder, error) {
	r, b := &zipRecorder{}, &Budget{}
	if err := b.arrive(len(content)); err != nil {
		return nil, err
	}
	return r, walkZip(bytes.NewReader(content), limits.withDefaults(documentEntries), b, r)
}

// directorySees reads an archive as archive/zip does, and returns the help that this needed.
func directorySees(content []byte) (seen []zipEntrySeen, help []string, err error) {
	if i := bytes.LastIndex(content, []byte("PK\x06\x07")); i >= 0 && i+20 <= len(content) && content[i+16] == 0 {
		content = bytes.Clone(content)
		content[i+16] = 1
		help = append(help, "no volumes")
	}
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, help, err
	}
	for _, f := range r.File {
		if f.Method == zip.Deflate && f.CompressedSize64 == 0 && f.UncompressedSize64 == 0 {
			f.Method = zip.Store
			help = append(help, "an empty packing")
		}
		entry, err := f.Open()
		if err != nil {
			return nil, help, err
		}
		e, err := seeEntry(f.Name, entry)
		if err != nil || e.size != f.UncompressedSize64 {
			return nil, help, fmt.Errorf("%q of %d bytes: %w", f.Name, e.size, err)
		}
		seen = append(seen, e)
	}
	return seen, help, nil
}

// CompareZip requires that both readers see the same in an archive, if the walk accepts it. It
// returns the known differences.
func CompareZip(t *testing.T, about string, content []byte, limits ZipLimits) (accepted bool, differences []string) {
	t.Helper()
	walk, err := walkSees(content, limits)
	if err != nil {
		return false, nil
	}
	directory, differences, err := directorySees(content)
	require.NoError(t, err, about)
	for i, e := range walk.seen {
		switch name := walk.names[i]; name {
		case e.name:
		case slashed(e.name):
			differences = append(differences, "backslashes")
		default:
			differences = append(differences, "a second name")
		}
	}
	if !slices.Equal(walk.seen, directory) {
		differences = append(differences, "another order")
		for _, seen := range [][]zipEntrySeen{walk.seen, directory} {
			slices.SortStableFunc(seen, func(a, b zipEntrySeen) int {
				return cmp.Or(cmp.Compare(a.name, b.name), bytes.Compare(a.hash[:], b.hash[:]))
			})
		}
		require.Equal(t, walk.seen, directory, about)
	}
	for _, d := range differences {
		require.Contains(t, zipDifferences, d, about)
	}
	return true, differences
}

// TestZipReadersAgree: archive/zip reads an accepted archive with the same names, sizes and
// contents, except for zipDifferences. The test tries the archives of the corpus, and some of the
// results of small changes to the shorter ones.
func TestZipReadersAgree(t *testing.T) {
	used, accepted := map[string]bool{}, 0
	see := func(about string, content []byte) {
		ok, differences := CompareZip(t, about, content, ZipLimits{TotalSize: int64(rounds.Of(128<<10, 2<<20))})
		for _, d := range differences {
			used[d] = true
		}
		if ok {
			accepted++
		}
	}
	n, turn, every := 0, 0, rounds.Of(1801, 29)
	takesTurn := func() bool { turn++; return turn%every == 0 }
	for _, f := range corpus.Archives() {
		see(f.About, f.Content)
		if len(f.Content) > rounds.Of(2_000, 20_000) {
			continue
		}
		for about, changed := range zipMutations(f.Content, takesTurn) {
			n++
			see(f.About+", "+about, changed)
		}
	}
	for d := range zipDifferences {
		require.True(t, used[d], "%s: a difference that no archive shows", d)
	}
	require.Greater(t, accepted, n/50)
	t.Log(n, "mutations,", accepted, "accepted")
}

// zipHeaderFields are the fields of headers that have a meaning: the place in the local one, -1 for
// none, the place in the central one, and the width.
var zipHeaderFields = []struct{ local, central, width int }{
	{6, 8, 2}, {8, 10, 2}, {14, 16, 4}, {18, 20, 4}, {22, 24, 4}, {26, 28, 2}, {28, 30, 2}, {-1, 32, 2}, {-1, 34, 2}, {-1, 38, 4}, {-1, 42, 4},
}

// zipMutations yields an archive with single bits flipped, cut short, and with bytes after its end.
// It also yields it with fields of one header copied into another, and with fields set in one
// header or in both. A result is valid until the next one. It makes only those that take their
// turn, and all those with bytes after the end.
func zipMutations(whole []byte, takesTurn func() bool) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		p := bytes.Clone(whole)
		change := func(about string, edit func()) bool {
			edit()
			ok := yield(about, p)
			copy(p, whole)
			return ok
		}
		for i := range p {
			for bit := range 8 {
				if takesTurn() && !change(fmt.Sprintf("bit %d of byte %d", bit, i), func() { p[i] ^= 1 << bit }) {
					return
				}
			}
		}
		for i := 0; i < len(p); i += 1 + len(p)/50 {
			if takesTurn() && !yield(fmt.Sprint("cut at ", i), p[:i]) {
				return
			}
		}
		for _, more := range []string{"\n", "\r\n", "\r", "\x00", "\n\n", "PK\x05\x06" + string(make([]byte, 18))} {
			if !yield(fmt.Sprintf("and %q", more), append(bytes.Clone(whole), more...)) {
				return
			}
		}
		locals, centrals := headersAt(p, "PK\x03\x04", 30), headersAt(p, "PK\x01\x02", 46)
		for _, f := range zipHeaderFields {
			for n, local := range locals[:min(len(locals), len(centrals), 6)] {
				l, c := p[local+max(0, f.local):][:f.width], p[centrals[n]+f.central:][:f.width]
				for about, edit := range fieldEdits(p, l, c, locals, centrals, f.local, f.central, takesTurn) {
					if !change(fmt.Sprintf("%s, field %d of entry %d", about, f.central, n), edit) {
						return
					}
				}
			}
		}
	}
}

// fieldEdits returns the edits of one field that take their turn: l is in the local header and c in
// the central one.
func fieldEdits(p, l, c []byte, locals, centrals []int, local, central int, takesTurn func() bool) map[string]func() {
	set := func(v uint64, fields ...[]byte) func() {
		return func() {
			for _, f := range fields {
				copy(f, binary.LittleEndian.AppendUint64(nil, v))
			}
		}
	}
	edits := map[string]func(){}
	add := func(about string, n any, edit func()) {
		if takesTurn() {
			edits[fmt.Sprint(about, n)] = edit
		}
	}
	for _, v := range []uint64{0, 1, 1 << 3, 1 << 11, 1<<3 | 1<<11, 8, 1<<16 - 1, 1<<32 - 1} {
		add("central ", v, set(v, c))
		if local >= 0 {
			add("local ", v, set(v, l))
			add("both ", v, set(v, l, c))
		}
	}
	for i, other := range centrals[:min(len(centrals), len(locals), 6)] {
		add("central as that of ", i, func() { copy(c, p[other+central:][:len(c)]) })
		if local >= 0 {
			add("local as that of ", i, func() { copy(l, p[locals[i]+local:][:len(l)]) })
			add("both as those of ", i, func() { copy(c, p[other+central:][:len(c)]); copy(l, p[locals[i]+local:][:len(l)]) })
		}
	}
	return edits
}

// headersAt returns the places of a signature at which a header of that length fits.
func headersAt(p []byte, signature string, length int) (at []int) {
	for i := 0; ; i++ {
		next := bytes.Index(p[i:], []byte(signature))
		if i += next; next < 0 || i+length > len(p) {
			return at
		}
		at = append(at, i)
	}
}
