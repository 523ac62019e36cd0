package clamav

import "github.com/airlock-go/upload"

// EICAR is the test file.
func EICAR() []byte { return eicar() }

// Busy is how many connections are taken.
func (s *Scanner) Busy() int64 { return s.places.Used() }

// Answered is closed when clamd has answered, or closed the connection.
func Answered(o upload.Observer) <-chan struct{} { return o.(*scan).answered }
