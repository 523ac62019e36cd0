package corpus

import "strings"

// filmsFromElsewhere returns whole films with one more box, or one changed flag, that places a part
// of them in another file. One has a compressed movie, which could hide such a box.
func filmsFromElsewhere() []row {
	mp4, mov := sample("plain.mp4"), sample("film.mov")
	meta := box("meta", be32(0), dinf(0))
	film := func(about, name string, boxes ...string) row {
		whole := mp4
		if strings.HasSuffix(name, ".mov") {
			whole = mov
		}
		return row{about, name, content, inMovie(whole, strings.Join(boxes, ""))}
	}
	return []row{
		film("a QuickTime film with a list of movies", "list.mov", box("rmra", box("rmda", box("rdrf", be32(0)+"url "+be32(23)+"http://169.254.169.254/")))),
		film("a QuickTime film with a movie elsewhere", "movie.mov", box("rmda", box("rdrf", be32(0)+"alis"+be32(4)+"abcd"))),
		film("a QuickTime film with a reference to a movie", "reference.mov", box("rdrf", be32(0)+"url "+be32(4)+"abcd")),
		film("a QuickTime film with a compressed movie", "compressed.mov", box("cmov", box("dcom", "zlib"), box("cmvd", "data"))),
		film("a QuickTime film with a list of movies in an MP4", "list.mp4", box("rmra", box("rmda", "data"))),
		film("a film with metadata of the movie", "movie.mp4", meta),
		film("a film with metadata of a track", "track.mp4", box("trak", meta)),
		film("a film with more metadata", "more.mp4", box("meco", meta)),
		film("a film with more metadata of a track", "moretrack.mp4", box("trak", box("meco", box("mere", be32(0)), meta))),
		film("a film with references in the movie", "inmovie.mp4", dinf(0)),
		film("a film with references in the media", "inmedia.mp4", box("trak", box("mdia", dinf(0)))),
		film("a QuickTime film with metadata without a version", "qtmeta.mov", box("meta", box("hdlr", be32(0)+be32(0)), dinf(0))),
		film("a film with a name and a place", "urn.mp4", box("trak", box("mdia", box("minf", box("dinf", dref("urn ", 0)))))),
		{"a film with metadata after it", "after.mp4", content, mp4 + meta},
		{"a film with more metadata after it", "aftermore.mp4", content, mp4 + box("meco", meta)},
		{"a film whose first track is elsewhere", "first.mp4", content, strings.Replace(mp4, "url \x00\x00\x00\x01", "url \x00\x00\x00\x00", 1)},
		{"a QuickTime film whose last track is elsewhere", "last.mov", content, replaceLast(mov, "url \x00\x00\x00\x01", "url \x00\x00\x00\x00")},
	}
}

// inMovie puts boxes at the end of the movie box, which comes last in the file.
func inMovie(film, boxes string) string {
	at := strings.Index(film, "moov") - 4
	return patch(film, at, be32(len(film)-at+len(boxes))) + boxes
}

func replaceLast(s, old, with string) string {
	at := strings.LastIndex(s, old)
	return patch(s, at, with)
}
