package clean

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBox(t *testing.T) {
	t.Parallel()
	const id = "0123456789abcdef"
	for _, c := range []struct {
		name, b string
		want    box // its size is 0 for one that is none
		content string
	}{
		{"short", "\x00\x00\x00\x0afreeab", box{"free", "", 8, 10}, "ab"},
		{"empty", "\x00\x00\x00\x08free", box{"free", "", 8, 8}, ""},
		{"large", "\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x12ab", box{"mdat", "", 16, 18}, "ab"},
		{"of a type by its maker", "\x00\x00\x00\x1auuid" + id + "ab", box{"uuid", id, 24, 26}, "ab"},
		{"of a type by its maker, large", "\x00\x00\x00\x01uuid\x00\x00\x00\x00\x00\x00\x00\x22" + id + "ab", box{"uuid", id, 32, 34}, "ab"},
		{"of a type that is missing", "\x00\x00\x00\x0auuidab", box{"uuid", "", 8, 10}, "ab"},
		{"of QuickTime", "\x00\x00\x00\x08\xa9nam", box{"\xa9nam", "", 8, 8}, ""},
		{"too small", "\x00\x00\x00\x07free", box{"free", "", 8, 0}, ""},
		{"large, too small", "\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x0f", box{"mdat", "", 16, 0}, ""},
		{"larger than any file", "\x00\x00\x00\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff", box{"mdat", "", 16, 0}, ""},
		{"without a type", "\x00\x00\x00\x08f\x00ee", box{"f\x00ee", "", 8, 0}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x, need := readBox([]byte(c.b))
			require.Equal(t, c.want, x)
			require.Equal(t, c.want.head, need)
			for n := boxHead; n < need; n++ {
				_, more := readBox([]byte(c.b[:n]))
				require.Greater(t, more, n)
			}
			x, content, rest, ok := cutBox([]byte(c.b + "rest"))
			require.Equal(t, c.want.size > 0, ok)
			if ok {
				require.Equal(t, c.want, x)
				require.Equal(t, c.content, string(content))
				require.Equal(t, "rest", string(rest))
			}
			_, _, _, ok = cutBox([]byte(c.b[:len(c.b)-1]))
			require.False(t, ok)
		})
	}
	x, _ := readBox([]byte("\x00\x00\x00\x00mdat"))
	require.True(t, x.open())
	_, _, _, ok := cutBox([]byte("\x00\x00\x00\x00mdat" + strings.Repeat("a", 100)))
	require.False(t, ok)
}
