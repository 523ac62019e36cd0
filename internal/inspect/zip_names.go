package inspect

import (
	"hash/maphash"
	"strings"
)

// zipNames holds the names of an archive's entries as hashes, folded. Files and folders share one
// name space.
type zipNames struct {
	seed    maphash.Seed
	entries hashSet // of files and folders that are entries
	folders hashSet // through which the names of entries lead
}

// asFile and asFolder mark a hash in its lowest bit as that of a file or a folder.
func asFile(h uint64) uint64   { return h | 1 }
func asFolder(h uint64) uint64 { return h &^ 1 }

// add records an entry's name. It refuses one that is taken, a file where there is a folder, and a
// folder where there is a file.
func (n *zipNames) add(b *Budget, name string) error {
	folded := foldName(splitTrail(name))
	var h maphash.Hash
	h.SetSeed(n.seed)
	for at := 0; ; {
		i := strings.IndexByte(folded[at:], '/')
		if i < 0 {
			_, _ = h.WriteString(folded[at:]) // never fails
			break
		}
		_, _ = h.WriteString(folded[at : at+i])
		if err := n.folder(b, h.Sum64()); err != nil {
			return err
		}
		_ = h.WriteByte('/')
		at += i + 1
	}
	key := h.Sum64()
	if n.entries.has(asFile(key)) || n.entries.has(asFolder(key)) {
		return entry(EntryDuplicate, "has two entries with one name")
	}
	if isDirectory(name) {
		return n.entries.add(b, asFolder(key))
	}
	if n.folders.has(asFolder(key)) {
		return entry(EntryDuplicate, "has a file and a folder with one name")
	}
	return n.entries.add(b, asFile(key))
}

// folder records a folder through which a name leads.
func (n *zipNames) folder(b *Budget, key uint64) error {
	if n.entries.has(asFile(key)) {
		return entry(EntryDuplicate, "has a file and a folder with one name")
	}
	return n.folders.add(b, asFolder(key))
}

// hasFile reports whether there is a file with this name, whatever the case of its letters.
func (n *zipNames) hasFile(name string) bool { return n.entries.has(asFile(n.hash(name))) }

// hash returns the key of a name, without the bit for files and folders.
func (n *zipNames) hash(name string) uint64 { return maphash.String(n.seed, foldName(name)) }
