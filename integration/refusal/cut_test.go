package refusal_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/internal/rounds"
)

// TestCutAtEveryByte checks that a body that does not end with its whole closing boundary is
// refused, and that nothing of it is kept. So is a body that breaks off before its announced length
// or its last chunk.
func TestCutAtEveryByte(t *testing.T) {
	t.Parallel()
	h, store := newHandler(t, upload.Form{"file": {Accept: upload.Types("text/plain", "image/png"), MaxFiles: 2}}, upload.Options{})
	s := host.Start(t, h)
	f := client.Form{
		client.File("a.txt", client.Text(30)), client.Value("title", "x"), client.File("b.png", client.PNG(0)),
	}
	whole := f.Size()
	closed := whole - 2          // RFC 2046: the line break after the closing boundary belongs to the epilogue
	takesTurn := rounds.Turns(3) // most cuts in one way, and those near the end in all
	for cut := range whole {
		for name, length := range map[string]int64{"matching": cut, "lying": whole, "chunked": -1} {
			if cut == 0 && name == "matching" {
				continue // that would be the form's own length
			}
			if cut < closed-100 && !takesTurn() {
				continue
			}
			status, stored := 400, 0
			if name == "matching" && cut == closed {
				status, stored = 201, 2
			}
			t.Run(fmt.Sprintf("%d of %d/%s", cut, whole, name), func(t *testing.T) {
				c, err := client.Dial(s.Addr, "/", f, length)
				require.NoError(t, err)
				defer c.Close()
				require.NoError(t, c.Send(cut))
				if length != cut {
					require.NoError(t, c.HalfClose())
				}
				a, err := c.Answer(patience)
				require.NoError(t, err)
				require.Equal(t, status, a.Status, "%s", a.Body)
				require.Len(t, store.Keys(), stored)
				for _, key := range store.Keys() {
					require.NoError(t, store.Delete(t.Context(), key))
				}
				require.Zero(t, store.Used())
			})
		}
	}
}
