//go:build unix

package clamav

import (
	"errors"
	"net"
	"syscall"
)

// arrived reports whether there is something to read on a connection, or it has ended, or it cannot
// be asked. It does not wait, and reads nothing.
func arrived(conn net.Conn) (there bool, read []byte) {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return true, nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true, nil
	}
	var looked error
	err = raw.Control(func(fd uintptr) {
		for looked = syscall.EINTR; errors.Is(looked, syscall.EINTR); {
			_, _, looked = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK) // never blocks here
		}
	})
	return err != nil || !errors.Is(looked, syscall.EAGAIN), nil
}
