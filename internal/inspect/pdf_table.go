package inspect

import "slices"

// place is the target of a cross reference: an offset in the file, or an object in a stream of
// objects.
type place uint64

func placeAt(offset int64) place { return 1<<63 | place(offset) } //nolint:gosec // not negative

func placePacked(stream, index int64) place {
	return 1<<62 | place(stream)&0x3fffffff<<32 | place(index)&0xffffffff //nolint:gosec // not negative
}

// pdfTable stores the facts about objects that matter, the places of their bodies, and the cross
// references to places yet to come. Some readers do not compare the number of an object with that
// of the cross reference, and skip the bytes before it.
type pdfTable struct {
	pdfMarks
	origin  int64         // offset of the header: readers count offsets from there, or from the first byte
	here    int64         // offset of the current object, or of the end of the last one
	bodies  []pdfBodyAt   // sorted by to
	waiting []pdfExpected // cross references
}

// pdfBodyAt is a body in the file.
type pdfBodyAt struct {
	from, to int64 // first and last offset of cross references that lead to it; at to is the last digit of its number
	num      uint32
	flags    pdfFlag
}

// pdfExpected is a cross reference to a place.
type pdfExpected struct {
	to  place
	num int64
}

const (
	bodySize     = 24
	expectedSize = 16
	firstPlaces  = 64
)

// body records a body in the file.
func (t *pdfTable) body(at pdfBodyAt, b *Budget) error {
	var err error
	if t.bodies, err = grown(t.bodies, bodySize, b); err != nil {
		return err
	}
	i := len(t.bodies)
	for i > 0 && t.bodies[i-1].to > at.to { // a body hidden within this one was recorded first
		i--
	}
	t.bodies = slices.Insert(t.bodies, i, at)
	return b.Spend(lookUpSteps)
}

// grown returns s with memory for one more element of that size. The budget does not count the
// first few.
func grown[T any](s []T, size int, b *Budget) ([]T, error) {
	if len(s) < cap(s) {
		return s, nil
	}
	room := max(firstPlaces, 2*len(s))
	if room > firstPlaces {
		if err := b.Hold(size * room); err != nil {
			return s, err
		}
	}
	return append(make([]T, 0, room), s...), nil
}

// packedBody records a body in a stream of objects. There is one at each place, unless two streams
// have one number.
func (t *pdfTable) packedBody(num int64, at place, flags pdfFlag, b *Budget) error {
	if flags == 0 {
		return nil
	}
	if err := t.mark(num, flags, b); err != nil {
		return err
	}
	e, err := t.at(uint64(at), b)
	switch {
	case err != nil:
		return err
	case e.flags != 0 && int64(e.num) != num:
		return active(KindAction, readsInTwoWays)
	}
	e.num, e.flags = uint32(num), e.flags|flags //nolint:gosec // numbers fit
	return nil
}

const readsInTwoWays = "has cross references that can be read in two ways"

// lead follows a cross reference. If another object stands at its target, a reader that does not
// compare the numbers takes that object's body for it. ahead means that the place has not been read
// yet.
func (t *pdfTable) lead(num int64, to place, ahead bool, b *Budget) error {
	if !ahead {
		return t.follow(pdfExpected{to, num}, b)
	}
	var err error
	if t.waiting, err = grown(t.waiting, expectedSize, b); err != nil {
		return err
	}
	t.waiting = append(t.waiting, pdfExpected{to, num})
	return b.Spend(lookUpSteps)
}

// settle follows the cross references whose places have come since.
func (t *pdfTable) settle(b *Budget) error {
	for _, x := range t.waiting {
		if err := t.follow(x, b); err != nil {
			return err
		}
	}
	return nil
}

func (t *pdfTable) follow(x pdfExpected, b *Budget) error {
	if x.to < placeAt(0) {
		var e pdfEntry
		if t.used > 0 {
			e = *t.find(uint64(x.to))
		}
		return t.lend(e.num, e.flags, x.num, b)
	}
	offset := int64(x.to &^ placeAt(0)) //nolint:gosec // 63 bits
	num, flags := t.bodyAt(offset)
	err := t.lend(num, flags, x.num, b)
	if err == nil && t.origin > 0 {
		num, flags = t.bodyAt(offset + t.origin)
		err = t.lend(num, flags, x.num, b)
	}
	return err
}

// lend adds the flags of an object's body to another object.
func (t *pdfTable) lend(num uint32, flags pdfFlag, to int64, b *Budget) error {
	if flags != 0 && objectKey(int64(num)) != objectKey(to) {
		return t.mark(to, flags, b)
	}
	return b.Spend(lookUpSteps)
}

// bodyAt returns the object to whose body a cross reference to that offset leads, and its flags.
func (t *pdfTable) bodyAt(offset int64) (num uint32, flags pdfFlag) {
	i, _ := slices.BinarySearchFunc(t.bodies, offset, func(b pdfBodyAt, offset int64) int { return int(min(max(b.to-offset, -1), 1)) })
	if i < len(t.bodies) && t.bodies[i].from <= offset {
		return t.bodies[i].num, t.bodies[i].flags
	}
	return 0, 0
}

// verdict compares the facts about objects with the roles in which others refer to them.
func (t *pdfTable) verdict(refuse func(kind, detail string)) *Error {
	for _, e := range t.entries {
		if e.key == 0 || e.key >= uint64(placePacked(0, 0)) {
			continue
		}
		for _, c := range pdfConflicts {
			if e.flags&c.as != 0 && e.flags&c.is != 0 {
				refuse(c.kind, c.detail)
			}
		}
		if e.flags&asModel != 0 && e.flags&isModel == 0 {
			refuse(KindMedia, carriesMedia)
		}
		if e.flags&asObjects != 0 && e.flags&isBare != 0 {
			return fault(CodeDamaged, "has cross references to objects in a stream that does not say where they are")
		}
	}
	return nil
}
