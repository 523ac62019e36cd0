package limit

import (
	"net"
	"net/netip"

	"github.com/airlock-go/upload"
)

// BySubject tells callers apart by their subject, and anonymous ones as
// [ByAddress] does. It is the default.
func BySubject(d upload.Demand) string {
	if d.Subject == "" {
		return ByAddress(d)
	}
	return "subject " + d.Subject
}

// ByAddress tells callers apart by the address that the connection comes from:
// IPv4 addresses, and the first 64 bits of IPv6 ones, since whoever has one of
// those has all with these bits.
//
// Callers behind one NAT are one caller. Behind a proxy of yours all are: then
// write a function of your own, that reads the header which that proxy sets, from
// the end that it appends to. No header is read here, since a client can send any.
func ByAddress(d upload.Demand) string {
	if d.Request == nil {
		return "address "
	}
	host, _, err := net.SplitHostPort(d.Request.RemoteAddr)
	if err != nil {
		host = d.Request.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil { // of a Unix socket, or a test's
		return "address " + host
	}
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		prefix, _ := addr.Prefix(64) // cannot fail
		addr = prefix.Addr()
	}
	return "address " + addr.String()
}
