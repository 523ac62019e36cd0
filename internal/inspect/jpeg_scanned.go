package inspect

// Scanned is a part of the next piece to be written, in which a cleaner has found no end of a scan.
// So an inspector need not search it again. A scan goes on after each 0xff in Bytes, and if the
// last byte is 0xff, with the byte of the file after Bytes. Bytes are part of the piece itself, not
// a copy, and begin at offset At of the file.
type Scanned struct {
	At    int64
	Bytes []byte
}

// known returns how many bytes at the beginning of p are in s.Bytes. p is not empty and begins at
// that offset of the file. It compares addresses in memory: a caller may write other bytes than
// those that the cleaner has searched.
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
