package clean_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

func n16(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
func n32(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }
func n64(n int) string { return string(binary.BigEndian.AppendUint64(nil, uint64(n))) }

// atom returns a box.
func atom(kind string, content ...string) string {
	s := strings.Join(content, "")
	return n32(8+len(s)) + kind + s
}

// bigAtom returns a box with a 64-bit size.
func bigAtom(kind string, content ...string) string {
	s := strings.Join(content, "")
	return n32(1) + kind + n64(16+len(s)) + s
}

// The secrets of a film: text that is nowhere to be left, in any case and in UTF-16.
const hidden = "SENTINEL"

var hiddenWide = "S\x00E\x00N\x00T\x00I\x00N\x00E\x00L\x00"

const hiddenDate = "\xd1\xd2\xd3\xd4"

func requireNothing(t testing.TB, content []byte) {
	t.Helper()
	for _, s := range []string{hidden, strings.ToLower(hidden), hiddenWide, hiddenDate} {
		at := bytes.Index(content, []byte(s))
		require.Negative(t, at, "%q is left in %q", s, content[max(0, at-40):max(0, at+20)])
	}
}

func movieHead(kind string, more ...string) string {
	return atom(kind, n32(0), hiddenDate, hiddenDate, strings.Join(more, ""))
}

func trackHead(id, width, height int, matrix string) string {
	return movieHead("tkhd", n32(id), n32(0), n32(1000), zeros(16), matrix, n32(width<<16), n32(height<<16))
}

var (
	upright = n32(1<<16) + zeros(12) + n32(1<<16) + zeros(12) + n32(1<<30)
	quarter = n32(0) + n32(1<<16) + n32(0) + n32(-1<<16) + zeros(16) + n32(1<<30)
)

func handler(kind, name string) string {
	return atom("hdlr", n32(0), "mhlr", kind, "appl", zeros(8), name, "\x00")
}

var ownData = atom("dinf", atom("dref", n32(0), n32(1), atom("url ", n32(1))))

// videoTrack returns a track whose samples are chunks of these lengths at these offsets.
func videoTrack(chunks []span, parts ...string) string {
	entry := atom("avc1", zeros(6), n16(1), zeros(4), "SENT", zeros(8), n16(64), n16(48), zeros(14), "\x08SENTINEL"+zeros(23), n16(24), n16(-1),
		atom("avcC", "\x01\x42\xc0\x1e\xff\xe0\x00"), atom("pasp", n32(1), n32(1)), atom("secr", hidden), zeros(4))
	return atom("trak", trackHead(1, 64, 48, upright), atom("tref", atom("chap", n32(3)), atom("tmcd", n32(4))),
		atom("edts", atom("elst", n32(0), n32(1), n32(1000), n32(0), n32(1<<16)), atom("secr", hidden)),
		strings.Join(parts, ""), media("vide", "\x08SENTINEL", atom("vmhd", n32(1), zeros(8)), entry, tables(chunks)), atom("udta", atom("name", hidden)))
}

func media(kind, name, header, entry, tables string) string {
	return atom("mdia", movieHead("mdhd", n32(1000), n32(1000), n16(0x55c4), n16(0)), atom("elng", n32(0), "de-DE\x00"), handler(kind, name),
		atom("secr", hidden), atom("minf", header, atom("hdlr", n32(0), "dhlrurl ", zeros(12), hidden), ownData,
			atom("stbl", atom("stsd", n32(0), n32(1), entry), tables, atom("secr", hidden))))
}

type span struct{ at, size int }

// tables returns the tables of a track with one sample a chunk.
func tables(chunks []span) string {
	sizes, offsets := "", ""
	for _, c := range chunks {
		sizes += n32(c.size)
		offsets += n32(c.at)
	}
	return atom("stts", n32(0), n32(1), n32(len(chunks)), n32(100)) + atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1)) +
		atom("stsz", n32(0), n32(0), n32(len(chunks)), sizes) + atom("stco", n32(0), n32(len(chunks)), offsets)
}

func dataTrack(id int, kind, name, tables string) string {
	return atom("trak", trackHead(id, 0, 0, upright), atom("tref", atom("cdsc", n32(1))),
		media(kind, name, atom("gmhd", atom("gmin", zeros(16))), atom("gpmd", zeros(6), n16(1), hidden), tables))
}

const (
	pictureA = "first picture, bit for bit"
	pictureB = "second picture"
	place    = "GPS 1 SENTINEL 5.0 E"
)

// cameraFilm returns a film with a track of places, whose tables are made by tables, and its movie
// box in front or at the end.
func cameraFilm(front bool, tables func(at int) string) string {
	start := atom("ftyp", "qt  ", n32(0), "qt  ") + atom("wide") + atom("free", hidden) + atom("uuid", hiddenWide, hidden)
	samples := pictureA + place + pictureB + place
	movie := func(at int) string {
		b := at + len(pictureA) + len(place)
		return atom("moov", movieHead("mvhd", n32(1000), n32(2500), zeros(80)),
			videoTrack([]span{{at, len(pictureA)}, {b, len(pictureB)}}, atom("load", hidden), atom("meta", n32(0), hidden)),
			dataTrack(2, "meta", "\x09GoPro MET", tables(at+len(pictureA))), dataTrack(3, "text", "chapters SENTINEL", tables(at+len(pictureA))),
			atom("udta", "\x00\x00\x00\x10\xa9xyz"+hidden, zeros(4)), atom("meta", handler("mdta", ""), atom("keys", hidden)), atom("uuid", hiddenWide, hidden))
	}
	end := atom("uuid", zeros(16), hidden) + atom("meta", n32(0), hidden)
	if front {
		at := len(start) + len(movie(0)) + 8
		return start + movie(at) + atom("mdat", samples) + end
	}
	return start + atom("mdat", samples) + movie(len(start)+8) + end
}

// placesAt are the tables of both samples of places.
func placesAt(at int) string {
	return tables([]span{{at, len(place)}, {at + len(place) + len(pictureB), len(place)}})
}

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
				for _, kept := range []string{pictureA + zeros(len(place)) + pictureB, "avcC\x01\x42\xc0\x1e\xff\xe0\x00", "pasp" + n32(1), "elst" + n32(0) + n32(1), "tmcd" + n32(4), "de-DE"} {
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

// TestFilmTracks: which tracks are kept.
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

// TestFilmHeads: what other headers and sizes say.
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
		{name: "protected", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + esds + atom("sinf", atom("frma", "mp4a"), atom("schm", "cenc"), atom("schi", atom("tenc", "key"), atom("name", hidden)), atom("secr", hidden)), kept: atom("tenc", "key")},
		{name: "AMR", entry: zeros(8) + n16(2) + n16(16) + zeros(8) + atom("damr", hidden[:4], "\x01", "\x81\xff\x00\x01"), kept: "damr" + zeros(5) + "\x81\xff\x00\x01"},
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

// TestFilmFragments: fragments say where the samples of a track are before they come.
func TestFilmFragments(t *testing.T) {
	t.Parallel()
	extend := func(id int) string { return atom("trex", n32(0), n32(id), n32(1), n32(10), n32(5), n32(0)) }
	start := atom("ftyp", "iso5"+n32(0)) + atom("moov", movieHead("mvhd", n32(1000), n32(0)), videoTrack(nil), dataTrack(2, "meta", "", tables(nil)),
		atom("mvex", atom("mehd", n32(0), n32(4000)), extend(1), extend(2), atom("secr", hidden)))
	sized := func(id int, more string, sizes ...int) string {
		var list strings.Builder
		for _, n := range sizes {
			list.WriteString(n32(10) + n32(n))
		}
		return atom("traf", atom("tfhd", n32(0x20000), n32(id)), atom("tfdt", n32(0), n32(0)), atom("trun", n32(0x301), n32(len(sizes)), "OFFS", list.String()), atom("secr", hidden), more)
	}
	for _, c := range []struct {
		name  string
		trafs string
	}{
		{name: "offsets from the fragment", trafs: strings.Replace(sized(1, "", 20, 6), "OFFS", "PICT", 1) + strings.Replace(sized(2, atom("secr", hidden), 8, 12), "OFFS", "PLCE", 1)},
		{name: "one after another", trafs: atom("traf", atom("tfhd", n32(0), n32(1)), atom("trun", n32(0x201), n32(2), "PICT", n32(20), n32(6))) +
			atom("traf", atom("tfhd", n32(0x10), n32(2), n32(10)), atom("trun", n32(0), n32(1)), atom("trun", n32(4), n32(1), n32(0)))},
		{name: "the size of the movie", trafs: atom("traf", atom("tfhd", n32(0), n32(1)), atom("trun", n32(0x201), n32(1), "PICT", n32(26))) +
			atom("traf", atom("tfhd", n32(0), n32(2)), atom("trun", n32(0xd00), n32(4), strings.Repeat(hidden+"\xd1\xd2\xd3\xd4", 4)))},
		{name: "offsets from the file", trafs: atom("traf", atom("tfhd", n32(1), n32(1), "WIDEPICT"), atom("trun", n32(0x201), n32(1), n32(0), n32(26))) +
			atom("traf", atom("tfhd", n32(0x3b), n32(2), "WIDEPLCE", n32(1), n32(1), n32(20), n32(0)), atom("trun", n32(0), n32(1)), atom("uuid", zeros(16), hidden))},
		{name: "an unknown track", trafs: atom("traf", atom("tfhd", n32(0x10), n32(9), n32(20)), atom("trun", n32(1), n32(1), "PLCE"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, pictureA, 26)
			require.Len(t, place, 20)
			file := start
			for range 2 {
				file += atom("prft", hidden) + atom("emsg", hidden)
				fragment := atom("moof", atom("mfhd", n32(0), n32(1)), c.trafs, atom("meta", n32(0), hidden))
				from := len(fragment) + 8
				fragment = strings.NewReplacer("WIDEPICT", n64(len(file)+from), "WIDEPLCE", n64(len(file)+from+26), "PICT", n32(from), "PLCE", n32(from+26)).Replace(fragment)
				file += fragment + atom("mdat", pictureA, place)
			}
			file += atom("mfra", atom("tfra", n32(0)), atom("secr", hidden), atom("mfro", n32(0), n32(0)))
			got := whole(t, "video/mp4", []byte(file))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			require.Equal(t, 2, bytes.Count(got.Content, []byte("mdat"+pictureA+zeros(20))))
			strict := cleaned("video/mp4", []byte(file), 100, 100, clean.Options{})
			require.NoError(t, strict.Err)
		})
	}
}

// TestFilmSize: where the header of a track has no size, that of its pictures counts.
func TestFilmSize(t *testing.T) {
	t.Parallel()
	track := strings.Replace(videoTrack(nil), n32(64<<16)+n32(48<<16), n32(0)+n32(0), 1)
	got := whole(t, "video/mp4", []byte(atom("ftyp", "isom"+n32(0))+atom("moov", track)+atom("mdat", "m")))
	require.NoError(t, got.Err)
	require.Equal(t, clean.Facts{Width: 64, Height: 48}, got.Facts)
}

// TestFilmMemory: tables of tracks that are dropped are taken from the memory that readers share.
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

// TestFilmTooMany: so many samples that need blanking are refused.
func TestFilmTooMany(t *testing.T) {
	t.Parallel()
	var offsets strings.Builder
	for i := range 70_000 {
		offsets.WriteString(n32(i * 2))
	}
	file := []byte(cameraFilm(true, func(int) string {
		return atom("stsz", n32(0), n32(1), n32(70_000)) + atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1)) + atom("stco", n32(0), n32(70_000), offsets.String())
	}))
	var fault *clean.Error
	got := cleaned("video/mp4", file, 1000, 1000, clean.Options{})
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
		"compressed":          head + atom("moov", atom("cmov", hidden)) + atom("mdat", "m"),
		"a list of movies":    head + atom("moov", atom("rmra", hidden)) + atom("mdat", "m"),
		"no movie":            head + atom("mdat", "m"),
		"no media":            head + atom("moov", videoTrack(nil)),
		"media in the movie":  head + n32(0) + "moov" + videoTrack(nil) + atom("mdat", "m"),
		"nothing to see":      head + atom("moov", sound, dataTrack(2, "meta", "", "")) + atom("mdat", "m"),
		"two movies":          head + atom("moov", videoTrack(nil)) + atom("moov", videoTrack(nil)),
		"late handler":        inTrack(atom("mdia", atom("minf", ""), handler("vide", ""))),
		"data elsewhere":      inTrack(atom("mdia", handler("vide", ""), atom("minf", atom("dinf", atom("dref", n32(0), n32(1), atom("url ", n32(0), "http://x")))))),
		"a large box":         inTrack(atom("udta", zeros(70_000)), atom("mdia", handler("vide", ""))),
		"a box that is large": head + atom("moov", n32(1000)+"trak") + atom("mdat", "m"),
		"a fragment first":    head + atom("moof", "") + atom("moov", videoTrack(nil)),
		"samples behind":      head + atom("moov", videoTrack(nil)) + atom("mdat", hidden) + atom("moof", atom("traf", atom("tfhd", n32(0x11), n32(9), n64(len(head)), n32(9999)), atom("trun", n32(0), n32(1)))),
		"HTML after the end":  head + atom("moov", videoTrack(nil)) + atom("mdat", "m") + "<html><script>",
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
