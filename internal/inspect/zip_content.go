package inspect

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
)

const (
	largeEntry = "has an entry that is too large"
	highRatio  = "has too high a compression ratio"

	bombRatio    = 50 // above it, the compression is the cause of the cost, not the content
	contentSteps = 1  // for a byte of content, whose checksum is computed
	packedSteps  = 10 // for a packed byte, which is read and perhaps inflated
)

// zipContent is the content of one entry, inflated, counted and checksummed while it is read.
type zipContent struct {
	in     *zipInput
	budget *zipBudget
	h      *zipHeader
	data   *zipData
	src    io.Reader // data, its inflater, or a storedData if its size follows
	start  int64     // where data begins
	read   int64     // up to where it was read and paid for
	crc    uint32
	size   int64
}

func (c *zipContent) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.data.release()
	if err := c.account(p[:n]); err != nil {
		return 0, err
	}
	return n, err
}

// skip reads the content to its end, from where body has read it.
func (c *zipContent) skip(body *bufio.Reader) error {
	if c.src == c.data {
		return c.skipStored()
	}
	for {
		_, _ = body.Discard(body.Buffered()) // it is in the buffer
		if _, err := body.Peek(1); err != nil {
			return noEOF(err)
		}
	}
}

// skipStored checksums stored data where it lies. The header declares its size.
func (c *zipContent) skipStored() error {
	for {
		var err error
		p := c.data.direct()
		if len(p) == 0 {
			p, err = c.data.next()
			c.data.release()
		}
		if err := c.account(p); err != nil { // a limit is reported rather than the end
			return err
		}
		if err != nil {
			return noEOF(err)
		}
	}
}

// noEOF returns nil for io.EOF, which readers return unwrapped.
func noEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// account counts, checksums and pays for bytes of the content.
func (c *zipContent) account(p []byte) error {
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p)
	c.size += int64(len(p))
	c.budget.total += int64(len(p))
	if err := c.excess(); err != nil {
		return err
	}
	return c.pay(len(p))
}

// excess returns a fault if the entry exceeds its declared size, or the entries so far a limit.
func (c *zipContent) excess() error {
	b := c.budget
	switch {
	case c.h.flags&sizesFollow == 0 && c.size > c.h.size:
		return fault(CodeDamaged, "has an entry that is larger than it declares")
	case c.size > b.EntrySize:
		return beyond(CodeBomb, b.EntrySize, largeEntry)
	case b.total > b.TotalSize:
		return beyond(CodeBomb, b.TotalSize, "is too large when unpacked")
	case b.total > ratioGrace && exceeds(b.total, b.Ratio, b.file.off):
		return fault(CodeBomb, highRatio)
	}
	return nil
}

// pay spends the cost of n bytes of content, and of the packed bytes since the last call. If the
// work runs out, and the file unpacks to much more than its size so far, the fault is the
// compression.
func (c *zipContent) pay(n int) error {
	b := c.budget
	packed := int(c.in.off - c.read)
	c.read = c.in.off
	err := b.work.Spend(contentSteps*n + packedSteps*packed)
	if err == nil {
		return nil
	}
	if e := (*Error)(nil); errors.As(err, &e) && e.Code == CodeComplex && exceeds(b.total, bombRatio, b.file.off) && b.total > ratioGrace {
		return fault(CodeBomb, highRatio)
	}
	return err
}

// exceeds reports whether size > ratio*packed.
func exceeds(size, ratio, packed int64) bool {
	return packed <= math.MaxInt64/ratio && size > ratio*packed
}

// settle compares the content, which has been read to its end, with the header. If sizes follow, it
// compares fields that are not zero, stores what it found, and compares the descriptor.
func (c *zipContent) settle() error {
	h, packed := c.h, c.in.off-c.start
	if h.flags&sizesFollow == 0 {
		switch {
		case c.data.left > 0 && c.in.ended():
			return fault(CodeDamaged, damaged)
		case c.data.left > 0, c.size != h.size:
			return fault(CodeDamaged, sizesDiffer)
		case c.crc != h.crc:
			return fault(CodeDamaged, "has an entry with a wrong checksum")
		}
	} else {
		if h.packed != 0 && h.packed != packed || h.size != 0 && h.size != c.size || h.crc != 0 && h.crc != c.crc {
			return fault(CodeDamaged, sizesDiffer)
		}
		h.packed, h.size, h.crc = packed, c.size, c.crc
		if err := c.descriptor(); err != nil {
			return err
		}
	}
	if isDirectory(h.name) && h.size > 0 {
		return fault(CodeDamaged, "has a directory with content")
	}
	return nil
}

// descriptor reads the data descriptor (APPNOTE 4.3.9), which must match the content. Sizes of 64
// bits and the signature are optional. The longest form is tried first, since that of an
// empty entry begins like shorter ones.
func (c *zipContent) descriptor() error {
	le := binary.LittleEndian
	signature := le.AppendUint32(nil, descriptorSignature)
	crc := le.AppendUint32(nil, c.h.crc)
	wide := le.AppendUint64(le.AppendUint64(nil, uint64(c.h.packed)), uint64(c.h.size)) //nolint:gosec // never negative
	forms := [][][]byte{{signature, crc, wide}, {crc, wide}}
	if max(c.h.packed, c.h.size) <= math.MaxUint32 {
		narrow := le.AppendUint32(le.AppendUint32(nil, uint32(c.h.packed)), uint32(c.h.size)) //nolint:gosec // they fit
		forms = append(forms, [][]byte{signature, crc, narrow}, [][]byte{crc, narrow})
	}
	seen, err := c.in.Peek(len(signature) + len(crc) + len(wide))
	if err != nil {
		return faultOr(err, CodeTruncated, cutOff)
	}
	for _, form := range forms {
		form := bytes.Join(form, nil)
		if bytes.HasPrefix(seen, form) {
			_, err := c.in.take(len(form))
			return err
		}
	}
	return fault(CodeDamaged, "has an entry whose sizes or checksum do not agree")
}
