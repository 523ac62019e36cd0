package upload

import "encoding/json"

// Facts are what the structure of a picture, video or M4A file says. Zero is unknown or none.
type Facts struct {
	Width    int64   `json:"width,omitempty"` // pixels as shown, after Orientation
	Height   int64   `json:"height,omitempty"`
	Frames   int64   `json:"frames,omitempty"`   // 1 of a still picture
	Duration float64 `json:"duration,omitempty"` // seconds

	// Orientation is that of Exif, 2 to 8, by which viewers turn or mirror pixels.
	Orientation int `json:"orientation,omitempty"`

	Cleaned bool `json:"cleaned,omitempty"` // metadata was blanked
}

// factsOf returns the facts that a storage has kept, or zero ones.
func factsOf(kept string) (f Facts) {
	if json.Unmarshal([]byte(kept), &f) != nil { // empty, or of another program
		return Facts{}
	}
	return f
}

// kept returns f as a storage keeps it.
func (f Facts) kept() string {
	if f == (Facts{}) {
		return ""
	}
	text, _ := json.Marshal(f) // fails only for infinite numbers and NaN, which f never has
	return string(text)
}
