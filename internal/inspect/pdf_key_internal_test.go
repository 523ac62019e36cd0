package inspect

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeyOf checks that keyOf, which reads pdfKeyTable, agrees with pdfKeyNames for its names and
// near misses, whatever bytes follow the name in memory.
func TestKeyOf(t *testing.T) {
	requireSame := func(name string) {
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
			requireSame(name[:i])
			requireSame(name[i:])
			requireSame(name[:i] + "\x00" + name[i:])
			requireSame(name[:i] + "S" + name[i:])
		}
	}
}
