package storage

import (
	"cmp"
	"errors"
	"fmt"
)

// Promotion describes what [DirectStorage.Promote] publishes.
type Promotion struct {
	Sources []Source // what it is made of, in this order
	Key     string   // the new key; it passed [ValidKey]
	Type    string   // the detected media type
	Name    string   // the cleaned file name
	Size    int64    // bytes, of all Sources together
	SHA256  string   // of what is published, hexadecimal, "" if it was not computed
	Nonce   string   // kept with the object, for Stat
	Facts   string   // kept with the object, for Stat: at most 256 bytes of printable ASCII

	Patches      []Patch // what differs between the staged and the published bytes; see [ValidPatches]
	SourceSHA256 string  // of what is staged, as it was checked, only with one source; see Pin
}

// Source is a staged object whose bytes a [Promotion] publishes.
//
// A sole source may have been sent by a client. Several sources were written by the host's
// processes, with Stage and Commit, and nobody replaces them. So the ETag of each is enough to
// identify its bytes. A store that reads all sources anyway also compares [Promotion.Pin].
type Source struct {
	Key  string // a staging key
	ETag string // from Stat or a list; of what a client sent, from before the bytes were checked
	Size int64  // bytes
}

// Valid returns an error that names a fault of the sources or patches of p, or a contradiction
// between its digests, or nil. It does not check the form of digests. The sizes of the sources add
// up to Size. Several sources number at most [MaxParts]. Each except the last has the size of the
// first, which is [MaxPartSize] at most. The last is not larger. Every [DirectStorage.Promote]
// begins with Valid.
//
// The size of the sources need not be today's [DirectStorage.PieceSize]: an upload keeps that of
// its creation, and the settings of the store may change before its end.
func (p Promotion) Valid() error {
	if err := p.validSources(); err != nil {
		return err
	}
	switch {
	case len(p.Sources) > 1 && p.SourceSHA256 != "":
		return errors.New("storage: the SHA-256 of what is staged is for one source")
	case len(p.Patches) == 0 && p.SourceSHA256 != "" && p.SHA256 != "" && p.SourceSHA256 != p.SHA256:
		return errors.New("storage: without patches the staged and the published bytes have one SHA-256")
	}
	return ValidPatches(p.Patches, p.Size)
}

// validSources is Valid for the sources.
func (p Promotion) validSources() error {
	if len(p.Sources) == 0 {
		return errors.New("storage: a promotion needs a source")
	}
	several, first, left := len(p.Sources) > 1, p.Sources[0].Size, p.Size
	if several && (first > MaxPartSize || len(p.Sources) > MaxParts) {
		return fmt.Errorf("storage: %d sources of %d bytes each, where S3 takes at most %d of at most %d", len(p.Sources), first, MaxParts, int64(MaxPartSize))
	}
	for i, s := range p.Sources {
		last := i == len(p.Sources)-1
		switch {
		case s.Key == "" || s.ETag == "":
			return fmt.Errorf("storage: source %d has no key or no ETag", i)
		case s.Size < 1 || s.Size > left || last && s.Size < left:
			return fmt.Errorf("storage: source %d has %d bytes, where %d of %d are left", i, s.Size, left, p.Size)
		case several && (s.Size > first || !last && s.Size < first):
			return fmt.Errorf("storage: source %d of %d has %d bytes, and the first has %d", i, len(p.Sources), s.Size, first)
		}
		left -= s.Size
	}
	return nil
}

// Pin returns the SHA-256 of the staged bytes, "" if it is not known. Without patches SHA256 is
// also that of the staged bytes.
func (p Promotion) Pin() string {
	if len(p.Patches) > 0 {
		return p.SourceSHA256
	}
	return cmp.Or(p.SourceSHA256, p.SHA256)
}
