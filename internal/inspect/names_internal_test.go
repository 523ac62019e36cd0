package inspect

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNameTable(t *testing.T) {
	for list, names := range map[uint8]string{drawn: svgElements, described: svgAttributes, styled: styledAttributes} {
		has := nameSet(names)
		for name := range strings.FieldsSeq(svgElements + svgAttributes + styledAttributes) {
			require.Equal(t, has[name], svgNames.lists([]byte(name))&list != 0, name)
			for _, other := range []string{name + "x", "x" + name, strings.ToUpper(name), name[1:]} {
				require.Equal(t, has[other], svgNames.lists([]byte(other))&list != 0, other)
			}
		}
	}
	require.Zero(t, (&nameTable{}).lists([]byte("a")))
}

// TestNameTableIsSparse: a search ends soon, since the runs of slots in use are short.
func TestNameTableIsSparse(t *testing.T) {
	run, longest := 0, 0
	for range 2 {
		for _, slot := range svgNames.slots {
			if run++; slot.name == "" {
				run = 0
			}
			longest = max(longest, run)
		}
	}
	require.Less(t, longest, 12)
}
