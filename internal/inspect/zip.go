package inspect

import "io"

// Zip walks a plain ZIP archive (PKWARE APPNOTE 6.3.10) from its first byte to its last. The zero
// value is ready.
//
// It reads the entries one after the other as they come, inflates and counts them, and compares
// them with their checksums. Then the central directory must list exactly the entries that it read.
// So nothing can stand before the first entry, between entries, or after the end, except one line
// end. Programs that read entries in order, and those that read the central directory, see the
// entries that were checked here. It refuses:
//
//   - archives that are cut, damaged or inconsistent, encrypted entries, methods other than stored
//     and deflate, several volumes. A stored entry with its size after it ends where a descriptor
//     agrees with all bytes of its data;
//   - names with a part that is "..", empty, a device of Windows, or ends in a dot or a space;
//     absolute names, names with a backslash, a colon or invisible characters; two names that are
//     equal in Unicode's compatibility form or without case; second names (Info-ZIP's field 0x7075)
//     of another kind than the first, which is judged, too;
//   - archives beyond ZipLimits, names of more than 512 bytes, and archives within archives unless
//     Nesting allows them;
//   - symbolic links, devices and set-id files; names with an extension that is not allowed,
//     contents that do not match the extension; programs for Java and Android, and Office documents
//     and books named as an archive.
//
// Comments must be plain text (see Text) of at most 1 KiB.
//
// Memory: under 100 KiB for each level of archives. From the [Budget] it takes about 100 bytes for
// each entry, and less for each folder in the names.
//
// The walk is a coroutine that runs only within Write, Verdict and Close. A caller that does not
// reach Verdict must call Close, or the coroutine never ends. The calls may come from several
// goroutines in turn. None of them may be locked to its thread (runtime.LockOSThread), which can
// crash the runtime.
//
// It does not judge the content of entries beyond their first 4 KiB, except for archives and
// documents that Nesting allows.
type Zip struct {
	Limits ZipLimits

	// Nesting is the number of levels of archives that may lie inside: 0 for none. ZIP archives
	// inside are walked by the same rules, documents by those of [Document]. All share the limits.
	// Others (gzip, 7z ...) pass unread if Nesting is not 0 and their extension is accepted.
	Nesting int

	// Extensions lists the accepted extensions of files, in lower case and with the dot. Nil means
	// those of everyday pictures, sound, film, text and documents. If the type of a file's
	// extension is known, the content must match it.
	Extensions []string

	// AllowAnyType accepts files with any extension, including programs. Their contents need not
	// match it. Nesting still applies.
	AllowAnyType bool

	stream pull
}

// Within sets the budget to work from; see [Budget].
func (z *Zip) Within(b *Budget) { z.stream.Within(b) }

// Write walks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (z *Zip) Write(p []byte) (int, error) { return z.stream.write(p, z) }

// Verdict returns nil if all that was written is one good archive, and the fault, an *Error, if
// not. The stream must have ended.
func (z *Zip) Verdict() error { return z.stream.verdict(z) }

// Close releases what an abandoned stream holds.
func (z *Zip) Close() error {
	z.stream.close()
	return nil
}

func (z *Zip) walk(r io.Reader) error {
	return walkZip(r, z.Limits.withDefaults(archiveEntries), z.stream.budget, newZipFiles(z.Nesting, z.Extensions, z.AllowAnyType))
}
