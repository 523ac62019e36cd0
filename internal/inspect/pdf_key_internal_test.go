package inspect

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table has the same keys as the map, whatever follows a name in memory.
func TestKeyOf(t *testing.T) {
	same := func(name string) {
		want, known := pdfKeyNames[name]
		if !known {
			want = keyOther
		}
		for _, after := range []string{"", "S", "/S 1 0 R", "\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
			p := append([]byte(name), after...)
			require.Equal(t, want, keyOf(p[:len(name):len(p)]), "%q before %q", name, after)
			require.Equal(t, want, keyOf(bytes.Clone(p)[:len(name)]), "%q before %q", name, after)
		}
	}
	for name := range pdfKeyNames {
		for i := range len(name) + 1 {
			same(name[:i])
			same(name[i:])
			same(name[:i] + "\x00" + name[i:])
			same(name[:i] + "S" + name[i:])
		}
	}
}
