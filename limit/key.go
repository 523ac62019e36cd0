package limit

import (
	"net"
	"net/netip"

	"github.com/airlock-go/upload"
)

// nat64 is the prefix of IPv6 addresses that contain an IPv4 address (RFC 6052, section 2.1).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// BySubject distinguishes callers by their subject, and anonymous ones as [ByAddress] does. It is
// the default.
func BySubject(claim upload.Claim) string {
	if claim.Subject == "" {
		return ByAddress(claim)
	}
	return "subject " + claim.Subject
}

// ByAddress distinguishes callers by the address of the connection, Request.RemoteAddr: IPv4
// addresses, and the first 64 bits of IPv6 addresses, since one client usually has all addresses
// with these bits. Of 64:ff9b::/96 (NAT64) the IPv4 address counts.
//
// All clients of one NAT are one caller. Behind your own proxy all callers look like one: then
// write a function of your own. It must read the header that the proxy sets, from the end to which
// the proxy appends. ByAddress reads no header, since a client can send any. A middleware that sets
// RemoteAddr from a header, such as chi's RealIP, lets clients choose their addresses where no
// proxy of yours sets that header.
func ByAddress(claim upload.Claim) string {
	if claim.Request == nil {
		return "address "
	}
	host, _, err := net.SplitHostPort(claim.Request.RemoteAddr)
	if err != nil {
		host = claim.Request.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil { // such as the address of a Unix socket
		return "address " + host
	}
	if addr = addr.Unmap().WithZone(""); nat64.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	if addr.Is6() {
		prefix, _ := addr.Prefix(64) // cannot fail
		addr = prefix.Addr()
	}
	return "address " + addr.String()
}
