package clean_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// flacComments returns the content of a block of FLAC metadata with comments.
func flacComments(vendor string, comments ...string) string {
	little := func(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
	var b strings.Builder
	b.WriteString(little(len(vendor)) + vendor + little(len(comments)))
	for _, c := range comments {
		b.WriteString(little(len(c)) + c)
	}
	return b.String()
}

// TestFLACInContainers checks that of the comments of FLAC only the one about channels stays.
// Decoders need it where the number of channels does not say which channels they are.
func TestFLACInContainers(t *testing.T) {
	t.Parallel()
	const mask = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK="
	for _, c := range []struct {
		name, comments, kept string // kept is the comment that stays, if any
	}{
		{name: "of channels", comments: flacComments("SENT", "TITLE="+hidden, mask+"0x0603", "ARTIST="+hidden), kept: mask + "0x603"},
		{name: "of channels, in lower case", comments: flacComments(hidden, strings.ToLower(mask)+"0x000000001"), kept: mask + "0x1"},
		{name: "of channels, alone", comments: flacComments("", mask+"0x33"), kept: mask + "0x33"},
		{name: "of channels, with text", comments: flacComments(hidden, mask+"0x33"+hidden)},
		{name: "of channels, in decimals", comments: flacComments(hidden, mask+"51")},
		{name: "of more channels than there are", comments: flacComments(hidden, mask+"0x123456789")},
		{name: "others", comments: flacComments(hidden, "TITLE="+hidden)},
		{name: "of a number that is wrong", comments: flacComments(hidden, mask+"0x33")[:20] + hidden},
		{name: "longer than the block", comments: "\xff\xff\xff\xff" + hidden},
		{name: "too short", comments: "SEN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			block := func(kind, content string) string { return kind + n32(len(content))[1:] + content }
			want := block("\x81", zeros(len(c.comments)))
			if c.kept != "" {
				want = block("\x84", flacComments(zeros(len(c.comments)-12-len(c.kept)), c.kept))
			}
			info := block("\x00", "info")
			blocks := info + block("\x84", c.comments)
			song := atom("ftyp", "M4A ", n32(0)) + atom("mdat", "sound") + atom("moov", movieHead("mvhd", n32(1), n32(1)), atom("trak", trackHead(1, 0, 0, upright),
				media("soun", hidden, atom("smhd", zeros(8)), atom("fLaC", zeros(6), n16(1), zeros(8), n16(2), n16(16), zeros(8), atom("dfLa", n32(0), blocks)), tables([]span{{24, 5}}))))
			track := element("\xae", short("\xd7", "\x01"), short("\x83", "\x02"), short("\x86", "A_FLAC"), element("\x63\xa2", "fLaC", blocks))
			for mediaType, file := range map[string]string{
				"audio/mp4":      song,
				"video/matroska": mkvHead("matroska") + element(segmentID, element(tracksID, track)),
			} {
				got := whole(t, mediaType, []byte(file))
				require.NoError(t, got.Err)
				requireNothing(t, got.Content)
				require.Contains(t, string(got.Content), info+want, mediaType)
			}
		})
	}
}
