package clamav

import "github.com/airlock-go/upload"

// EICAR returns the EICAR test file.
func EICAR() []byte { return eicar() }

// Busy returns how many connections are in use.
func (s *Scanner) Busy() int64 { return s.places.Used() }

// Answered returns a channel that is closed when clamd has answered, or closed the connection.
func Answered(o upload.Observer) <-chan struct{} { return o.(*scan).answered }
