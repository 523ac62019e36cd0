package clean

import "encoding/binary"

// gifBlank is the name of an application whose data was blanked. Names are text of 11 bytes.
const gifBlank = "           "

// gifRecut is the number of bytes from which on sub-blocks are handed on before they have ended.
const gifRecut = 2048

// extension cleans an extension, whose introducer was looked at. One of an unknown type becomes a
// comment. So does a plain text or an application whose first sub-block does not have the length
// that its type demands.
func (f *gifFile) extension() {
	head := f.lookMore(2)
	length := int(head[2])
	switch label := head[1]; {
	case label == gifControl:
		f.control(length)
	case label == gifApplication && length == len(gifBlank):
		f.application()
	case label == gifPlainText && length == 12: // its place and colours
		clear(f.holdMore(length)[3:])
		f.blankSubBlocks()
	default:
		if label != gifComment {
			f.held()[1] = gifComment
		}
		f.recut()
	}
}

// control keeps what says how the next frame is shown.
func (f *gifFile) control(length int) {
	if length == 0 {
		return
	}
	data := f.lookMore(length)[3:]
	if length >= 4 {
		f.delay = 10 * int64(binary.LittleEndian.Uint16(data[1:]))
	}
	if length > 4 {
		clear(f.held()[3+4:])
	}
	f.blankSubBlocks()
}

// application keeps the data of an application that is known.
func (f *gifFile) application() {
	name := f.lookMore(len(gifBlank))[3:]
	switch string(name) {
	case "NETSCAPE2.0", "ANIMEXTS1.0":
		f.repeats()
	case "ICCRGBG1012":
		f.keepSubBlocks()
	default:
		copy(f.held()[3:], gifBlank)
		f.blankSubBlocks()
	}
}

// repeats keeps how often an animation runs, and how much of it a player buffers.
func (f *gifFile) repeats() {
	for {
		switch n := f.look(1)[0]; n {
		case 0:
			return
		case 3, 5: // of kind 1, the runs, and of kind 2, the buffer
			if f.lookMore(int(n))[1] != n/2 {
				clear(f.held()[1:])
			}
		default:
			f.recut()
			return
		}
	}
}

// blankSubBlocks blanks sub-blocks up to the empty one.
func (f *gifFile) blankSubBlocks() {
	f.look(1)
	f.recut()
}

// recut makes zeros of sub-blocks. The length of the first is the last byte looked at.
// Their lengths may be text, as those of XMP are, so they are cut again: into the longest ones.
func (f *gifFile) recut() {
	f.release(f.looked - 1)
	for {
		last := f.looked - 1
		n := int(f.front()[last])
		if n == 0 {
			f.cutSubBlocks(last)
			return
		}
		last = len(f.lookMore(n+1)) - 1
		if last >= gifRecut {
			whole := (last - 2) / 256 * 256
			f.cutSubBlocks(whole)
			f.release(whole)
		}
	}
}

// cutSubBlocks makes sub-blocks of zeros of the first n bytes. n is not 1, which is too short for
// one.
func (f *gifFile) cutSubBlocks(n int) {
	if n == 0 {
		return
	}
	b := f.held()[:n]
	clear(b)
	for len(b) > 0 {
		n := min(len(b), 256)
		if len(b) == n+1 {
			n--
		}
		b[0] = byte(n - 1) //nolint:gosec // at most 255
		b = b[n:]
	}
}
