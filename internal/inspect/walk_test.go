package inspect_test

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
)

type walker interface {
	io.Writer
	Verdict() error
}

// newWalker returns the inspector of pictures, sound or films of that type.
func newWalker(mediaType string, limits inspect.Limits) walker {
	switch mediaType {
	case "image/png":
		return &inspect.PNG{Limits: limits}
	case "image/jpeg":
		return &inspect.JPEG{Limits: limits}
	case "image/gif":
		return &inspect.GIF{Limits: limits}
	case "image/webp":
		return &inspect.WebP{Limits: limits}
	case "image/avif", "image/heic":
		return &inspect.HEIF{Limits: limits}
	case "video/mp4", "video/quicktime", "audio/mp4", "video/3gpp":
		return &inspect.MP4{}
	case "video/webm", "video/matroska":
		return &inspect.WebM{Matroska: mediaType == "video/matroska"}
	case "audio/mpeg":
		return &inspect.MP3{}
	case "audio/wav":
		return &inspect.WAV{}
	case "audio/ogg", "video/ogg":
		return &inspect.Ogg{}
	case "audio/flac":
		return &inspect.FLAC{}
	}
	panic(mediaType)
}

// walked returns the files that reach an inspector.
var walked = sync.OnceValue(func() (files []corpus.File) {
	for _, f := range append(corpus.Images(), corpus.Media()...) {
		if f.Code == "" || f.Code == "content" {
			files = append(files, f)
		}
	}
	return files
})

func judge(w walker, r io.Reader) error {
	_, _ = io.Copy(w, struct{ io.Reader }{r})
	return w.Verdict()
}

func TestWalkCorpus(t *testing.T) {
	reasons := map[string]finding{}
	for _, r := range walkReasons {
		reasons[r.about] = finding{r.code, r.reason}
	}
	for _, f := range walked() {
		whole := judge(newWalker(f.Type, inspect.Limits{}), bytes.NewReader(f.Content))
		bytewise := judge(newWalker(f.Type, inspect.Limits{}), iotest.OneByteReader(bytes.NewReader(f.Content)))
		require.Equal(t, reasons[f.About], found(whole), f.About)
		require.Equal(t, whole, bytewise, f.About)
		delete(reasons, f.About)
	}
	require.Empty(t, reasons, "reasons without a file")
}

// TestWalkRefusesCutFiles: the beginning of a file is refused, unless wholeWhenCut lists the file.
func TestWalkRefusesCutFiles(t *testing.T) {
	for _, f := range walked() {
		if f.Code != "" || len(f.Content) > 20_000 {
			continue
		}
		for n := 0; n < len(f.Content); n += 1 + (len(f.Content)-n)/64 {
			if judge(newWalker(f.Type, inspect.Limits{}), bytes.NewReader(f.Content[:n])) == nil {
				require.NotEmpty(t, wholeWhenCut[f.About], "%s is accepted when cut to %d bytes", f.About, n)
			}
		}
	}
}

// wholeWhenCut lists files with beginnings that are accepted, and what these still have, or why.
var wholeWhenCut = map[string]string{
	"JPEG with zeros after its end":                          "the picture, with fewer of them",
	"JPEG with a fill byte after its end":                    "the picture",
	"JPEG with fill bytes and zeros after its end":           "the picture",
	"JPEG with a gain map announced in the other byte order": "the first picture",
	"WebM recorded by a browser":                             "fewer blocks",
	"MP3 with a tag that has a footer":                       "fewer frames",
	"JPEG with a gain map after its end":                     "the first picture",
	"JPEG with two more pictures and padding":                "the first picture or two",
	"JPEG by a Samsung phone":                                "the picture",
	"JPEG by a Samsung phone, with a gain map":               "the pictures",
	"HEIC":                            "its boxes, without the last one",
	"MP4 in fragments":                "fewer fragments",
	"MP4 with 64-bit sizes":           "the film, without the box after it",
	"MP4 whose media goes to the end": "its end is not known",
	"WebM of unknown size":            "fewer clusters",
	"MP3 with a constant bit rate, with two tags":                "fewer frames",
	"MP3 with a variable bit rate by LAME":                       "fewer frames",
	"MP3 of MPEG 2.5":                                            "fewer frames",
	"MP3 with a picture":                                         "fewer frames",
	"MP3 with an APE tag":                                        "fewer frames",
	"Ogg, one after another":                                     "the first one",
	"FLAC with a picture":                                        "fewer frames",
	"JPEG with an unannounced preview":                           "the first picture",
	"JPEG with more pictures than it announces":                  "the first pictures",
	"JPEG with an unreadable announcement of pictures":           "the first picture",
	"JPEG by the editor of a Samsung phone":                      "the picture",
	"JPEG by a vivo phone":                                       "the picture",
	"JPEG by an OPPO phone":                                      "the picture",
	"JPEG with a line end after its end":                         "the picture",
	"GIF with zeros after it":                                    "the picture, with fewer of them",
	"HEIC with XMP after it":                                     "the picture",
	"HEIC by a Samsung phone":                                    "the picture",
	"HEIC with zeros after it":                                   "the picture",
	"MP4 whose movie goes to the end":                            "its end is not known",
	"MP4 with zeros after it":                                    "the film, with fewer of them",
	"MP4 with metadata that is its own":                          "the film",
	"MP3 with zeros after its tag":                               "fewer frames",
	"MP3 with zeros after its frames":                            "fewer frames",
	"MP3 with lyrics":                                            "fewer frames",
	"MP3 with an APE tag that has no header":                     "fewer frames",
	"MP3 with an APE tag that has no header, and another":        "fewer frames",
	"MP3 with two tags at its end":                               "fewer frames",
	"MP3 with an extended tag":                                   "fewer frames",
	"MP3 with a short last frame":                                "fewer frames",
	"WAV without a size":                                         "its end is not known",
	"WAV from a pipe":                                            "its end is not known",
	"WAV from a pipe, with its size":                             "its end is not known",
	"WAV from a stopped recorder":                                "its end is not known",
	"WAV from a pipe, by a program that adds to an unknown size": "its end is not known",
	"WAV from a pipe by LAME":                                    "its end is not known",
	"WAV from a pipe by SoX":                                     "its end is not known",
	"WAV with 64-bit sizes, from a pipe":                         "its end is not known",
	"Ogg Vorbis":                                                 "fewer pages",
	"Ogg Opus":                                                   "fewer pages",
	"Ogg FLAC":                                                   "fewer pages",
	"Ogg Theora":                                                 "fewer pages",
	"Ogg without an end mark":                                    "fewer pages",
	"FLAC after an ID3 tag":                                      "fewer frames",
	"FLAC after a large ID3 tag":                                 "fewer frames",
}

func TestWalkLimits(t *testing.T) {
	for _, c := range []struct {
		about string // of a file in the corpus
		least inspect.Limits
	}{
		{"PNG in colour with alpha", inspect.Limits{MaxWidth: 20, MaxHeight: 12, MaxPixels: 240}},
		{"JPEG, progressive", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384}},
		{"GIF", inspect.Limits{MaxWidth: 20, MaxHeight: 12, MaxPixels: 240}},
		{"WebP, lossy", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384}},
		{"WebP, lossless", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384}},
		{"WebP with alpha", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384}},
		{"AVIF", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384}},
		{"AVIF of tiles", inspect.Limits{MaxWidth: 128, MaxHeight: 64, MaxPixels: 8192}},
		{"HEIC", inspect.Limits{MaxWidth: 64, MaxHeight: 64, MaxPixels: 4096}},
		{"APNG by apngasm", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384, MaxFrames: 4}},
		{"GIF, animated", inspect.Limits{MaxWidth: 20, MaxHeight: 12, MaxPixels: 240, MaxFrames: 3}},
		{"WebP, animated", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384, MaxFrames: 3}},
		{"AVIF, animated", inspect.Limits{MaxWidth: 24, MaxHeight: 16, MaxPixels: 384, MaxFrames: 3}},
	} {
		f := find(t, c.about)
		require.NoError(t, judge(newWalker(f.Type, c.least), bytes.NewReader(f.Content)), c.about)
		for _, lower := range lowerLimits(c.least) {
			err := judge(newWalker(f.Type, lower), bytes.NewReader(f.Content))
			var e *inspect.Error
			require.ErrorAs(t, err, &e, "%s under %+v", c.about, lower)
			require.Contains(t, []inspect.Code{inspect.CodePixels, inspect.CodeFrames}, e.Code, "%s under %+v", c.about, lower)
		}
	}
}

// lowerLimits returns copies of l, each with one of its fields less by one.
func lowerLimits(l inspect.Limits) []inspect.Limits {
	narrow, low, small, short := l, l, l, l
	narrow.MaxWidth--
	low.MaxHeight--
	small.MaxPixels--
	short.MaxFrames--
	if l.MaxFrames == 0 {
		return []inspect.Limits{narrow, low, small}
	}
	return []inspect.Limits{narrow, low, small, short}
}

func find(t testing.TB, about string) corpus.File {
	for _, f := range walked() {
		if f.About == about {
			return f
		}
	}
	t.Fatalf("no file %q", about)
	return corpus.File{}
}

func TestWebMIsNotMatroska(t *testing.T) {
	f := find(t, "Matroska by mkvmerge")
	require.Equal(t, finding{codeDamaged, "is not a WebM file at byte 5"}, found(judge(&inspect.WebM{}, bytes.NewReader(f.Content))))
	require.NoError(t, judge(&inspect.WebM{Matroska: true}, bytes.NewReader(find(t, "WebM by FFmpeg").Content)))
}

func TestWalkStaysFailed(t *testing.T) {
	for _, f := range walked() {
		if f.Code == "" {
			continue
		}
		w := newWalker(f.Type, inspect.Limits{})
		_, _ = w.Write(f.Content)
		first := w.Verdict()
		n, err := w.Write([]byte("more"))
		require.Equal(t, first, err, f.About)
		require.Zero(t, n, f.About)
		require.Equal(t, first, w.Verdict(), f.About)
	}
}

// TestWalkMemory: no file of the corpus makes an inspector allocate 256 KiB, however many pixels it
// declares.
func TestWalkMemory(t *testing.T) {
	for _, f := range walked() {
		w := newWalker(f.Type, inspect.Limits{})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_ = judge(w, bytes.NewReader(f.Content))
		runtime.ReadMemStats(&after)
		// TotalAlloc includes the 32 KiB of io.Copy.
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<10), f.About)
	}
}

// TestWalkAgreesWithDecoders: the standard library reads the configuration of each accepted picture
// of its types, except one whose sampling it does not support.
func TestWalkAgreesWithDecoders(t *testing.T) {
	for _, f := range walked() {
		if decode, ok := configDecoders[f.Type]; ok && f.Code == "" && f.About != "JPEG in CMYK with subsampled chroma and black" {
			_, err := decode(bytes.NewReader(f.Content))
			require.NoError(t, err, f.About)
		}
	}
}

var configDecoders = map[string]func(io.Reader) (image.Config, error){
	"image/png": png.DecodeConfig, "image/jpeg": jpeg.DecodeConfig, "image/gif": gif.DecodeConfig,
}
