package clean_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
)

// result is what a Reader made of a file.
type result struct {
	Content []byte
	Facts   clean.Facts
	Changed bool
	Patches []clean.Patch
	Err     error
}

// cleaned cleans a file whose source hands out pieces of from bytes, and reads pieces of to bytes.
func cleaned(mediaType string, file []byte, from, to int, o clean.Options) (r result) {
	reader := clean.NewReader(pieces{bytes.NewReader(file), from}, mediaType, o)
	defer reader.Close()
	buf := make([]byte, to)
	for r.Err == nil {
		var n int
		n, r.Err = reader.Read(buf)
		r.Content = append(r.Content, buf[:n]...)
		clear(buf) // so that a reader that goes on with bytes of buf fails
	}
	if r.Err == io.EOF {
		r.Err = nil
	}
	r.Facts, r.Changed, r.Patches = reader.Facts(), reader.Changed(), reader.Patches()
	return r
}

// pieces is a reader that hands out n bytes at a time at most.
type pieces struct {
	io.Reader
	n int
}

func (r pieces) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), r.n)]) }

// whole cleans a file in one piece, and compares the result with those of cut streams. For a file
// that is not refused it also compares the patches with the content, and a second cleaning with the
// first. It then checks that the file stays as it is with Keep, and returns the content with all
// patches. For a refused file it returns the result as it is.
func whole(t *testing.T, mediaType string, file []byte) result {
	t.Helper()
	recorded := clean.Options{Record: true, Late: true}
	want := cleaned(mediaType, file, len(file)+1, len(file)+1, recorded)
	cuts, reads := []int{1, 2, 3, 7, 64, 1000, 4096}, []int{1, 5, 512, 32 << 10}
	if len(file) > 16<<10 { // most of it is one part, so that few cuts meet the border of a part
		cuts, reads = []int{3, 1000}, []int{5, 32 << 10}
	}
	every, turn := rounds.Of(3, 1), len(file) // so that files of different lengths have different cuts
	for _, n := range cuts {
		for _, to := range reads {
			if turn++; turn%every != 0 {
				continue
			}
			got := cleaned(mediaType, file, n, to, recorded)
			require.Equal(t, want.Err, got.Err, "from %d to %d", n, to)
			if want.Err == nil {
				require.True(t, bytes.Equal(want.Content, got.Content), "from %d to %d", n, to)
				require.Equal(t, want.Facts, got.Facts, "from %d to %d", n, to)
				require.Equal(t, want.Changed, got.Changed, "from %d to %d", n, to)
			}
		}
	}
	if want.Err != nil {
		return want
	}
	require.Len(t, want.Content, len(file))
	end := int64(0)
	for _, p := range want.Patches {
		require.GreaterOrEqual(t, p.Offset, end, "patches do not overlap")
		end = p.Offset + p.Length
	}
	published := apply(bytes.Clone(file), want.Patches)
	late := apply(bytes.Clone(want.Content), want.Patches)
	require.True(t, bytes.Equal(published, late), "the patches make the same of the file and of its cleaned content")
	require.Equal(t, want.Changed, !bytes.Equal(file, published))
	again := cleaned(mediaType, published, len(file)+1, 512, clean.Options{Record: true, Late: true})
	require.NoError(t, again.Err)
	require.False(t, again.Changed, "cleaning again changes nothing")
	require.Equal(t, want.Facts, again.Facts)
	kept := cleaned(mediaType, file, 100, 512, clean.Options{Keep: true})
	require.NoError(t, kept.Err)
	require.True(t, bytes.Equal(file, kept.Content), "with Keep the file stays as it is")
	require.Equal(t, want.Facts, kept.Facts)
	want.Content = published
	return want
}

// apply changes a file as the patches say.
func apply(file []byte, patches []clean.Patch) []byte {
	for _, p := range patches {
		span := file[p.Offset : p.Offset+p.Length]
		if clear(span); p.Bytes != nil {
			copy(span, p.Bytes)
		}
	}
	return file
}

// TestReaderFails checks that an error of the source comes through, a file that is cut off is
// refused, and a reader can be closed at any time.
func TestReaderFails(t *testing.T) {
	t.Parallel()
	file := pngOf(t)
	broken := errors.New("the source broke")
	for _, n := range []int{0, 1, 8, 20, 40, len(file) - 1} {
		src := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))
		r := clean.NewReader(src, "image/png", clean.Options{})
		_, err := io.Copy(io.Discard, r)
		require.ErrorIs(t, err, broken, "after %d bytes", n)
		r.Close()
		r.Close()

		var fault *clean.Error
		got := cleaned("image/png", file[:n], 3, 5, clean.Options{})
		require.ErrorAs(t, got.Err, &fault, "cut at %d", n)
		require.True(t, fault.Ended, "cut at %d", n)
		require.True(t, bytes.Equal(file[:n], got.Content), "cut at %d: what was read is seen", n)
	}
	for _, n := range []int{0, 10, 50} { // abandoned
		r := clean.NewReader(bytes.NewReader(file), "image/png", clean.Options{})
		_, err := io.CopyN(io.Discard, r, int64(n))
		require.NoError(t, err)
		r.Close()
	}
}

// purse is a Memory. Its value is the number of free bytes.
type purse int64

func (p *purse) Take(n int64) bool {
	if int64(*p) < n {
		return false
	}
	*p -= purse(n)
	return true
}

func (p *purse) Give(n int64) { *p += purse(n) }

// TestMemory checks that memory for patches is taken from that which readers share, and given back.
// With too little memory the file is refused as busy. The bytes before the refusal may be cleaned.
func TestMemory(t *testing.T) {
	t.Parallel()
	var chunks []string
	for range 1000 {
		chunks = append(chunks, "tEXtx")
	}
	file := pngOf(t, chunks...)
	const enough = 1 << 20
	memory := purse(enough)
	r := clean.NewReader(bytes.NewReader(file), "image/png", clean.Options{Record: true, Memory: &memory})
	_, err := io.Copy(io.Discard, r)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(r.Patches()), 1000)
	require.Less(t, int64(memory), int64(enough))
	r.Close()
	require.EqualValues(t, enough, memory)

	var fault *clean.Error
	for _, little := range []purse{0, 100} {
		got := cleaned("image/png", file, 100, 100, clean.Options{Record: true, Memory: &little})
		require.ErrorAs(t, got.Err, &fault)
		require.Equal(t, clean.CodeBusy, fault.Code)
		require.True(t, bytes.Equal(file[:len(got.Content)], got.Content) || got.Changed)
	}
}

// TestTooManyPatches checks that a file that needs more patches than MaxPatches is refused, and
// that the bytes after the fault come as they were in the file.
func TestTooManyPatches(t *testing.T) {
	t.Parallel()
	file := webpOf(webpLossy, strings.Repeat(riffChunk("JUNK", "SENTINEL"), storage.MaxPatches+1), riffChunk("EXIF", "more"))
	got := cleaned(typeWebP, file, len(file), len(file), clean.Options{Record: true})
	var fault *clean.Error
	require.ErrorAs(t, got.Err, &fault)
	require.Equal(t, clean.CodeUnclear, fault.Code)
	require.Equal(t, int64(len(file)-12-8), fault.Offset)
	require.True(t, bytes.HasSuffix(got.Content, file[fault.Offset:]))
	require.NoError(t, cleaned(typeWebP, file, len(file), len(file), clean.Options{}).Err)
}

// TestKeep checks that with Keep a damaged file is not refused, and stays as it is.
func TestKeep(t *testing.T) {
	t.Parallel()
	file := pngOf(t, "tEXta place")
	for n := range len(file) {
		for _, to := range []int{1, 7, 512} {
			got := cleaned("image/png", file[:n], 5, to, clean.Options{Keep: true})
			require.NoError(t, got.Err)
			require.True(t, bytes.Equal(file[:n], got.Content), "cut at %d", n)
		}
	}
	got := cleaned("image/png", []byte("no picture"), 3, 4, clean.Options{Keep: true})
	require.NoError(t, got.Err)
	require.Equal(t, "no picture", string(got.Content))
}
