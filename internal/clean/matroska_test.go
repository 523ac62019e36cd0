package clean_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// element returns an element of Matroska whose size is written in 8 bytes.
func element(id string, content ...string) string {
	s := strings.Join(content, "")
	return id + "\x01" + n64(len(s))[1:] + s
}

// short returns an element whose size is written in one byte.
func short(id string, content ...string) string {
	s := strings.Join(content, "")
	return id + string([]byte{0x80 | byte(len(s))}) + s
}

const (
	segmentID  = "\x18\x53\x80\x67"
	seekID     = "\x11\x4d\x9b\x74"
	infoID     = "\x15\x49\xa9\x66"
	tracksID   = "\x16\x54\xae\x6b"
	clusterID  = "\x1f\x43\xb6\x75"
	cuesID     = "\x1c\x53\xbb\x6b"
	tagsID     = "\x12\x54\xc3\x67"
	chaptersID = "\x10\x43\xa7\x70"
	attachedID = "\x19\x41\xa4\x69"
	unknown    = "\x01\xff\xff\xff\xff\xff\xff\xff"
)

func mkvHead(docType string) string {
	return element("\x1a\x45\xdf\xa3", short("\x42\x86", "\x01"), short("\x42\xf2", "\x04"), short("\x42\xf3", "\x08"), short("\x42\x82", docType),
		element("\x42\x81", short("\x42\x83", hidden)))
}

func float(x float64) string { return n64(int(math.Float64bits(x))) }

// vorbisHeaders are the headers of a codec with comments.
var vorbisHeaders = "\x02\x0b\x2d\x01vorbisid12" + "\x03vorbis" + "\x04\x00\x00\x00SENT" + "\x01\x00\x00\x00" + "\x14\x00\x00\x00" + "SENTINEL=" + hidden + "abc" + "\x00\x01" + "setup"

// places returns the content of a segment: a film with a track of places.
func places(clusters string) string {
	tracks := element(tracksID, short("\xbf", "\x01\x02\x03\x04"),
		element("\xae", short("\xd7", "\x01"), short("\x73\xc5", "SENTINEL"), short("\x53\x6e", hidden), short("\x22\xb5\x9c", "ger"), short("\x83", "\x01"), short("\x86", "V_VP8"),
			short("\x25\x86\x88", hidden), short("\xe0", short("\xb0", "\x00\x50"), short("\xba", "\x30"), short("\x54\xcc", "\x10"), short("\xec", hidden), short("\x55\x77", hidden))),
		element("\xae", short("\xd7", "\x02"), short("\x83", "\x21"), short("\x86", hidden), element("\x63\xa2", hidden)),
		element("\xae", short("\xd7", "\x03"), short("\x83", "\x02"), short("\x73\xc5", "SENTINEL"), short("\x22\xb5\x9c", hidden), short("\x86", "A_VORBIS"), element("\x63\xa2", vorbisHeaders),
			short("\xe1", short("\xb5", "\x45\xbb\x80\x00"))),
		element("\xae", short("\xd7", "\x04"), short("\x83", "\x02"), element("\x63\xa2", "fLaC\x00\x00\x00\x04info\x84\x00\x00\x08"+hidden)))
	info := element(infoID, short("\xbf", "\x01\x02\x03\x04"), short("\x2a\xd7\xb1", "\x0f\x42\x40"), short("\x44\x89", float(2500)), short("\x44\x61", hidden), element("\x7b\xa9", hidden),
		short("\x4d\x80", hidden), short("\x57\x41", hidden), short("\x73\x84", hidden), short("\x73\xa4", hidden+hidden))
	seek := element(seekID, element("\x4d\xbb", short("\x53\xab", tracksID), short("\x53\xac", "\x10")), element("\x4d\xbb", short("\x53\xab", tagsID), short("\x53\xac", "\x53"), short("\xec", hidden)))
	return seek + short("\xec", hidden) + info + element(attachedID, hidden) + tracks + element(chaptersID, hidden) + clusters +
		element(cuesID, short("\xbb", "\xb3\x81\x00"), short("\x55\x77", hidden)) + element(tagsID, hidden) + short("\x55\x77", hidden)
}

func TestMatroska(t *testing.T) {
	t.Parallel()
	blocks := short("\xe7", "\x00") + short("\xa3", "\x81\x00\x00\x80", pictureA) + short("\xa3", "\x82\x00\x00\x80", hidden) + short("\xa3", "\x40\x02\x00\x00\x80", hidden) +
		short("\xa0", short("\xa1", "\x82\x00\x00\x00", hidden), short("\x9b", "\x01")) + short("\xa0", short("\x9b", "\x01"), short("\xa1", "\x82\x00\x00\x00", hidden)) +
		short("\xa0", short("\xa1", "\x81\x00\x00\x00", pictureB), short("\x9b", "\x01"), short("\x55\x77", hidden)) + short("\xec", hidden) +
		short("\xa0", short("\xec", hidden), short("\x9b", "\x02"), short("\x55\x77", hidden), short("\xa1", "\x81\x00\x00\x00", pictureA), short("\x55\x77", hidden)) + short("\xa0", short("\x9b", "\x01"))
	for _, c := range []struct{ name, file string }{
		{name: "known sizes", file: mkvHead("matroska") + short("\xec", hidden) + element(segmentID, places(element(clusterID, short("\xbf", "\x01\x02\x03\x04"), blocks, short("\x55\x77", hidden))))},
		{name: "unknown sizes, as of live films", file: mkvHead("webm\x00") + segmentID + unknown + places(clusterID+unknown+blocks+clusterID+unknown+blocks)},
		{name: "clusters of unknown size in a segment of known size", file: mkvHead("webm") + element(segmentID, places(clusterID+unknown+blocks))},
		{name: "an unknown element in a cluster of unknown size", file: mkvHead("webm") + element(segmentID, places(clusterID+unknown+short("\x55\x77", hidden)+blocks))},
		{name: "after its end", file: mkvHead("webm") + element(segmentID, places(element(clusterID, blocks))) + hidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, "video/matroska", []byte(c.file))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			require.NotContains(t, string(got.Content), "SENT")
			require.Equal(t, clean.Facts{Width: 64, Height: 48, Milliseconds: 2500}, got.Facts)
			for _, kept := range []string{pictureA, pictureB, "V_VP8", "ger", "A_VORBIS", "\x45\xbb\x80\x00", "\xb3\x81\x00", "\x01vorbisid12\x03vorbis", "\x00\x01setup", "fLaC\x00\x00\x00\x04info\x81\x00\x00\x08"} {
				require.Equal(t, strings.Count(c.file, strings.Replace(kept, "\x81\x00\x00\x08", "\x84\x00\x00\x08", 1)), strings.Count(string(got.Content), kept), "%q", kept)
			}
		})
	}
}

func TestMatroskaUnclear(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"another type":         mkvHead("mp4") + element(segmentID, element(tracksID)),
		"no header":            element(segmentID, element(tracksID)),
		"no segment":           mkvHead("webm"),
		"no tracks":            mkvHead("webm") + element(segmentID, element(infoID)),
		"a cluster first":      mkvHead("webm") + element(segmentID, element(clusterID), element(tracksID)),
		"packed headers":       mkvHead("webm") + element(segmentID, element(tracksID, element("\xae", short("\xd7", "\x01"), short("\x83", "\x02"), short("\x6d\x80", short("\x62\x40", short("\x50\x32", "\x03")))))),
		"large info":           mkvHead("webm") + element(segmentID, element(infoID, element("\x7b\xa9", zeros(70_000))), element(tracksID)),
		"large headers":        mkvHead("webm") + element(segmentID, element(tracksID, element("\xae", short("\xd7", "\x01"), short("\x83", "\x02"), element("\x63\xa2", "fLaC"+zeros(70_000))))),
		"an element is cut":    mkvHead("webm") + element(segmentID, element(tracksID)+infoID),
		"tags of unknown size": mkvHead("webm") + segmentID + unknown + element(tracksID) + tagsID + unknown,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, "video/webm", []byte(file))
			var fault *clean.Error
			require.ErrorAs(t, got.Err, &fault)
			require.Equal(t, clean.CodeUnclear, fault.Code)
		})
	}
}

func FuzzMatroska(f *testing.F) {
	f.Add([]byte(mkvHead("webm") + segmentID + unknown + places(clusterID+unknown+short("\xa3", "\x82\x00\x00\x80", hidden))))
	for _, name := range []string{"film.webm", "live.webm", "merge.mkv"} {
		b, err := os.ReadFile("../corpus/testdata/media/" + name)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		holdTogether(t, "video/matroska", file)
	})
}

func BenchmarkMatroska(b *testing.B) {
	var blocks strings.Builder
	for range 4000 {
		blocks.WriteString(element("\xa3", "\x81\x00\x00\x80", zeros(4000)))
	}
	benchmarkClean(b, "video/webm", []byte(mkvHead("webm")+element(segmentID, element(tracksID, element("\xae", short("\xd7", "\x01"), short("\x83", "\x01"))), element(clusterID, blocks.String()))))
}

// TestMatroskaLargeHeaders checks a codec's headers that are too large to be held: they are refused
// if the codec writes comments in them, and kept otherwise.
func TestMatroskaLargeHeaders(t *testing.T) {
	t.Parallel()
	setup := zeros(70_000)
	for headers, refused := range map[string]bool{
		"\x00\x0b\x01vorbisid12" + "\x00\x20\x03vorbis" + hidden + setup: true,
		"\x02\x0b\x20\x01vorbisid12" + "\x03vorbis" + hidden + setup:     true,
		"\x00\x2a\x80theora" + setup:                                     true,
		"fLaC" + setup:                                                   true,
		"[Script Info]\n" + setup:                                        false,
	} {
		got := whole(t, "video/webm", []byte(mkvHead("webm")+element(segmentID, element(tracksID, element("\xae", short("\xd7", "\x01"), short("\x83", "\x02"), element("\x63\xa2", headers))))))
		require.Equal(t, refused, got.Err != nil, "%.20q: %v", headers, got.Err)
		if !refused {
			require.Contains(t, string(got.Content), headers)
		}
	}
}

// TestMatroskaVorbis checks that the comments of Vorbis are blanked also if the length of each
// header stands before it, or lengths are wrong. Theora has the length of each header before it.
func TestMatroskaVorbis(t *testing.T) {
	t.Parallel()
	comments := "\x03vorbis" + "\x04\x00\x00\x00SENT" + "\x01\x00\x00\x00" + "\x08\x00\x00\x00" + hidden + "\x01"
	for headers, kept := range map[string]string{
		"\x00\x0b\x01vorbisid12" + n16(len(comments)) + comments + "\x0f\xa0\x05vorbissetup": "\x0f\xa0\x05vorbissetup",
		"\x02\x0b\xfe\x01vorbisid12" + comments + "\x05vorbissetup":                          "\x05vorbissetup",
	} {
		got := whole(t, "video/webm", []byte(mkvHead("webm")+element(segmentID, element(tracksID, element("\xae", short("\xd7", "\x01"), short("\x83", "\x02"), element("\x63\xa2", headers))))))
		require.NoError(t, got.Err)
		requireNothing(t, got.Content)
		require.NotContains(t, string(got.Content), "SENT")
		require.Contains(t, string(got.Content), kept)
	}
	theora := "\x81theora" + comments[7:len(comments)-1]
	got := whole(t, "video/webm", []byte(mkvHead("webm")+element(segmentID, element(tracksID, element("\xae", short("\xd7", "\x01"), short("\x83", "\x01"), element("\x63\xa2", n16(9)+"\x80theoraid"+n16(len(theora))+theora+"\x0f\xa0\x82theora"))))))
	require.NoError(t, got.Err)
	requireNothing(t, got.Content)
	require.Contains(t, string(got.Content), "\x0f\xa0\x82theora")
}
