package clean

import "github.com/airlock-go/upload/storage"

// film walks an ISO base media file (ISO/IEC 14496-12) or a QuickTime movie. It also walks the film
// that follows a picture in its file, and the image sequence of a HEIF file.
type film struct {
	*walk
	base     int64 // offset of the film in its file, from which its offsets count
	embedded bool  // other bytes may follow the film
	begun    bool
	movie    bool // the movie box has come
	media    bool // media data has come
	shown    bool // a track that is kept has come
	tracks   map[uint32]*filmTrack
	before   []span // media data before the movie box
	dropped  []span // samples and data of items to be blanked; settle sorts and joins them
	looks    int    // the spans of dropped, summed over the fragments: each fragment looks at all
	run      filmRun
}

const (
	filmMalformed = "has a malformed box, or one that does not fit into the one around it"
	filmMisplaced = "has a misplaced box"
	filmEarlier   = "has samples before the fragment to which they belong"
	filmDeep      = "has boxes too deep within one another"

	maxFilmTracks = 4096
	maxFilmMedia  = 4096               // spans of media data before the boxes that describe it
	maxBrands     = 256                // bytes of a file type
	maxSpans      = storage.MaxPatches // spans to be blanked; adjoining samples that are noted in order are one span
	maxFilmLooks  = 1 << 22
	maxFilmDepth  = 4       // of boxes in the media of a track that is not kept
	maxFilmTable  = 1 << 18 // entries of a table of a track that is not kept
)

func newFilm(w *walk) *film { return &film{walk: w, base: w.pos(), tracks: map[uint32]*filmTrack{}} }

// trackOf returns the track with that number. If there is none yet, it makes the track.
func (f *film) trackOf(id uint32) *filmTrack {
	t := f.tracks[id]
	if t == nil {
		if t = new(filmTrack); len(f.tracks) == maxFilmTracks {
			f.fail("has too many tracks")
		}
		f.afford(128) // what a track takes
		f.tracks[id] = t
	}
	return t
}

// filmTrack is what is known of a track.
type filmTrack struct {
	handler       string
	headed        bool // its header has come
	dropped       bool
	sampleSize    int64 // of fragments that do not say otherwise
	id            uint32
	width, height int64
}

// size takes the size of a track with pictures into the facts, unless they have one. The size of an
// embedded film does not count.
func (f *film) size(t *filmTrack) {
	if t.moves() && f.facts.Width == 0 && !f.embedded {
		f.facts.Width, f.facts.Height = t.width, t.height
	}
}

// moves reports whether the track has pictures, those of a film or of an image sequence.
func (t *filmTrack) moves() bool { return t.handler == "vide" || t.handler == "pict" }

// span is a part of a file.
type span struct{ start, end int64 }

// spanMemory is what a span takes.
const spanMemory = 16

// filmRun is where the samples of fragments are.
type filmRun struct {
	fragment int64 // offset of the fragment
	end      int64 // from which offsets of runs count; between tracks, the end of the samples before
	at       int64 // of the next samples
}
