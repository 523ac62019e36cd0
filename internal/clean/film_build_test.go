package clean_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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

// The secrets of a film, none of which may be left: text, also in lower case, in UTF-16 and cut to
// four bytes, and dates.
const hidden = "SENTINEL"

var hiddenWide = "S\x00E\x00N\x00T\x00I\x00N\x00E\x00L\x00"

const hiddenDate = "\xd1\xd2\xd3\xd4"

func requireNothing(t testing.TB, content []byte) {
	t.Helper()
	for _, s := range []string{hidden[:4], strings.ToLower(hidden[:4]), hiddenWide, hiddenDate} {
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

// videoTrack returns a track whose samples are chunks of these lengths at these offsets, with more
// boxes before its media.
func videoTrack(chunks []span, parts ...string) string {
	entry := atom("avc1", zeros(6), n16(1), zeros(4), "SENT", zeros(8), n16(64), n16(48), zeros(14), "\x08SENTINEL"+zeros(23), n16(24), n16(-1),
		atom("avcC", "\x01\x42\xc0\x1e\xff\xe0\x00"), atom("pasp", n32(1), n32(1)),
		atom("sv3d", atom("svhd", n32(0), hidden), atom("proj", atom("prhd", n32(0), n32(1), n32(2), n32(3)), atom("secr", hidden)), atom("secr", hidden)), atom("secr", hidden), zeros(4))
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

// cameraFilm returns a film with a video track, and tracks of places and of chapters whose tables
// are made by dataTables for the offset of the first sample. If front is true, the movie box comes
// before the samples.
func cameraFilm(front bool, dataTables func(at int) string) string {
	start := atom("ftyp", "qt  ", n32(0), "qt  ") + atom("wide") + atom("free", hidden) + atom("uuid", hiddenWide, hidden)
	samples := pictureA + place + pictureB + place
	movie := func(at int) string {
		b := at + len(pictureA) + len(place)
		return atom("moov", movieHead("mvhd", n32(1000), n32(2500), zeros(80)),
			videoTrack([]span{{at, len(pictureA)}, {b, len(pictureB)}}, atom("load", hidden), atom("meta", n32(0), hidden)),
			dataTrack(2, "meta", "\x09GoPro MET", dataTables(at+len(pictureA))), dataTrack(3, "text", "chapters SENTINEL", dataTables(at+len(pictureA))),
			atom("udta", "\x00\x00\x00\x10\xa9xyz"+hidden, zeros(4)), atom("meta", handler("mdta", ""), atom("keys", hidden)), atom("uuid", hiddenWide, hidden))
	}
	end := atom("uuid", zeros(16), hidden) + atom("meta", n32(0), hidden)
	if front {
		at := len(start) + len(movie(0)) + 8
		return start + movie(at) + atom("mdat", samples) + end
	}
	return start + atom("mdat", samples) + movie(len(start)+8) + end
}

// placesAt returns the tables of both samples of places.
func placesAt(at int) string {
	return tables([]span{{at, len(place)}, {at + len(place) + len(pictureB), len(place)}})
}
