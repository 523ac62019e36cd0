package inspect

// film walks a film that follows a picture, as phones write motion photos. It ends with the file,
// or where what follows it is no box: in front of a trailer.
type film struct{ walk *MP4 }

func newFilm(b *Budget) *film {
	f := &film{walk: &MP4{embedded: true}}
	f.walk.budget = b
	return f
}

// write reads on and returns how much of p belongs to the film. The fault has its place within the
// film.
func (f *film) write(p []byte) (n int, fault *Error) {
	for n < len(p) && f.walk.goesOn() && !f.over() {
		n += f.walk.take(f.walk, p[n:])
	}
	return n, f.walk.err
}

// over reports whether the film has ended. The first bytes of what follows it are rest.
func (f *film) over() bool   { return f.walk.done }
func (f *film) rest() []byte { return f.walk.after[:] }

// end judges that the file ends here.
func (f *film) end() *Error {
	if f.walk.end(); f.walk.err != nil {
		return f.walk.err
	}
	return nil
}
