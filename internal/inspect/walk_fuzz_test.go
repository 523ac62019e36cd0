package inspect_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

func FuzzPNG(f *testing.F)  { fuzzWalk(f, "image/png") }
func FuzzJPEG(f *testing.F) { fuzzWalk(f, "image/jpeg") }
func FuzzGIF(f *testing.F)  { fuzzWalk(f, "image/gif") }
func FuzzWebP(f *testing.F) { fuzzWalk(f, "image/webp") }
func FuzzHEIF(f *testing.F) { fuzzWalk(f, "image/avif") }
func FuzzMP4(f *testing.F)  { fuzzWalk(f, "video/mp4") }
func FuzzWebM(f *testing.F) { fuzzWalk(f, "video/webm") }
func FuzzMP3(f *testing.F)  { fuzzWalk(f, "audio/mpeg") }
func FuzzWAV(f *testing.F)  { fuzzWalk(f, "audio/wav") }
func FuzzOgg(f *testing.F)  { fuzzWalk(f, "audio/ogg") }
func FuzzFLAC(f *testing.F) { fuzzWalk(f, "audio/flac") }

// fuzzWalk holds an inspector to what it promises for any input: cuts make no difference, nothing may be appended to what
// is accepted, and the standard library opens it.
func fuzzWalk(f *testing.F, mediaType string) {
	for _, file := range walked() {
		if file.Type == mediaType && len(file.Content) < 20_000 {
			f.Add(file.Content, []byte{1, 3, 200, 7})
		}
	}
	// Media data of no size goes to the end, whatever stands there.
	openEnded := mediaType == "video/mp4" || mediaType == "image/avif"
	decode := configDecoders[mediaType]
	f.Fuzz(func(t *testing.T, in, cuts []byte) {
		whole, cut := newWalker(mediaType, inspect.Limits{}), newWalker(mediaType, inspect.Limits{})
		_, _ = whole.Write(in)
		writeCut(cut, in, cuts)
		require.Equal(t, whole.Verdict(), cut.Verdict())
		if whole.Verdict() != nil {
			return
		}
		if !openEnded {
			require.Error(t, judge(newWalker(mediaType, inspect.Limits{}), bytes.NewReader(append(in[:len(in):len(in)], "xx"...))))
		}
		if decode != nil {
			_, err := decode(bytes.NewReader(in))
			require.NoError(t, err)
		}
	})
}

// writeCut writes in, cut to pieces of the lengths in cuts, which begin again when they are used up.
func writeCut(w walker, in, cuts []byte) {
	for i := 0; len(in) > 0; i++ {
		n := len(in)
		if len(cuts) > 0 {
			n = min(n, 1+int(cuts[i%len(cuts)]))
		}
		_, _ = w.Write(in[:n])
		in = in[n:]
	}
}
