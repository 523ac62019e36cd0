package clean

import "bytes"

// scan keeps entropy-coded bytes, and returns the marker after them.
func (f *jpegFile) scan() byte {
	f.ff, f.found = false, 0
	for f.found == 0 {
		if _, more := f.pass(everything, f.entropyCoded); !more {
			f.cutOff()
		}
	}
	return f.found
}

// entropyCoded returns the number of bytes up to the end of a marker that ends a scan, or of all p.
// It records the bytes in which it found no such marker, see scanning.
func (f *jpegFile) entropyCoded(p []byte) int {
	n, from := 0, 0
	if f.ff {
		if n = f.afterFF(p); f.found != 0 || f.ff {
			return n
		}
		if from = n; n == 1 && f.scanned.to == f.n-1 { // goes on with the 0xff before
			from = -1
		}
	}
	for n < len(p) {
		if p[n] != 0xff {
			i := bytes.IndexByte(p[n:], 0xff)
			if i < 0 {
				n = len(p)
				break
			}
			n += i
		}
		n++
		if n < len(p) && inScan(p[n]) {
			n++
			continue
		}
		f.scanning(f.n+from, n-1-from)
		f.ff = true
		m := f.afterFF(p[n:])
		if n += m; f.found != 0 || f.ff {
			return n
		}
		from = n
	}
	f.scanning(f.n+from, n-from)
	return n
}

// afterFF returns the number of fill bytes after 0xff, and of the byte that follows them. It sets
// found if that byte ends the scan.
func (f *jpegFile) afterFF(p []byte) int {
	for n, c := range p {
		if c == 0xff { // a fill byte
			continue
		}
		if f.ff = false; !inScan(c) {
			f.found = c
		}
		return n + 1
	}
	return len(p)
}

// inScan reports whether a scan goes on with 0xff and c.
func inScan(c byte) bool { return c == 0 || jpegRST0 <= c && c <= jpegRST7 }
