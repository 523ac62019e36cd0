package inspect

import (
	"hash/crc32"
	"math"
	"slices"
	"unicode/utf8"
)

// Signatures of the records (APPNOTE 4.3).
const (
	localSignature      = 0x04034b50
	descriptorSignature = 0x08074b50
	centralSignature    = 0x02014b50
	end64Signature      = 0x06064b50
	locatorSignature    = 0x07064b50
	endSignature        = 0x06054b50
)

// Flags (APPNOTE 4.4.4) that have no effect on reading, that announce sizes after the data, and
// that name the encoding of the name. All others mean that the entry is encrypted or patched, or
// have no public meaning.
const (
	sizesFollow  = 1 << 3
	enhanced     = 1 << 4 // reserved for enhanced deflating; calibre sets it
	nameIsUTF8   = 1 << 11
	allowedFlags = 1<<1 | 1<<2 | sizesFollow | enhanced | nameIsUTF8
	encrypted    = 1<<0 | 1<<6 | 1<<13
)

const (
	stored   = 0
	deflated = 8
	max32    = math.MaxUint32 // in place of a size or an offset that is stored in 64 bits elsewhere
)

// Extra fields (APPNOTE 4.5, and Info-ZIP's list) that change the meaning of the entry.
const (
	extraZip64      = 0x0001
	extraEncryption = 0x0017
	extraUnixLink   = 0x756e // ASi: mode and target of a link
	extraName       = 0x7075 // another name, in UTF-8
	extraAES        = 0x9901
	extraJava       = 0xcafe
)

const (
	isJava      = "is a program for Java or Android, not a plain archive"
	sizesDiffer = "has an entry whose sizes do not agree"
	twoNames    = "has an entry with two names that do not agree"
)

// zipNaming chooses the name of an entry.
type zipNaming interface {
	// name returns the name that readers of the format use for an entry, or a fault if they may
	// differ.
	name(h *zipHeader) (string, error)
}

// zipHeader holds the fields that the local and the central header of an entry share.
type zipHeader struct {
	flags, method     uint16
	crc               uint32
	packed, size      int64  // bytes in the archive and inflated
	raw               string // the name as written
	name              string // the name after unpacking: raw, or the second one in a field
	nameLen, extraLen int
}

// begin reads the fields that both headers have in the same order: from the version to the lengths
// (APPNOTE 4.3.7, 4.3.12).
func (h *zipHeader) begin(f *zipFields) error {
	*f = (*f)[2:] // version
	h.flags, h.method = f.u16(), f.u16()
	*f = (*f)[4:] // time
	h.crc, h.packed, h.size = f.u32(), int64(f.u32()), int64(f.u32())
	h.nameLen, h.extraLen = int(f.u16()), int(f.u16())
	switch {
	case h.flags&encrypted != 0:
		return fault(CodeEncrypted, "has an encrypted entry, which cannot be inspected")
	case h.flags&^allowedFlags != 0:
		return fault(CodeUnsupported, "has an entry with unknown flags")
	case h.method != stored && h.method != deflated:
		return fault(CodeUnsupported, "has an entry that is neither stored nor deflated")
	case h.nameLen > maxZipName:
		return fault(CodeComplex, "has an entry whose name is too long")
	case h.extraLen > maxZipExtra:
		return fault(CodeDamaged, "has an entry with too many extra fields")
	}
	return nil
}

// finish reads name and extra fields of a header. offset is the one in the central header, nil for
// a local one.
func (h *zipHeader) finish(p []byte, offset *int64, format zipNaming) error {
	if err := h.fields(p[:h.nameLen], zipFields(p[h.nameLen:]), offset); err != nil {
		return err
	}
	isUTF8 := h.flags&nameIsUTF8 != 0 || h.name != h.raw
	name, err := format.name(h)
	if err != nil {
		return err
	}
	h.name = name
	return checkZipName(name, isUTF8)
}

func (h *zipHeader) fields(name []byte, extra zipFields, offset *int64) error {
	h.raw = string(name)
	h.name = h.raw
	seen64, seenName := false, false
	for len(extra) > 0 {
		if len(extra) < 4 {
			return fault(CodeDamaged, "has a broken extra field")
		}
		id, n := extra.u16(), int(extra.u16())
		if n > len(extra) {
			return fault(CodeDamaged, "has a broken extra field")
		}
		if id == extraZip64 && seen64 || id == extraName && seenName {
			return fault(CodeDamaged, "has an extra field twice")
		}
		seen64, seenName = seen64 || id == extraZip64, seenName || id == extraName
		if err := h.extra(id, extra[:n], offset); err != nil {
			return err
		}
		extra = extra[n:]
	}
	if h.packed == max32 || h.size == max32 || offset != nil && *offset == max32 {
		return fault(CodeDamaged, "has an entry without its size or its place")
	}
	return nil
}

func (h *zipHeader) extra(id uint16, body zipFields, offset *int64) error {
	switch id {
	case extraZip64:
		return h.zip64(body, offset)
	case extraName:
		return h.unicodeName(body)
	case extraEncryption, extraAES:
		return fault(CodeEncrypted, "has an encrypted entry, which cannot be inspected")
	case extraUnixLink:
		return entry(EntryLink, "has an entry that may be a link")
	case extraJava:
		return active(KindProgram, isJava)
	}
	return nil
}

// zip64 reads sizes of 64 bits (APPNOTE 4.5.3): those that do not fit into the header, in their
// order. Some programs write the others as well, in their places. Then they must be the same, or
// zero (Apple), since they have no meaning there.
func (h *zipHeader) zip64(body zipFields, offset *int64) error {
	values := []*int64{&h.size, &h.packed}
	if offset != nil {
		values = append(values, offset)
	}
	var numbers []int64
	for len(body) >= 8 {
		numbers = append(numbers, body.size())
	}
	volume := len(body) == 4 && body.u32() == 0
	if len(body) > 0 && !volume {
		return fault(CodeDamaged, "has a broken extra field")
	}
	missing := slices.DeleteFunc(slices.Clone(values), func(v *int64) bool { return *v != max32 })
	if len(numbers) < len(missing) || len(numbers) > len(values) {
		return fault(CodeDamaged, "has a broken extra field")
	}
	inPlace := len(numbers) > len(missing)
	for i, v := range values {
		switch {
		case !inPlace || i >= len(numbers):
		case *v != max32 && *v != numbers[i] && numbers[i] != 0,
			*v == max32 && numbers[i] != numbers[slices.Index(missing, v)]: // readers differ in its place
			return fault(CodeDamaged, sizesDiffer)
		}
	}
	for i, v := range missing {
		if numbers[i] < 0 {
			return fault(CodeDamaged, sizesDiffer)
		}
		*v = numbers[i]
	}
	return nil
}

// oneName returns the name of an entry that must not have two that differ: readers of documents do
// not agree on which counts.
func (h *zipHeader) oneName() (string, error) {
	if h.name != h.raw {
		return "", fault(CodeDamaged, twoNames)
	}
	return h.name, nil
}

// unicodeName reads Info-ZIP's second name, which is valid while the checksum beside it matches the
// first one.
func (h *zipHeader) unicodeName(body zipFields) error {
	if len(body) < 5 || body[0] != 1 {
		return fault(CodeDamaged, "has a broken extra field")
	}
	body = body[1:]
	other := h.flags&nameIsUTF8 != 0 && string(body[4:]) != h.raw // JSZip sets the flag, and writes the field as well
	if sum := body.u32(); sum != crc32.ChecksumIEEE([]byte(h.raw)) || !utf8.Valid(body) || other {
		return fault(CodeDamaged, twoNames)
	}
	h.name = string(body)
	return nil
}
