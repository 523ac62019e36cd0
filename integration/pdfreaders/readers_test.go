package pdfreaders_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/integration/pdfreaders"
	"github.com/airlock-go/upload/internal/inspect"
)

// refusal returns why the inspector refuses a file, nil if it accepts it.
func refusal(content []byte) error {
	f := inspect.PDF{RefuseActive: true}
	_, _ = f.Write(content)
	return f.Verdict()
}

// desk has the readers, and counts what the inspector accepts and what they see.
type desk struct {
	t        *testing.T
	readers  map[string]pdfreaders.Reader
	path     string
	accepted int            // files that the inspector accepted
	read     map[string]int // files of these that each reader opened
	seen     map[string]int // files in which each reader saw something act
}

func open(t *testing.T) *desk {
	d := &desk{t: t, readers: pdfreaders.Readers(), path: filepath.Join(t.TempDir(), "a.pdf"), read: map[string]int{}, seen: map[string]int{}}
	for _, r := range d.readers {
		if r.Program != "" {
			program.Find(t, r.Program)
		}
	}
	return d
}

// show has every reader read a file, and checks that nothing acts in an accepted one.
func (d *desk) show(about string, content []byte) {
	d.t.Helper()
	require.NoError(d.t, os.WriteFile(d.path, content, 0o600))
	accepted := refusal(content) == nil
	if accepted {
		d.accepted++
	}
	for _, name := range slices.Sorted(maps.Keys(d.readers)) {
		document, err := d.readers[name].Read(d.t.Context(), d.path)
		if err != nil {
			continue // it does not open the file
		}
		found := document.Acts()
		if len(found) > 0 {
			d.seen[name]++
		}
		if accepted {
			d.read[name]++
			if len(found) > 0 {
				d.t.Errorf("%s: accepted, and %s sees %q in\n%.2000q", about, name, found, content)
			}
		}
	}
}

// close checks that the test tested something. At least so many files were accepted, and each
// reader opened at least nine tenths of that number. Each saw something act in at least as many
// files as seen says.
func (d *desk) close(accepted int, seen map[string]int) {
	d.t.Helper()
	d.t.Logf("%d accepted; read of these %v; something acts in %v", d.accepted, d.read, d.seen)
	require.GreaterOrEqual(d.t, d.accepted, accepted)
	for name := range d.readers {
		require.GreaterOrEqual(d.t, d.read[name], accepted*9/10, name)
		require.GreaterOrEqual(d.t, d.seen[name], seen[name], name)
	}
}
