package metadata_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// TestFilms: exiftool finds nothing of a person in a cleaned film, ffprobe warns of nothing, and
// each picture and sample of sound stays.
func TestFilms(t *testing.T) {
	apple := []string{
		"-ItemList:Title=" + sentinel, "-ItemList:Artist=" + sentinel, "-Keys:GPSCoordinates=48.85837, 2.294481, 30", "-Keys:Make=" + sentinel,
		"-Keys:Model=" + sentinel, "-UserData:GPSCoordinates=48.85837, 2.294481, 30", "-UserData:Copyright=" + sentinel, "-XMP:Creator=" + sentinel,
		"-QuickTime:CreateDate=2024:01:02 03:04:05", "-TrackCreateDate=2024:01:02 03:04:05", "-MediaModifyDate=2024:01:02 03:04:05",
	}
	for _, c := range []struct {
		sample, kind string
		tags         []string
		made         func(film []byte) []byte
	}{
		{sample: "film.mp4", kind: "video/mp4", tags: apple},
		{sample: "fast.mp4", kind: "video/mp4", tags: apple},
		{sample: "fragments.mp4", kind: "video/mp4"},
		{sample: "film.mov", kind: "video/quicktime", tags: apple},
		{sample: "sound.m4a", kind: "audio/mp4", tags: apple},
		{sample: "film.mp4", kind: "video/mp4", tags: apple, made: func(film []byte) []byte { return withPlaces(film, true) }},
		{sample: "film.mp4", kind: "video/mp4", made: func(film []byte) []byte { return withPlaces(film, false) }},
		{sample: "film.webm", kind: "video/webm"},
		{sample: "live.webm", kind: "video/webm"},
		{sample: "film.mkv", kind: "video/matroska"},
	} {
		t.Run(c.sample, func(t *testing.T) {
			film := sample(t, c.sample)
			if c.made != nil {
				film = c.made(film)
			}
			before := filepath.Join(t.TempDir(), c.sample)
			require.NoError(t, os.WriteFile(before, film, 0o600))
			if c.made != nil {
				require.NotEmpty(t, tagsOf(t, before)["Track3:GPSLatitude"], "exiftool does not read the track")
			}
			if c.tags != nil {
				before = tagged(t, c.sample, film, c.tags...)
			}
			after := patched(t, c.kind, before)
			requireSame(t, before, after)
			for name, value := range tagsOf(t, after) {
				group, tag, _ := strings.Cut(name, ":")
				require.NotContains(t, []string{"ItemList", "Keys", "UserData", "GoPro", "GPS"}, group, name)
				require.False(t, strings.HasPrefix(group, "XMP"), name)
				require.NotContains(t, value, sentinel, name)
				if strings.Contains(tag, "Date") {
					require.Equal(t, "0000:00:00 00:00:00", value, name)
				}
				require.NotContains(t, []string{"Warning", "Error", "HandlerVendorID", "CompressorName", "GPSLatitude"}, tag, value)
			}
		})
	}
}

// TestMadeFilms: nothing of a person is left of what ffmpeg has written into films.
func TestMadeFilms(t *testing.T) {
	for name, kind := range map[string]string{"a.mp4": "video/mp4", "a.mov": "video/quicktime", "a.webm": "video/webm", "a.mkv": "video/matroska", "a.m4a": "audio/mp4"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text, before := filepath.Join(dir, "chapters"), filepath.Join(dir, name)
			require.NoError(t, os.WriteFile(text, []byte(";FFMETADATA1\ntitle="+sentinel+"\nlocation=+48.85+2.29/\ncreation_time=2024-01-02T03:04:05Z\n[CHAPTER]\nTIMEBASE=1/10\nSTART=0\nEND=4\ntitle="+sentinel+"\n"), 0o600))
			picture := []string{"-f", "lavfi", "-i", "testsrc=d=0.4:s=64x48:r=10"}
			if kind == "audio/mp4" {
				picture = nil
			}
			args := append([]string{"-v", "error", "-i", text, "-f", "lavfi", "-i", "sine=d=0.4"}, picture...)
			args = append(args, "-map_metadata", "0", "-map_chapters", "0", "-map", "1")
			if picture != nil {
				args = append(args, "-map", "2")
			}
			run(t, "ffmpeg", append(args, "-metadata:s:a", "title="+sentinel, "-metadata:s:a", "handler_name="+sentinel, "-movflags", "use_metadata_tags", before)...)
			after := patched(t, kind, before)
			requireSame(t, before, after)
			requireSilent(t, before, after)
			said := run(t, "ffprobe", "-v", "warning", "-show_format", "-show_streams", "-show_chapters", after)
			for _, s := range []string{"CHAPTER", "TAG:title", "TAG:location", "TAG:encoder=L", "creation_time"} {
				require.NotContains(t, said, s)
			}
		})
	}
}

// patched cleans a film by patches to its bytes, as for a storage that can change what it has. It
// returns the path of the result.
func patched(t *testing.T, kind, path string) string {
	t.Helper()
	in, err := os.ReadFile(path)
	require.NoError(t, err)
	r := clean.NewReader(bytes.NewReader(in), kind, clean.Options{Record: true, Late: true})
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	require.NoError(t, err)
	for _, p := range r.Patches() {
		span := in[p.Offset : p.Offset+p.Length]
		clear(span)
		copy(span, p.Bytes)
	}
	path = filepath.Join(filepath.Dir(path), "cleaned"+filepath.Ext(path))
	require.NoError(t, os.WriteFile(path, in, 0o600))
	return path
}

// requireSame requires that ffmpeg decodes the same pictures and sound of two films without an
// error, and that ffprobe reports nothing about the second.
func requireSame(t *testing.T, before, after string) {
	t.Helper()
	decoded := func(path string) string {
		return run(t, "ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "0:v?", "-map", "0:a?", "-f", "framemd5", "-")
	}
	require.Equal(t, decoded(before), decoded(after))
	require.Empty(t, silent(t, "ffprobe", "-v", "warning", after))
}

// TestDroneSubtitles: positions that a drone writes as subtitles are blanked.
func TestDroneSubtitles(t *testing.T) {
	dir := t.TempDir()
	film, text, before := filepath.Join(dir, "film.mp4"), filepath.Join(dir, "places.srt"), filepath.Join(dir, "DJI_0001.MP4")
	require.NoError(t, os.WriteFile(film, sample(t, "film.mp4"), 0o600))
	require.NoError(t, os.WriteFile(text, []byte("1\n00:00:00,000 --> 00:00:00,300\nGPS (2.2945, 48.8584, 30) "+sentinel+" 2024:01:02\n"), 0o600))
	run(t, "ffmpeg", "-v", "error", "-i", film, "-i", text, "-map", "0", "-map", "1", "-c", "copy", "-c:s", "mov_text", "-metadata:s:s", "handler_name=DJI.Subtitle", before)
	after := patched(t, "video/mp4", before)
	requireSame(t, before, after)
	requireSilent(t, before, after)
}

// withPlaces puts a track of a GoPro camera into a film whose movie box comes last. With late the
// samples of the track come before that box, otherwise after it.
func withPlaces(film []byte, late bool) []byte {
	at := bytes.LastIndex(film, []byte("moov")) - 4
	start, movie := film[:at], film[at+8:]
	sample := gpmf("DEVC", 0, gpmf("DVID", 'L', be(1))+gpmf("DVNM", 'c', sentinel)+
		gpmf("STRM", 0, gpmf("STNM", 'c', sentinel)+gpmf("GPSU", 'U', "240102030405.000")+gpmf("SCAL", 'l', be(10000000)+be(10000000)+be(1000)+be(1000)+be(100))+
			gpmf("GPS5", 'l', be(488583700)+be(22944810)+be(30000)+be(0)+be(0))))
	track := func(offset int) []byte {
		table := box("stsd", be(0), be(1), box("gpmd", "\x00\x00\x00\x00\x00\x00\x00\x01", be(0))) + box("stts", be(0), be(1), be(1), be(600)) +
			box("stsc", be(0), be(1), be(1), be(1), be(1)) + box("stsz", be(0), be(0), be(1), be(len(sample))) + box("stco", be(0), be(1), be(offset))
		trak := box("trak", box("tkhd", be(7), be(0), be(0), be(9), be(0), be(600), strings.Repeat("\x00", 16), be(1<<16), strings.Repeat("\x00", 12), be(1<<16), strings.Repeat("\x00", 12), be(1<<30), be(0), be(0)),
			box("mdia", box("mdhd", be(0), be(0), be(0), be(1000), be(600), be(0x55c40000)), box("hdlr", be(0), "mhlrmeta", strings.Repeat("\x00", 12), "\x09GoPro MET"),
				box("minf", box("gmhd", box("gmin", strings.Repeat("\x00", 16))), box("dinf", box("dref", be(0), be(1), box("url ", be(1)))), box("stbl", table))))
		return []byte(box("moov", string(movie), trak))
	}
	data := []byte(box("mdat", sample))
	if late {
		return bytes.Join([][]byte{start, data, track(len(start) + 8)}, nil)
	}
	return bytes.Join([][]byte{start, track(len(start) + len(track(0)) + 8), data}, nil)
}

func box(kind string, content ...string) string {
	s := strings.Join(content, "")
	return be(8+len(s)) + kind + s
}

// gpmf returns an entry of GoPro's format of telemetry.
func gpmf(key string, kind byte, data string) string {
	size, count := 1, len(data)
	switch {
	case key == "GPS5":
		size, count = 20, 1
	case key == "GPSU":
		size, count = 16, 1
	case kind == 'l' || kind == 'L':
		size, count = 4, len(data)/4
	}
	return key + string([]byte{kind, byte(size), byte(count >> 8), byte(count)}) + data + strings.Repeat("\x00", -len(data)&3)
}

func be(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }
