package inspect

import "io"

// Zip walks a plain ZIP archive (PKWARE APPNOTE 6.3.10) from its first byte to its last. The zero
// value is ready.
//
// The entries are read one behind the other as they come, inflated, counted and compared with their
// checksums; then the central directory must list exactly what was seen. So nothing can stand
// before the first entry, between entries, behind the end, or twice, and every program that opens
// the archive sees the entries that were checked here. Refused are:
//
//   - archives that are cut, damaged or disagree with themselves, encrypted entries, other methods than stored and deflate,
//     several volumes. A stored entry whose size stands behind it ends where a descriptor agrees with all before it;
//   - names with a part that is "..", empty, a device of Windows, or ends in a dot or a space; absolute names, names with a
//     backslash, a colon or characters that cannot be seen; two names that are one by Unicode's compatibility form or without case;
//     second names (Info-ZIP's field 0x7075) of another kind than the first, which is judged, too;
//   - what passes ZipLimits, names of more than 512 bytes, and archives within archives;
//   - symbolic links, devices and set-id files; names whose extension is not allowed, contents that are not what the extension
//     says; programs for Java and Android, and Office documents under the name of an archive.
//
// Comments must be plain text (see Text) of at most 1 KiB.
//
// Memory: under 100 KiB for each level of archives; for each entry about 100 bytes from the
// [Budget].
//
// The walk is a coroutine that runs only within Write and Verdict. Close ends it where Verdict is
// not reached, else it stays for ever. The calls may come from several goroutines in turn, unless
// one of them is locked to its thread (runtime.LockOSThread), which the runtime does not survive.
//
// It does not judge the inside of entries beyond their first 4 KiB, except for archives and
// documents that Nesting allows.
type Zip struct {
	Limits ZipLimits

	// Nesting is how many levels of archives may lie inside: 0 for none. Archives and documents of
	// the ZIP family are walked by the same rules and share the limits; others (gzip, 7z ...) are
	// let pass unread if Extensions allows them.
	Nesting int

	// Extensions lists what the names of files may end in, in lower case and with the dot. Nil
	// stands for everyday pictures, sound, film, text and documents; the contents of those must
	// agree with the extension.
	Extensions []string

	// AllowAnyType lets files of any name pass, programs too, but for Nesting.
	AllowAnyType bool

	stream pull
}

// Within has it work from b; see [Budget].
func (z *Zip) Within(b *Budget) { z.stream.Within(b) }

// Write walks p. It returns the fault, an *Error, as soon as one is found, and from then on without
// looking at p.
func (z *Zip) Write(p []byte) (int, error) { return z.stream.write(p, z.walk) }

// Verdict returns nil if all that was written is one good archive, and the fault, an *Error, if
// not. The stream must have ended.
func (z *Zip) Verdict() error { return z.stream.verdict(z.walk) }

// Close releases what a stream that was given up holds.
func (z *Zip) Close() error {
	z.stream.close()
	return nil
}

func (z *Zip) walk(r io.Reader) error {
	return walkZip(r, z.Limits.withDefaults(archiveEntries), z.stream.budget, newZipFiles(z.Nesting, z.Extensions, z.AllowAnyType))
}
