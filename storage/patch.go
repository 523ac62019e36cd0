package storage

import (
	"fmt"
	"sort"
)

// Limits of the patches of one file.
const (
	MaxPatches    = 256 << 10
	MaxPatchBytes = 4 << 20 // of all [Patch.Bytes] together
)

// Patch replaces Length bytes of a file from Offset on. The size of the file stays.
type Patch struct {
	Offset int64
	Length int64  // at least 1
	Bytes  []byte // nil for zeros, otherwise Length bytes
}

// ValidPatches returns an error that says what is wrong with the patches of a file of size bytes,
// or nil. They must be sorted, must not overlap, and must lie within the file. There are at most
// [MaxPatches], with at most [MaxPatchBytes] in all [Patch.Bytes] together.
func ValidPatches(list []Patch, size int64) error {
	if len(list) > MaxPatches {
		return fmt.Errorf("storage: %d patches are more than %d", len(list), MaxPatches)
	}
	var end int64
	var bytes int
	for i, p := range list {
		switch {
		case p.Offset < end:
			return fmt.Errorf("storage: patch %d begins at %d, before %d", i, p.Offset, end)
		case p.Length < 1 || p.Length > size-p.Offset:
			return fmt.Errorf("storage: patch %d has %d bytes at %d of %d", i, p.Length, p.Offset, size)
		case p.Bytes != nil && int64(len(p.Bytes)) != p.Length:
			return fmt.Errorf("storage: patch %d has %d bytes for %d", i, len(p.Bytes), p.Length)
		}
		end = p.Offset + p.Length
		bytes += len(p.Bytes)
	}
	if bytes > MaxPatchBytes {
		return fmt.Errorf("storage: %d bytes of patches are more than %d", bytes, MaxPatchBytes)
	}
	return nil
}

// ApplyPatches changes p, which holds the bytes of the file from offset on, as the patches say. The
// list passed [ValidPatches]. Patches may begin before p or end after it, so a file can be patched
// in pieces of any size.
func ApplyPatches(p []byte, offset int64, list []Patch) {
	end := offset + int64(len(p))
	first := sort.Search(len(list), func(i int) bool { return list[i].Offset+list[i].Length > offset })
	for _, patch := range list[first:] {
		if patch.Offset >= end {
			return
		}
		from, to := max(patch.Offset, offset), min(patch.Offset+patch.Length, end)
		if patch.Bytes == nil {
			clear(p[from-offset : to-offset])
			continue
		}
		copy(p[from-offset:to-offset], patch.Bytes[from-patch.Offset:])
	}
}
