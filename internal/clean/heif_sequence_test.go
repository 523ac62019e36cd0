package clean_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// TestHEIFSequence checks that an image sequence keeps its samples, and loses what the metadata box
// of its track describes, also between samples. Items of a metadata box of the file are treated as
// in a picture.
func TestHEIFSequence(t *testing.T) {
	t.Parallel()
	const frame = "a coded frame"
	sequence := func(exif, packet, name string, inTrack, own bool) []byte {
		head := atom("ftyp", "avis", n32(0), "avismsf1")
		about := func(at int) string {
			items := heifFile{items: []heifItem{
				{kind: "av01", words: "\x00", pieces: []string{frame}, has: []int{1}},
				{kind: "Exif", words: "\x00", pieces: []string{exif}},
				{kind: "mime", words: name + "\x00" + isRDF, pieces: []string{packet}},
			}, properties: heifShape}
			return items.meta(at)
		}
		movie := func(at int) string {
			meta := about(at)
			if !inTrack {
				meta = atom("free", zeros(len(meta)-8))
			}
			samples := atom("stbl", atom("stsd", n32(0), n32(1), atom("av01", zeros(24), n16(20), n16(12), zeros(50))), atom("stts", n32(0), n32(1), n32(2), n32(5)),
				atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1)), atom("stsz", n32(0), n32(len(frame)), n32(2)),
				atom("stco", n32(0), n32(2), n32(at), n32(at+len(frame)+len(exif)+len(packet))))
			return atom("moov", movieHead("mvhd", n32(10), n32(10), zeros(80)), atom("trak", trackHead(1, 20, 12, upright), meta, atom("mdia", atom("mdhd", zeros(12), n32(10), n32(10), zeros(4)), handler("pict", ""), atom("minf", ownData, samples))))
		}
		first := func(at int) string {
			if own {
				return about(at)
			}
			return ""
		}
		at := len(head) + len(first(0)) + len(movie(0)) + 8
		return []byte(head + first(at) + movie(at) + atom("mdat", frame, exif, packet, frame))
	}
	exif := heifExif.pieces[0]
	for name, c := range map[string]struct{ file, want []byte }{
		"without a picture": {sequence(exif, secret, "SENTINEL", true, false), sequence(zeros(len(exif)), zeros(len(secret)), "SENTINEL", false, false)},
		"with a picture":    {sequence(exif, ultraHDR, "", true, true), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.False(t, refused(t, "image/avif", c.file))
			got := whole(t, "image/avif", c.file)
			require.NoError(t, got.Err)
			requireSilent(t, got.Content)
			require.False(t, refused(t, "image/avif", got.Content))
			require.Equal(t, clean.Facts{Width: 20, Height: 12, Frames: 2, Milliseconds: got.Facts.Milliseconds}, got.Facts)
			require.Equal(t, 2, bytes.Count(got.Content, []byte(frame)))
			if c.want != nil {
				require.True(t, bytes.HasSuffix(got.Content, c.want[len(c.want)-len(frame)*2-len(exif)-len(secret):]))
			} else {
				require.Contains(t, string(got.Content), string(keptExif(6)))
			}
		})
	}
}

// TestHEIFSequenceWithoutOne checks that a file that announces a sequence, and has none, loses the
// media that belongs to no item. Only the end of the file shows that, so without Late a file with
// such media is refused.
func TestHEIFSequenceWithoutOne(t *testing.T) {
	t.Parallel()
	file := func(gap string) []byte {
		hidden := heifPicture
		hidden.gap = gap
		b := heifFile{items: []heifItem{heifPicture, hidden}, properties: heifShape}.bytes()
		return bytes.Replace(b, []byte("mif1heic"), []byte("mif1msf1"), 1)
	}
	for _, gap := range []string{"", zeros(600)} {
		got := whole(t, typeHEIC, file(gap))
		require.NoError(t, got.Err)
		require.False(t, got.Changed)
	}
	for _, gap := range []string{"S", secret, zeros(600) + secret} {
		got := whole(t, typeHEIC, file(gap))
		require.NoError(t, got.Err)
		require.Equal(t, file(zeros(len(gap))), got.Content)
		var fault *clean.Error
		require.ErrorAs(t, cleaned(typeHEIC, file(gap), 100, 100, clean.Options{}).Err, &fault)
		require.Equal(t, clean.CodeLate, fault.Code)
	}
}

// TestHEIFSequenceOverlaps checks that a file is refused if samples of a track that is not kept
// overlap an item whose data was handed on already, since one of the two would be damaged. Samples
// outside of media data are ignored.
func TestHEIFSequenceOverlaps(t *testing.T) {
	t.Parallel()
	still := bytes.Replace(heifFile{items: []heifItem{heifPicture, heifExif}, properties: heifShape}.bytes(), []byte("mif1heic"), []byte("mif1msf1"), 1)
	at := bytes.Index(still, []byte(coded))
	size := len(coded) + len(heifExif.pieces[0])
	file := func(from, n int) []byte {
		places := media("meta", "", "", atom("mebx", zeros(6), n16(1)), tables([]span{{from, n}}))
		return append(bytes.Clone(still), atom("moov", movieHead("mvhd", n32(1), n32(1)), videoTrack([]span{{at, len(coded)}}), atom("trak", trackHead(2, 0, 0, upright), places))...)
	}
	requireUnclear(t, "a picture", file(at+5, 3))
	requireUnclear(t, "Exif", file(at+size-3, 1))
	requireUnclear(t, "both", file(at, size))
	got := whole(t, typeHEIC, file(at-8-4, 4))
	require.NoError(t, got.Err)
}

// TestHEIFSequenceMemory checks that the list of samples to be blanked is taken from the memory
// that readers share, and given back.
func TestHEIFSequenceMemory(t *testing.T) {
	t.Parallel()
	const n = 20_000
	var offsets strings.Builder
	for i := range n {
		offsets.WriteString(n32(1<<24 + 2*i))
	}
	places := media("meta", "", "", "", atom("stsz", n32(0), n32(1), n32(n))+atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1))+atom("stco", n32(0), n32(n), offsets.String()))
	still := bytes.Replace(heifFile{items: []heifItem{heifPicture}, properties: heifShape}.bytes(), []byte("mif1heic"), []byte("mif1msf1"), 1)
	at := bytes.Index(still, []byte(coded))
	file := append(still, atom("moov", movieHead("mvhd", n32(1), n32(1)), videoTrack([]span{{at, len(coded)}}), atom("trak", trackHead(2, 0, 0, upright), places))...)
	little, enough := purse(n*50), purse(n*250)
	var fault *clean.Error
	require.ErrorAs(t, cleaned(typeHEIC, file, 1000, 1000, clean.Options{Memory: &little}).Err, &fault)
	require.Equal(t, clean.CodeBusy, fault.Code)
	require.EqualValues(t, n*50, little)
	require.NoError(t, cleaned(typeHEIC, file, 1000, 1000, clean.Options{Memory: &enough}).Err)
	require.EqualValues(t, n*250, enough)
}
