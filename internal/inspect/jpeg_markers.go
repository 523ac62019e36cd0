package inspect

// The pieces of a JPEG file.
const (
	jpegStart = 1 + iota
	jpegMarker
	jpegMarkerFill // a marker after fill bytes
	jpegLength
	jpegFrame
	jpegScanHeader
	jpegScan // the end of a run of entropy-coded bytes
	jpegScanFill
	jpegOdd     // the length of a segment whose marker begins with 0
	jpegEnded   // one byte after the end, not zero
	jpegNext    // the byte after 0xff there
	jpegBehind  // the first bytes of a trailer
	jpegTrailer // the rest, all of it payload
)

// The markers that the walk distinguishes.
const (
	markerSOF0  = 0xc0
	markerSOF2  = 0xc2
	markerDHT   = 0xc4
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDNL   = 0xdc
	markerDRI   = 0xdd
	markerDHP   = 0xde
	markerEXP   = 0xdf
	markerAPP0  = 0xe0
	markerAPP1  = 0xe1
	markerAPP15 = 0xef
	markerCOM   = 0xfe
)

const (
	maxJPEGScans    = 100 // progressive encoders write 10 or so
	maxJPEGPictures = 16
	jpegMalformed   = "has a malformed JPEG segment"
	jpegBetween     = "has bytes between JPEG segments"
	jpegPlace       = "has a misplaced JPEG segment"
	jpegUnsupported = "uses a JPEG encoding that browsers do not support"
)
