package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"sync"

	"github.com/airlock-go/upload/internal/partsize"
)

var errReader = errors.New("storetest: the reader failed")

// Sizes of files and parts, in bytes. They are around the buffers and parts that backends are
// likely to use.
var (
	partSize int // the least that S3 accepts for all parts except the last
	large    int // of several parts
	several  int // three ranges of at most the size of a part
	sizes    []int
)

// setSizes sets the sizes when the first suite begins, so that a TestMain can have lowered
// partsize.Least.
var setSizes = sync.OnceFunc(func() {
	partSize = partsize.Least
	large, several = 2*partSize+partSize/50, 2*partSize+1000
	sizes = []int{0, 1, 4096, 64<<10 - 1, 64 << 10, 64<<10 + 1, partSize - 1, partSize, partSize + 1, large}
})

// content returns the same bytes for the same size, and others for a size that does not differ by
// a multiple of 1009. They must not be modified.
func content(size int) []byte {
	b := noise()
	return b[size%1009:][:size:size]
}

var noise = sync.OnceValue(func() []byte {
	b := make([]byte, 12<<20+1009)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
})

// otherBytes returns size bytes that are not content(size), unless size is 0.
func otherBytes(size int) []byte { return content(size + 1)[:size] }

// compare reads r to its end, and returns how many bytes r has, and whether they are the first
// bytes of want. It holds few of them at a time: tests read large files.
func compare(r io.Reader, want []byte) (n int, same bool, err error) {
	same = true
	for b := make([]byte, 64<<10); err == nil; {
		var more int
		more, err = r.Read(b)
		same = same && n+more <= len(want) && bytes.Equal(b[:more], want[n:n+more])
		n += more
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, same, err
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
