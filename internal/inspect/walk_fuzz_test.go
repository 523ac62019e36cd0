package inspect_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image/jpeg"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

func FuzzPNG(f *testing.F)  { fuzzWalk(f, "image/png", pngChecksums) }
func FuzzJPEG(f *testing.F) { fuzzWalk(f, "image/jpeg", nil) }
func FuzzGIF(f *testing.F)  { fuzzWalk(f, "image/gif", nil) }
func FuzzWebP(f *testing.F) { fuzzWalk(f, "image/webp", nil) }
func FuzzHEIF(f *testing.F) { fuzzWalk(f, "image/avif", nil) }
func FuzzMP4(f *testing.F)  { fuzzWalk(f, "video/mp4", nil) }
func FuzzWebM(f *testing.F) { fuzzWalk(f, "video/webm", nil) }
func FuzzMP3(f *testing.F)  { fuzzWalk(f, "audio/mpeg", nil) }
func FuzzWAV(f *testing.F)  { fuzzWalk(f, "audio/wav", nil) }
func FuzzOgg(f *testing.F)  { fuzzWalk(f, "audio/ogg", oggChecksums) }
func FuzzFLAC(f *testing.F) { fuzzWalk(f, "audio/flac", nil) }

// fuzzWalk checks the promises of an inspector for any input: cuts make no difference, and the
// standard library opens an accepted file if it has a decoder. With "xx" after it an accepted file
// is refused, except in openEnded formats. A repair first corrects checksums, which no fuzzer would
// guess, unless cuts is empty.
func fuzzWalk(f *testing.F, mediaType string, repair func(in []byte)) {
	for _, file := range walked() {
		if file.Type == mediaType && len(file.Content) < 20_000 {
			f.Add(file.Content, []byte{1, 3, 200, 7})
		}
	}
	// Media data without a size extends to the end of any file, and a short last frame may be longer.
	openEnded := slices.Contains([]string{"video/mp4", "image/avif", "audio/wav", "audio/mpeg"}, mediaType)
	decode := configDecoders[mediaType]
	f.Fuzz(func(t *testing.T, in, cuts []byte) {
		if repair != nil && len(cuts) > 0 {
			in = bytes.Clone(in)
			repair(in)
		}
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
			if errors.As(err, new(jpeg.UnsupportedError)) {
				return // CMYK whose chroma and black are subsampled
			}
			require.NoError(t, err)
		}
	})
}

// writeCut writes in, cut to pieces of one byte more than the numbers in cuts, which repeat.
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

// pngChecksums corrects the checksums of all chunks.
func pngChecksums(in []byte) {
	for at := 8; at+12 <= len(in); {
		end := at + 8 + int(binary.BigEndian.Uint32(in[at:]))
		if end+4 > len(in) {
			return
		}
		binary.BigEndian.PutUint32(in[end:], crc32.ChecksumIEEE(in[at+4:end]))
		at = end + 4
	}
}

// oggChecksums corrects the checksums of all pages.
func oggChecksums(in []byte) {
	for len(in) >= 27 {
		size := 27 + int(in[26])
		for _, n := range in[27:min(size, len(in))] {
			size += int(n)
		}
		if size > len(in) {
			return
		}
		clear(in[22:26])
		var crc uint32
		for _, c := range in[:size] {
			crc ^= uint32(c) << 24
			for range 8 {
				crc = crc<<1 ^ crc>>31*0x04c11db7
			}
		}
		binary.LittleEndian.PutUint32(in[22:], crc)
		in = in[size:]
	}
}
