package upload

import (
	"context"
	"encoding/json"
	"time"
)

// Facts are what the structure of a picture or film says. Zero is unknown.
type Facts struct {
	Width       int64   `json:"width,omitempty"`    // pixels, as shown, after its orientation
	Height      int64   `json:"height,omitempty"`   // as Width
	Frames      int64   `json:"frames,omitempty"`   // of an animation or film
	Duration    float64 `json:"duration,omitempty"` // seconds Orientation of Exif, 2 to 8, turns the pixels first.
	Orientation int     `json:"orientation,omitempty"`

	Cleaned bool `json:"cleaned,omitempty"` // of metadata
}

// Facts returns what is known so far: all of it in [Observer.Verdict].
func (in *Incoming) Facts() Facts {
	if in.cleaner == nil {
		return Facts{}
	}
	f := in.cleaner.Facts()
	return Facts{
		Width: f.Width, Height: f.Height, Frames: f.Frames, Orientation: f.Orientation,
		Duration: (time.Duration(f.Milliseconds) * time.Millisecond).Seconds(), Cleaned: in.cleaner.Changed(),
	}
}

// factsOf returns those that a storage has kept.
func factsOf(kept string) (f Facts) {
	if json.Unmarshal([]byte(kept), &f) != nil { // of another program
		return Facts{}
	}
	return f
}

// kept returns f as a storage keeps it.
func (f Facts) kept() string {
	if f == (Facts{}) {
		return ""
	}
	text, _ := json.Marshal(f) // numbers, none of which is infinite
	return string(text)
}

// leastPixels refuses pictures that are smaller, or of no known size.
func leastPixels(width, height int) Validator {
	return &rule{
		own:     true,
		declare: func(context.Context, *Incoming) error { return nil },
		judge: func(_ context.Context, in *Incoming) (Observer, error) {
			return &pixelObserver{in, int64(width), int64(height)}, nil
		},
	}
}

// pixelObserver judges the size of a picture at its end.
type pixelObserver struct {
	in            *Incoming
	width, height int64
}

func (o *pixelObserver) ours() bool { return true }

func (o *pixelObserver) Write(p []byte) (int, error) { return len(p), nil }

func (o *pixelObserver) Verdict() error {
	f := o.in.Facts()
	if f.Width >= o.width && f.Height >= o.height {
		return nil
	}
	return &Error{Code: CodeTooFewPixels, Params: map[string]any{
		"width": f.Width, "height": f.Height, "min_width": o.width, "min_height": o.height,
	}}
}
