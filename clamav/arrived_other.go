//go:build !unix

package clamav

import (
	"errors"
	"net"
	"os"
	"time"
)

// arrived reports whether there is something to read on a connection, or it has ended. It waits for
// a moment, and consumes one byte.
func arrived(conn net.Conn) bool {
	if conn.SetReadDeadline(time.Now().Add(5*time.Millisecond)) != nil {
		return true
	}
	n, err := conn.Read(make([]byte, 1))
	return n > 0 || !errors.Is(err, os.ErrDeadlineExceeded)
}
