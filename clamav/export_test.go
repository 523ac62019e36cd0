package clamav

// EICAR is the test file.
func EICAR() []byte { return eicar() }

// Busy is how many connections are taken.
func (s *Scanner) Busy() int64 { return s.places.Used() }
