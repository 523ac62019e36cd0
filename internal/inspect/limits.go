package inspect

import (
	"fmt"
	"math"
)

// The values of the zero fields of [Limits]. They accept pictures of 50 megapixels (8192 x 6144)
// and panoramas 16,382 pixels wide, as phones make them. They refuse photos of 108 and 200
// megapixels: in memory each pixel often takes 4 bytes.
const (
	DefaultMaxSide   = 16_384
	DefaultMaxPixels = 1 << 26 // 67,108,864
	DefaultMaxFrames = 1000
)

// animationFactor is the limit of the pixels of all frames of an animation, in multiples of
// MaxPixels.
const animationFactor = 16

// Limits bounds the size that a picture may declare, before anything is decoded. Fields that are 0
// mean the defaults above. No value means "no limit".
//
// The frames of an animation may have 16 times MaxPixels in all, each counted with its own size:
// about 1.07 billion by default, 517 frames of 1920 x 1080. The frames of a HEIF track all count
// with the largest size that the track declares.
type Limits struct {
	MaxWidth  int   // in pixels
	MaxHeight int   // in pixels
	MaxPixels int64 // width times height
	MaxFrames int   // of an animation
}

func (l Limits) withDefaults() Limits {
	if l.MaxWidth == 0 {
		l.MaxWidth = DefaultMaxSide
	}
	if l.MaxHeight == 0 {
		l.MaxHeight = DefaultMaxSide
	}
	if l.MaxPixels == 0 {
		l.MaxPixels = DefaultMaxPixels
	}
	if l.MaxFrames == 0 {
		l.MaxFrames = DefaultMaxFrames
	}
	return l
}

// size judges the width and height of a picture. Neither is negative or has more than 32 bits.
func (l Limits) size(width, height int64) *Error {
	l = l.withDefaults()
	switch {
	case width == 0 || height == 0:
		return fault(CodeDamaged, "has a width or a height of 0")
	case width > int64(l.MaxWidth) || height > int64(l.MaxHeight):
		return &Error{
			Code: CodePixels, Offset: -1,
			Params: Params{"width": width, "height": height, "max_width": int64(l.MaxWidth), "max_height": int64(l.MaxHeight)},
			Detail: fmt.Sprintf("is %d x %d pixels; the limit is %d x %d", width, height, l.MaxWidth, l.MaxHeight),
		}
	case width > l.MaxPixels/height:
		return &Error{
			Code: CodePixels, Offset: -1, Params: Params{"pixels": width * height, "limit": l.MaxPixels},
			Detail: fmt.Sprintf("has %d pixels; the limit is %d", width*height, l.MaxPixels),
		}
	}
	return nil
}

// frames counts the frames of an animation and their pixels.
type frames struct {
	n      int64
	pixels int64
}

// count judges n more frames.
func (f *frames) count(l Limits, n int64) *Error {
	l = l.withDefaults()
	if f.n += n; f.n > int64(l.MaxFrames) {
		return beyond(CodeFrames, int64(l.MaxFrames), fmt.Sprintf("has more than %d frames", l.MaxFrames))
	}
	return nil
}

// paint judges the pixels of one more frame.
func (f *frames) paint(l Limits, width, height int64) *Error { return f.paintAll(l, 1, width, height) }

// paintAll judges the pixels of n more frames of one size. It divides, since the product of values
// from a file may not fit into 64 bits.
func (f *frames) paintAll(l Limits, n, width, height int64) *Error {
	most := animationFactor * min(l.withDefaults().MaxPixels, math.MaxInt64/animationFactor)
	if width > 0 && height > 0 && n > (most-f.pixels)/width/height {
		return beyond(CodePixels, most, fmt.Sprintf("has frames of more than %d pixels in all", most))
	}
	f.pixels += n * width * height
	return nil
}
