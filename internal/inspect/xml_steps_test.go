package inspect_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// TestStalledXMLCostsLittle checks that the worst known beginnings of documents cost much less than
// a file of their size may.
func TestStalledXMLCostsLittle(t *testing.T) {
	for about, in := range stalling() {
		for kind, fresh := range map[string]func() closer{"SVG": newSVG, "XML": newXML} {
			var b inspect.Budget
			w := fresh()
			w.(interface{ Within(*inspect.Budget) }).Within(&b)
			_, err := w.Write([]byte(in))
			require.NotEqual(t, "takes more work to inspect than a file of its size may", found(err).text, "%s: %s", kind, about)
			left := 0
			for b.Spend(10_000) == nil {
				left += 10_000
			}
			spent := 50_000_000 + 200*len(in) - left // a budget begins with baseSteps, and adds stepsPerByte
			require.Less(t, spent, 100*len(in)+100_000, "%s: %s", kind, about)
			require.NoError(t, w.Close())
		}
	}
}
