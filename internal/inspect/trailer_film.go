package inspect

// film walks a film that follows a picture, as phones write motion photos. It ends with the file,
// or before bytes that form no box: at a trailer.
type film struct{ walk *MP4 }

func newFilm(b *Budget) *film {
	f := &film{walk: &MP4{embedded: true}}
	f.walk.budget = b
	return f
}

// write reads on and returns the number of bytes of p that it took: those of the film, and those of
// rest. The offset of a fault counts from the start of the film.
func (f *film) write(p []byte) (n int, fault *Error) {
	for n < len(p) && f.walk.goesOn() && !f.over() {
		n += f.walk.take(f.walk, p[n:])
	}
	return n, f.walk.err
}

// over reports whether the film has ended. The first bytes after it are rest.
func (f *film) over() bool   { return f.walk.done }
func (f *film) rest() []byte { return f.walk.after[:] }

// end judges the end of the file.
func (f *film) end() *Error {
	if f.walk.end(); f.walk.err != nil {
		return f.walk.err
	}
	return nil
}
