package inspect

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// linkPlace is the kind of place to which a reference in a document leads.
type linkPlace uint8

const (
	linkHere      linkPlace = iota // nowhere, or to a place in the document itself
	linkBeside                     // to a name without a scheme: within the package, or beside the document
	linkWeb                        // by one of linkSchemes
	linkDisk                       // to a file on the reader's own disk
	linkElsewhere                  // to another computer by its name, or by any other scheme
)

// linkSchemes are the accepted schemes: of pages, files, messages and telephone numbers.
var linkSchemes = nameSet("http https ftp ftps mailto news tel")

// placeOf returns the place of a reference as office programs read it: a backslash is a slash, and
// two of either at the front name a computer, in percent form too.
func placeOf(target string) linkPlace {
	t := strings.TrimSpace(target) // of any blanks: programs differ in which they drop
	if t == "" || t[0] == '#' {
		return linkHere
	}
	if plain, err := url.PathUnescape(t); err == nil && beginsHost(plain) || beginsHost(t) || strings.ContainsFunc(t, isASCIIControl) {
		return linkElsewhere
	}
	scheme, rest, ok := cutScheme(t)
	switch {
	case hasDrive(t):
		return linkDisk
	case !ok:
		return linkBeside
	case len(scheme) == 1: // a drive
		return linkDisk
	case linkSchemes[scheme]:
		return linkWeb
	case scheme == "file":
		return fileLink(rest)
	}
	return linkElsewhere
}

// cutScheme splits a reference after its scheme (RFC 3986, 3.1), which it returns in lower case.
func cutScheme(t string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(t, ":")
	scheme = strings.ToLower(scheme)
	isOther := func(r rune) bool {
		return (r < 'a' || 'z' < r) && (r < '0' || '9' < r) && r != '+' && r != '-' && r != '.'
	}
	if !ok || scheme == "" || scheme[0] < 'a' || 'z' < scheme[0] || strings.ContainsFunc(scheme, isOther) {
		return "", t, false
	}
	return scheme, rest, true
}

// hasDrive reports whether a reference begins with a drive as URLs write it: c|, /c| or /c: (WHATWG
// URL, "Windows drive letter").
func hasDrive(t string) bool {
	rest := strings.TrimLeft(t, `/\`)
	if len(rest) < 2 || rest[0]|0x20 < 'a' || 'z' < rest[0]|0x20 || rest[1] != '|' && (rest[1] != ':' || len(rest) == len(t)) {
		return false
	}
	return len(rest) == 2 || strings.IndexByte(`/\?#`, rest[2]) >= 0
}

func slashed(t string) string { return strings.ReplaceAll(t, `\`, "/") }

func beginsHost(t string) bool { return strings.HasPrefix(slashed(t), "//") }

// macFolders are folders at the root of macOS. Word for Mac puts four slashes before them.
// Elsewhere, four slashes name a computer.
var macFolders = []string{"Users", "Applications", "Library", "Volumes"}

// fileLink returns the place of a file URL whose scheme is cut off.
func fileLink(rest string) linkPlace {
	plain, err := url.PathUnescape(rest)
	if err != nil {
		return linkElsewhere
	}
	plain = slashed(plain)
	file := strings.TrimLeft(plain, "/")
	slashes := len(plain) - len(file)
	first, _, isPath := strings.Cut(file, "/")
	switch {
	case len(file) > 1 && (file[1] == ':' || file[1] == '|'), slashes < 2, slashes == 3:
		return linkDisk
	case slashes == 2 && isPath && strings.EqualFold(first, "localhost"):
		return linkDisk
	case slashes == 4 && isPath && slices.Contains(macFolders, first):
		return linkDisk
	}
	return linkElsewhere
}

// clickable judges a link that waits for a click. It refuses linkDisk and linkElsewhere.
func clickable(target string) error {
	if p := placeOf(target); p == linkDisk || p == linkElsewhere {
		return active(KindLink, "has a link to a file, to another computer, or of a kind that may start a program")
	}
	return nil
}

// clickableAttr is clickable for an attribute.
func clickableAttr(a xmlread.Attr) error {
	if isVague(a) {
		return active(KindLink, "has a long link whose kind does not show at its beginning")
	}
	return clickable(string(a.Value))
}

// isVague reports whether only the beginning of a long address is held, and that beginning does not
// show whether the address has a scheme. Programs drop blanks and tabs before they read a scheme.
func isVague(a xmlread.Attr) bool { return a.Long && !bytes.ContainsAny(a.Value, ":/?#") }

// staysInside reports whether an address has neither a scheme nor the name of a computer: it leads
// to a place in the document, in its package, or, with ../ or a slash, beside them.
func staysInside(address string) bool {
	place := placeOf(address)
	return place == linkHere || place == linkBeside
}

// loaded judges an address that programs load without a click.
func loaded(a xmlread.Attr) error {
	if a.Long || !staysInside(string(a.Value)) {
		return active(KindExternal, "loads something from elsewhere")
	}
	return nil
}

// isLinkFault reports whether err is the fault of a link that waits for a click.
func isLinkFault(err error) bool {
	e := (*Error)(nil)
	return errors.As(err, &e) && e.Params["kind"] == KindLink
}
