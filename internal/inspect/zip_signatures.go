package inspect

import (
	"bytes"
	"slices"
)

// isZip reports whether a file that begins with head is a ZIP archive, or one of its volumes.
func isZip(head []byte) bool {
	return beginsWith(head, "PK\x03\x04", "PK\x05\x06", "PK\x07\x08", "PK00PK")
}

// isOtherArchive reports whether head is the beginning of an archive or a compressed file of
// another family.
func isOtherArchive(head []byte) bool {
	return beginsWith(head, "\x1f\x8b", "\x1f\x9d", "BZh", "\xfd7zXZ\x00", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "\x28\xb5\x2f\xfd",
		"\x04\x22\x4d\x18", "LZIP", "MSCF", "!<arch>\n", "xar!", "070701", "070702", "070707", "\x60\xea") ||
		len(head) > 262 && string(head[257:262]) == "ustar"
}

// isProgram reports whether head is the beginning of a file that runs (PE, ELF, Mach-O and Java,
// WebAssembly, Android, shortcuts, scripts), or of an OLE file, which may hold macros and embedded
// objects.
func isProgram(head []byte) bool {
	return beginsWith(head, "MZ", "\x7fELF", "\xca\xfe\xba\xbe", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe",
		"\xcf\xfa\xed\xfe", "\x00asm", "dex\n", "L\x00\x00\x00\x01\x14\x02\x00", "#!", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

func beginsWith(head []byte, signatures ...string) bool {
	return slices.ContainsFunc(signatures, func(s string) bool { return bytes.HasPrefix(head, []byte(s)) })
}
