package host

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ours lists names in the stacks of goroutines that an upload can have started: this library, the
// S3 client that it uses, and net/http on either side. Other goroutines, such as the
// test's own, do not count.
var ours = []string{"github.com/airlock-go/upload.", "github.com/airlock-go/upload/s3store.", "aws-sdk-go-v2", "net/http.(*conn).serve", "net/http.(*persistConn)"}

// Goroutines counts the goroutines that uploads can have started.
func Goroutines() int {
	n := 0
	for _, stack := range stacks() {
		for _, name := range ours {
			if strings.Contains(stack, name) {
				n++
				break
			}
		}
	}
	return n
}

// RequireGoroutines fails the test if [Goroutines] counts more than limit after a minute. Meanwhile
// it closes idle connections again and again: a connection is idle only when its last
// call has ended.
func RequireGoroutines(t testing.TB, limit int, closeIdle ...func()) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for Goroutines() > limit {
		for _, f := range closeIdle {
			f()
		}
		if time.Now().After(deadline) {
			require.LessOrEqual(t, Goroutines(), limit, "goroutines were left:\n%s", strings.Join(stacks(), "\n\n"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func stacks() []string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			return strings.Split(string(buf[:n]), "\n\n")
		}
		buf = make([]byte, 2*len(buf))
	}
}
