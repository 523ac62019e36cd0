//go:build !unix

package clamav

import (
	"errors"
	"net"
	"os"
	"time"
)

// arrived reports whether there is something to read on a connection, or it has ended. It waits for
// a moment, and returns the byte that it has read.
func arrived(conn net.Conn) (there bool, read []byte) {
	if conn.SetReadDeadline(time.Now().Add(5*time.Millisecond)) != nil {
		return true, nil
	}
	read = make([]byte, 1)
	n, err := conn.Read(read)
	return n > 0 || !errors.Is(err, os.ErrDeadlineExceeded), read[:n]
}
