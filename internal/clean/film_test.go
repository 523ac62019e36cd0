package clean_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/storage"
)

func TestFilm(t *testing.T) {
	t.Parallel()
	second := len(place) + len(pictureB)
	short := func(bits int, sizes string) func(int) string {
		return func(at int) string {
			return atom("stz2", n32(0), n32(bits), n32(2), sizes) + atom("co64", n32(0), n32(2), n64(at), n64(at+second)) +
				atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1))
		}
	}
	for _, c := range []struct {
		name   string
		tables func(at int) string
	}{
		{name: "as cameras write", tables: placesAt},
		{name: "sizes of 8 bits, 64-bit offsets, other order", tables: short(8, "\x14\x14")},
		{name: "sizes of 16 bits", tables: short(16, "\x00\x14\x00\x14")},
		{name: "one size", tables: func(at int) string {
			return atom("stsz", n32(0), n32(len(place)), n32(2)) + bigAtom("stco", n32(0), n32(2), n32(at), n32(at+second)) + atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1))
		}},
		{name: "many samples a chunk, in two runs", tables: func(at int) string {
			return atom("stsz", n32(0), n32(4), n32(10)) + atom("stsc", n32(0), n32(2), n32(1), n32(2), n32(1), n32(2), n32(3), n32(1)) +
				atom("stco", n32(0), n32(4), n32(at), n32(at+8), n32(at+second), n32(at+second+12))
		}},
	} {
		for _, front := range []bool{true, false} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				file := cameraFilm(front, c.tables)
				got := whole(t, "video/quicktime", []byte(file))
				require.NoError(t, got.Err)
				requireNothing(t, got.Content)
				require.Equal(t, clean.Facts{Width: 64, Height: 48, Frames: 2, Milliseconds: 2500}, got.Facts)
				for _, kept := range []string{pictureA + zeros(len(place)) + pictureB, "avcC\x01\x42\xc0\x1e\xff\xe0\x00", "pasp" + n32(1), "prhd" + n32(0) + n32(1) + n32(2), "elst" + n32(0) + n32(1), "tmcd" + n32(4), "de-DE"} {
					require.Equal(t, strings.Index(file, kept[:5]), bytes.Index(got.Content, []byte(kept)), "%q stays", kept)
				}
				require.Equal(t, 1, bytes.Count(got.Content, []byte("trak")))
				strict := cleaned("video/quicktime", []byte(file), 100, 100, clean.Options{})
				if front {
					require.NoError(t, strict.Err)
					return
				}
				var fault *clean.Error
				require.ErrorAs(t, strict.Err, &fault)
				require.Equal(t, clean.CodeLate, fault.Code)
			})
		}
	}
}

// TestFilmTracks checks which tracks are kept.
func TestFilmTracks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, name string
		kept       bool
	}{
		{kind: "soun", name: hidden, kept: true},
		{kind: "auxv", name: hidden, kept: true},
		{kind: "tmcd", name: hidden, kept: true},
		{kind: "clcp", name: hidden, kept: true},
		{kind: "sbtl", name: "SubtitleHandler", kept: true},
		{kind: "sbtl", name: "\x0fSubtitleHandler", kept: true},
		{kind: "sbtl", name: "DJI.Subtitle"},
		{kind: "sbtl"},
		{kind: "text", name: "SubtitleHandler"},
		{kind: "meta", name: hidden},
		{kind: "camm", name: hidden},
		{kind: "\x00\x00\x00\x00"},
	} {
		t.Run(c.kind+" "+c.name, func(t *testing.T) {
			t.Parallel()
			at := len(atom("ftyp", "isom"+n32(0))) + 8
			file := atom("ftyp", "isom"+n32(0)) + atom("mdat", pictureA, "sample") + atom("moov", movieHead("mvhd", n32(1), n32(1)), videoTrack([]span{{at, len(pictureA)}}),
				atom("trak", trackHead(2, 0, 0, upright), media(c.kind, c.name, "", atom("wvtt", zeros(6), n16(1)), tables([]span{{at + len(pictureA), 6}}))))
			got := whole(t, "video/mp4", []byte(file))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			require.Contains(t, string(got.Content), pictureA)
			require.Equal(t, c.kept, bytes.Contains(got.Content, []byte("sample")))
		})
	}
}

// TestFilmTexts checks that the entries of subtitles keep their fields, and lose foreign boxes.
func TestFilmTexts(t *testing.T) {
	t.Parallel()
	for kind, fields := range map[string]string{
		"wvtt": "", "c608": "", "c708": "",
		"stpp": "http://www.w3.org/ns/ttml\x00\x00image/png\x00",
		"sbtt": "utf-8\x00text/plain\x00",
		"stxt": "utf-8\x00text/plain;charset=utf-8;purpose=a-long-description-of-the-samples\x00",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			at := len(atom("ftyp", "isom"+n32(0))) + 8
			file := atom("ftyp", "isom"+n32(0)) + atom("mdat", pictureA, "sample") + atom("moov", movieHead("mvhd", n32(1), n32(1)), videoTrack([]span{{at, len(pictureA)}}),
				atom("trak", trackHead(2, 0, 0, upright), media("sbtl", "SubtitleHandler", "", atom(kind, zeros(6), n16(1), fields, atom("secr", hidden), atom("btrt", n32(1), n32(2), n32(3))), tables([]span{{at + len(pictureA), 6}}))))
			got := whole(t, "video/mp4", []byte(file))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			for _, kept := range []string{"sample", kind + zeros(6) + n16(1) + fields, "btrt" + n32(1)} {
				require.Contains(t, string(got.Content), kept)
			}
		})
	}
}

// TestFilmHeads checks that headers of version 1, boxes with sizes of 64 bits or none, and a table
// of colours are read.
func TestFilmHeads(t *testing.T) {
	t.Parallel()
	long := func(kind string, more ...string) string {
		return atom(kind, "\x01\x00\x00\x00", hiddenDate, hiddenDate, hiddenDate, hiddenDate, strings.Join(more, ""))
	}
	entry := atom("jpeg", zeros(6), n16(1), zeros(4), "SENT", zeros(8), n16(64), n16(48), zeros(14), "\x08SENTINEL"+zeros(23), n16(2), n16(0),
		n32(0), n16(0), n16(3), strings.Repeat("\x00\x00colour", 4))
	file := atom("ftyp", "isom"+n32(0)) + atom("mdat", pictureA) + n32(0) + "moov" + long("mvhd", n32(600), n64(1200)) +
		bigAtom("trak", long("tkhd", n32(7), n32(0), n64(1200), zeros(16), quarter, n32(64<<16), n32(48<<16)),
			bigAtom("mdia", bigAtom("mdhd", "\x01\x00\x00\x00", hiddenDate, hiddenDate, hiddenDate, hiddenDate, n32(600), n64(1200)), bigAtom("hdlr", n32(0), n32(0), "vide", zeros(12), hidden),
				atom("minf", ownData, atom("stbl", atom("stsd", n32(0), n32(1), entry), tables([]span{{24, len(pictureA)}}))))) + atom("iods", hidden)
	got := whole(t, "video/mp4", []byte(file))
	require.NoError(t, got.Err)
	requireNothing(t, got.Content)
	require.Equal(t, clean.Facts{Width: 48, Height: 64, Frames: 1, Milliseconds: 2000}, got.Facts)
	require.Contains(t, string(got.Content), strings.Repeat("\x00\x00colour", 4), "colours of a table")
}

func TestFilmSound(t *testing.T) {
	t.Parallel()
	esds := atom("esds", n32(0), "codec")
	for _, c := range []struct{ name, entry, kept string }{
		{name: "MP4", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + esds + atom("secr", hidden), kept: esds},
		{name: "QuickTime 1", entry: n16(1) + n16(0) + "SENT" + n16(2) + n16(16) + zeros(8) + zeros(16) + atom("wave", esds) + atom("secr", hidden), kept: esds},
		{name: "MP4 that says 1", entry: n16(1) + zeros(6) + n16(2) + n16(16) + zeros(8) + esds, kept: esds},
		{name: "QuickTime 2", entry: n16(2) + zeros(6) + n16(2) + n16(16) + zeros(8) + zeros(36) + esds, kept: esds},
		{name: "a box with a size of 64 bits", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + bigAtom("secr", hidden) + bigAtom("esds", n32(0), "codec") + atom("secr", hidden), kept: bigAtom("esds", n32(0), "codec")},
		{name: "a box that hides in fields", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + n32(1) + "secr" + n64(36) + n32(0) + atom("secr", hidden), kept: "mp4a"},
		{name: "protected", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + esds + atom("sinf", atom("frma", "mp4a"), atom("schm", "cenc"), atom("schi", atom("tenc", "key"), atom("name", hidden)), atom("secr", hidden)), kept: atom("tenc", "key")},
		{name: "AMR", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + atom("damr", hidden[:4], "\x01", "\x81\xff\x00\x01"), kept: "damr" + zeros(5) + "\x81\xff\x00\x01"},
		{name: "Vorbis", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + atom("esds", n32(0), strings.Replace(vorbisHeaders, "setup", "\x05vorbis", 1)), kept: "\x01vorbisid12\x03vorbis\x1d\x00\x00\x00" + zeros(33) + "\x01\x05vorbis"},
		{name: "FLAC", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + atom("dfLa", n32(0), "\x00\x00\x00\x04info", "\x04\x00\x00\x08"+hidden, "\x86\x00\x00\x08"+hidden), kept: "\x00\x00\x00\x04info\x01\x00\x00\x08" + zeros(8) + "\x81"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := atom("ftyp", "M4A "+n32(0)) + atom("mdat", "sound") + atom("moov", movieHead("mvhd", n32(1), n32(1)), atom("trak", trackHead(1, 0, 0, upright),
				media("soun", hidden, atom("smhd", zeros(8)), atom("mp4a", zeros(6), n16(1), c.entry), tables([]span{{24, 5}}))))
			got := whole(t, "audio/mp4", []byte(file))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			require.Contains(t, string(got.Content), c.kept)
			require.Equal(t, clean.Facts{Milliseconds: 1000}, got.Facts)
		})
	}
}

// TestFilmSize checks that a track without a size in its header takes the size of its pictures.
func TestFilmSize(t *testing.T) {
	t.Parallel()
	track := strings.Replace(videoTrack(nil), n32(64<<16)+n32(48<<16), n32(0)+n32(0), 1)
	got := whole(t, "video/mp4", []byte(atom("ftyp", "isom"+n32(0))+atom("moov", track)+atom("mdat", "m")))
	require.NoError(t, got.Err)
	require.Equal(t, clean.Facts{Width: 64, Height: 48}, got.Facts)
}

// TestFilmMemory checks that the tables of dropped tracks take memory from that which readers
// share.
func TestFilmMemory(t *testing.T) {
	t.Parallel()
	file := []byte(cameraFilm(true, func(int) string {
		return atom("stsz", n32(0), n32(0), n32(20_000), zeros(80_000)) + atom("stco", n32(0), n32(20_000), zeros(80_000))
	}))
	var fault *clean.Error
	few, many := purse(200_000), purse(1<<20)
	got := cleaned("video/mp4", file, 1000, 1000, clean.Options{Memory: &few})
	require.ErrorAs(t, got.Err, &fault)
	require.Equal(t, clean.CodeBusy, fault.Code)
	require.EqualValues(t, 200_000, few)
	got = cleaned("video/mp4", file, 1000, 1000, clean.Options{Memory: &many})
	require.NoError(t, got.Err)
	require.EqualValues(t, 1<<20, many)
}

// TestFilmTooMany checks that a track with a sample for each picture of an hour is blanked. A film
// is refused if more than MaxPatches of its samples, none next to another, need blanking.
func TestFilmTooMany(t *testing.T) {
	t.Parallel()
	film := func(samples int) []byte {
		var offsets strings.Builder
		for i := range samples {
			offsets.WriteString(n32(44 + i*2))
		}
		places := atom("stsz", n32(0), n32(1), n32(samples)) + atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1)) + atom("stco", n32(0), n32(samples), offsets.String())
		return []byte(atom("ftyp", "qt  ", n32(0), "qt  ") + atom("mdat", zeros(16), strings.Repeat(".", samples*2)) +
			atom("moov", movieHead("mvhd", n32(1), n32(1)), videoTrack(nil), dataTrack(2, "meta", "GoPro SOS", places)))
	}
	const hour = 60 * 60 * 60
	memory := purse(32 << 20)
	file := film(hour)
	got := cleaned("video/quicktime", file, len(file), 32<<10, clean.Options{Record: true, Late: true, Memory: &memory})
	require.NoError(t, got.Err)
	require.Equal(t, hour, bytes.Count(apply(file, got.Patches), []byte("\x00.")))
	require.EqualValues(t, 32<<20, memory)

	file = film(storage.MaxPatches + 1)
	var fault *clean.Error
	got = cleaned("video/quicktime", file, len(file), 32<<10, clean.Options{Record: true, Late: true})
	require.ErrorAs(t, got.Err, &fault)
	require.Equal(t, clean.CodeUnclear, fault.Code)
}

func TestFilmUnclear(t *testing.T) {
	t.Parallel()
	head, sound := atom("ftyp", "isom"+n32(0)), movieHead("mvhd", n32(1), n32(1))
	inTrack := func(parts ...string) string {
		return head + atom("mdat", "m") + atom("moov", sound, atom("trak", trackHead(1, 1, 1, upright), strings.Join(parts, "")))
	}
	for name, file := range map[string]string{
		"compressed":                head + atom("moov", atom("cmov", hidden)) + atom("mdat", "m"),
		"a list of movies":          head + atom("moov", atom("rmra", hidden)) + atom("mdat", "m"),
		"no movie":                  head + atom("mdat", "m"),
		"no media":                  head + atom("moov", videoTrack(nil)),
		"media in the movie":        head + n32(0) + "moov" + videoTrack(nil) + atom("mdat", "m"),
		"nothing to see":            head + atom("moov", sound, dataTrack(2, "meta", "", "")) + atom("mdat", "m"),
		"two movies":                head + atom("moov", videoTrack(nil)) + atom("moov", videoTrack(nil)),
		"late handler":              inTrack(atom("mdia", atom("minf", ""), handler("vide", ""))),
		"data elsewhere":            inTrack(atom("mdia", handler("vide", ""), atom("minf", atom("dinf", atom("dref", n32(0), n32(1), atom("url ", n32(0), "http://x")))))),
		"a large box":               inTrack(atom("udta", zeros(70_000)), atom("mdia", handler("vide", ""))),
		"a box that does not fit":   head + atom("moov", n32(1000)+"trak") + atom("mdat", "m"),
		"a fragment first":          head + atom("moof", "") + atom("moov", videoTrack(nil)),
		"samples before a fragment": head + atom("moov", videoTrack(nil)) + atom("mdat", hidden) + atom("moof", atom("traf", atom("tfhd", n32(0x11), n32(9), n64(len(head)), n32(9999)), atom("trun", n32(0), n32(1)))),
		"samples before the movie":  head + atom("mdat", hidden) + atom("moov", videoTrack(nil)) + atom("moof", atom("traf", atom("tfhd", n32(0x11), n32(9), n64(len(head)+8), n32(len(hidden))), atom("trun", n32(0), n32(1)))),
		"a table too short":         head + atom("moov", videoTrack(nil), atom("trak", atom("mdia", handler("meta", ""), atom("minf", atom("stbl", atom("stsz"))))), atom("free", n32(1), atom("free"))) + atom("mdat", "m"),
		"two boxes of media":        head + atom("mdat", hidden) + atom("moov", videoTrack(nil), atom("trak", atom("mdia"), dataTrack(2, "meta", "", tables([]span{{len(head) + 8, len(hidden)}}))[8:])),
		"two tables of sizes":       head + atom("mdat", hidden) + atom("moov", videoTrack(nil), dataTrack(2, "meta", "", atom("stsz", n32(0), n32(1), n32(1))+tables([]span{{len(head) + 8, len(hidden)}}))),
		"HTML after the end":        head + atom("moov", videoTrack(nil)) + atom("mdat", "m") + "<html><script>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, "video/mp4", []byte(file))
			var fault *clean.Error
			require.ErrorAs(t, got.Err, &fault)
			require.Equal(t, clean.CodeUnclear, fault.Code)
		})
	}
}

func TestFilmSphere(t *testing.T) {
	t.Parallel()
	const uuid = "\xff\xcc\x82\x63\xf8\x55\x4a\x93\x88\x14\x58\x7a\x02\x52\x1f\xdd"
	xml := `<?xml version="1.0"?><rdf:SphericalVideo xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:GSpherical="http://ns.google.com/videos/1.0/spherical/">` +
		`<GSpherical:Spherical>true</GSpherical:Spherical><GSpherical:Stitched>true</GSpherical:Stitched><GSpherical:StitchingSoftware>SENTINEL</GSpherical:StitchingSoftware>` +
		`<GSpherical:ProjectionType>equirectangular</GSpherical:ProjectionType><GSpherical:Timestamp>1234567890</GSpherical:Timestamp><GSpherical:StereoMode>top-bottom</GSpherical:StereoMode></rdf:SphericalVideo>`
	track := videoTrack(nil)
	track = atom("trak", track[8:], atom("uuid", uuid, xml))
	got := whole(t, "video/mp4", []byte(atom("ftyp", "isom"+n32(0))+atom("moov", track)+atom("mdat", "m")))
	require.NoError(t, got.Err)
	requireNothing(t, got.Content)
	for _, kept := range []string{"<GSpherical:Spherical>true</GSpherical:Spherical>", "<GSpherical:Stitched>true<", "<GSpherical:ProjectionType>equirectangular<", "<GSpherical:StereoMode>top-bottom<"} {
		require.Contains(t, string(got.Content), kept)
	}
	require.NotContains(t, string(got.Content), "1234567890")
}

func FuzzFilm(f *testing.F) {
	for _, front := range []bool{true, false} {
		f.Add([]byte(cameraFilm(front, placesAt)))
	}
	for _, name := range []string{"fast.mp4", "frag.mp4", "film.mov", "sound.m4a"} {
		b, err := os.ReadFile("../corpus/testdata/media/" + name)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		late := clean.Options{Late: true, Record: true}
		got := cleaned("video/mp4", file, len(file)+1, len(file)+1, late)
		require.Len(t, got.Content, len(file))
		cut := cleaned("video/mp4", file, 3, 7, late)
		require.Equal(t, got.Err, cut.Err)
		if got.Err != nil {
			return
		}
		out := apply(bytes.Clone(file), got.Patches)
		require.Equal(t, out, apply(cut.Content, cut.Patches))
		again := cleaned("video/mp4", out, len(file)+1, 100, late)
		require.NoError(t, again.Err)
		require.Equal(t, out, apply(again.Content, again.Patches))
		require.True(t, refused(t, "video/mp4", file) || !refused(t, "video/mp4", out))
	})
}

func BenchmarkFilm(b *testing.B) {
	benchmarkClean(b, "video/mp4", []byte(cameraFilm(true, placesAt)+atom("mdat", zeros(16<<20))))
}
