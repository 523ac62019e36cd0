package inspect

// Scanned is what a cleaner has found in the piece that is about to be written, so that an
// inspector need not look for it again. In Bytes each 0xff is followed by a byte with which a scan
// goes on, if need be the byte after them. They are part of the piece itself, not a copy, and
// begin at offset At of the file.
type Scanned struct {
	At    int64
	Bytes []byte
}

// known returns how many bytes at the beginning of p are in s.Bytes. p is not empty and stands at
// that offset of the file. It compares places in memory: a caller may write other bytes than those
// of the file.
func (s *Scanned) known(p []byte, at int64) int {
	if s == nil {
		return 0
	}
	skip := at - s.At
	if skip < 0 || skip >= int64(len(s.Bytes)) || &s.Bytes[skip] != &p[0] {
		return 0
	}
	return min(len(p), len(s.Bytes)-int(skip))
}
