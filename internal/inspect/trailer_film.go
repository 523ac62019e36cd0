package inspect

// film walks a film that follows a picture, as phones write motion photos. It ends with the file,
// or before eight bytes that begin no box: at a trailer.
type film struct{ walk *MP4 }

func newFilm(b *Budget) *film {
	f := &film{walk: &MP4{embedded: true}}
	f.walk.budget = b
	return f
}

// write reads on and returns the number of bytes of p that it took: those of the film, and up to
// eight after it, which ahead returns. The offset of a fault counts from the start of the film.
func (f *film) write(p []byte) (n int, fault *Error) {
	for n < len(p) && f.walk.goesOn() && !f.over() {
		n += f.walk.take(f.walk, p[n:])
	}
	return n, f.walk.err
}

// over reports whether something that is not a box follows the film. It returns false if the film
// ends with the file.
func (f *film) over() bool { return f.walk.done }

// ahead returns the first eight bytes of what follows, once the film is over.
func (f *film) ahead() []byte { return f.walk.after[:] }

// end judges the end of the file.
func (f *film) end() *Error {
	if f.walk.end(); f.walk.err != nil {
		return f.walk.err
	}
	return nil
}
