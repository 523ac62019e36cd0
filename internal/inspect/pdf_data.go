package inspect

// pdfData finds the end of a stream's data: the first endstream, or the first one that endobj
// follows. The walk decides which of the two counts.
type pdfData struct {
	line    bool  // a carriage return has been read before the data
	size    int64 // bytes read, including endstream
	blank   int64 // white space that came last
	matched int   // bytes of endstream that came last
	ended   int   // bytes of endobj that came after endstream
}

// next takes n bytes of data from p, and reports whether endstream ends them. still is what quiet
// returns for p, or 0.
func (d *pdfData) next(p []byte, still int) (n int, end bool) {
	for n < len(p) && !end {
		if d.matched > 0 {
			end = d.match(p[n])
			n++
			continue
		}
		k := indexByLast(p[n:], endstream, still-n)
		if end = k >= 0; end {
			d.matched = len(endstream)
		} else {
			d.matched = partial(p[n:], endstream)
			k = len(p) - n - d.matched
		}
		d.countBlank(p[n : n+k])
		n += k + d.matched
	}
	d.size += int64(n)
	return n, end
}

func (d *pdfData) match(c byte) (end bool) {
	switch {
	case c == endstream[d.matched]:
		d.matched++
	case c == 'n' && d.matched == len("endstre"):
		d.matched, d.blank = len("en"), 0
	case c == endstream[0]:
		d.matched, d.blank = 1, 0
	default:
		d.matched, d.blank = 0, 0
		d.countBlank([]byte{c})
	}
	return d.matched == len(endstream)
}

// tail reads a byte after endstream. It reports whether the byte decides what follows, and whether
// that is endobj. If it is something else, the data continues with the byte.
func (d *pdfData) tail(c byte) (decided, end bool) {
	decided, end = comes(endobj, &d.ended, c)
	if decided && !end {
		again := d.ended // endstream begins with the same bytes
		if again > len("end") {
			again = 0
		}
		*d = pdfData{matched: again}
	}
	return decided, end
}

func (d *pdfData) countBlank(p []byte) {
	k := int64(len(p) - len(trimEnd(p, &spaceTable)))
	if k == int64(len(p)) {
		k += d.blank
	}
	d.blank = k
}

// length returns the number of bytes of data before endstream.
func (d *pdfData) length() int64 { return d.size - int64(len(endstream)) }

// fits reports whether the data has the length n, except for white space after it.
func (d *pdfData) fits(n int64) bool { return d.length()-d.blank <= n && n <= d.length() }

// pdfDoubt is the rest of a stream's declared length when endstream comes earlier. Either the
// length is wrong, and the walk is right, or the data mentions endstream, and the walk is within
// the data. The bytes at the end of the length decide. Until then the walk continues, and anything
// that looks damaged to it may be data.
type pdfDoubt struct {
	until   int64 // where the declared length ends; 0 if the length is not in doubt
	fault   error // found by the walk; the rest is not walked
	matched int   // bytes of endstream after that place
}

// look reads a byte after the declared length. It reports whether the doubt has ended, and whether
// the length is right.
func (d *pdfDoubt) look(c byte) (end, right bool) {
	return comes(endstream, &d.matched, c)
}

// comes reads a byte where white space and then the word are expected. matched bytes of the word
// have come. It reports whether the byte decides if the word stands there, and whether it does.
func comes(word string, matched *int, c byte) (decided, right bool) {
	switch {
	case *matched == 0 && isPDFSpace(c):
		return false, false
	case c != word[*matched]:
		return true, false
	}
	*matched++
	return *matched == len(word), *matched == len(word)
}
