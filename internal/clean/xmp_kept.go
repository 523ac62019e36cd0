package clean

import (
	"regexp"
	"slices"
)

// xmpSpace is what is kept of a namespace in XMP: names with the values that they may have. A nil
// function marks an element that holds other elements. Some readers search for prefixes, so only
// those that encoders write are kept. An element of RDF within a property holds values of that
// property. xmp_tag.go judges declarations of namespaces, and about, parseType and resource of RDF.
type xmpSpace struct {
	prefixes []string
	values   map[string]func(string) bool
}

const xmpRDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

// xmpSpaces are the namespaces by which readers find the parts of a picture and show them: gain
// maps (Ultra HDR, Apple), the directory of further parts, motion photos, panoramas and 360°
// videos. IPTC's DigitalSourceType is kept, too: it says whether an algorithm made the picture.
var xmpSpaces = map[string]xmpSpace{
	"adobe:ns:meta/": {[]string{"x"}, map[string]func(string) bool{"xmpmeta": nil, "xapmeta": nil}},
	xmpRDF:           {[]string{"rdf"}, map[string]func(string) bool{"RDF": nil, "SphericalVideo": nil, "Description": nil, "Seq": nil, "Bag": nil, "li": nil}},
	"http://ns.adobe.com/hdr-gain-map/1.0/": {[]string{"hdrgm"}, map[string]func(string) bool{
		"Version": isXMPNumber, "BaseRenditionIsHDR": isXMPBool, "GainMapMin": isXMPNumber, "GainMapMax": isXMPNumber, "Gamma": isXMPNumber,
		"OffsetSDR": isXMPNumber, "OffsetHDR": isXMPNumber, "HDRCapacityMin": isXMPNumber, "HDRCapacityMax": isXMPNumber,
	}},
	"http://ns.apple.com/HDRGainMap/1.0/": {[]string{"HDRGainMap"}, map[string]func(string) bool{
		"HDRGainMapVersion": isXMPNumber, "HDRGainMapHeadroom": isXMPNumber,
	}},
	"http://ns.apple.com/pixeldatainfo/1.0/": {[]string{"apdi"}, map[string]func(string) bool{
		"AuxiliaryImageType": oneOf("urn:com:apple:photo:2020:aux:hdrgainmap"), "NativeFormat": isXMPNumber, "StoredFormat": isXMPNumber,
	}},
	"http://ns.google.com/photos/1.0/container/": {[]string{"Container", "GContainer"}, map[string]func(string) bool{"Directory": nil, "Item": nil}},
	"http://ns.google.com/photos/1.0/container/item/": {[]string{"Item", "GContainerItem"}, map[string]func(string) bool{
		"Semantic": oneOf("Primary", "GainMap", "MotionPhoto", "Original", "Depth", "Confidence"),
		"Mime":     oneOf("image/jpeg", "image/heic", "image/heif", "image/avif", "image/png", "image/webp", "video/mp4", "video/quicktime"),
		"Length":   isXMPNumber, "Padding": isXMPNumber,
	}},
	"http://ns.google.com/photos/1.0/camera/": {[]string{"GCamera", "Camera"}, map[string]func(string) bool{
		"MotionPhoto": isXMPNumber, "MotionPhotoVersion": isXMPNumber, "MotionPhotoPresentationTimestampUs": isXMPNumber,
		"MicroVideo": isXMPNumber, "MicroVideoVersion": isXMPNumber, "MicroVideoOffset": isXMPNumber, "MicroVideoPresentationTimestampUs": isXMPNumber,
	}},
	"http://ns.google.com/photos/1.0/panorama/": {[]string{"GPano"}, map[string]func(string) bool{
		"UsePanoramaViewer": isXMPBool, "ProjectionType": oneOf("equirectangular", "cylindrical"),
		"PosePitchDegrees": isXMPNumber, "PoseRollDegrees": isXMPNumber, "InitialViewPitchDegrees": isXMPNumber, "InitialViewRollDegrees": isXMPNumber,
		"InitialHorizontalFOVDegrees": isXMPNumber, "InitialVerticalFOVDegrees": isXMPNumber, "InitialCameraDolly": isXMPNumber,
		"CroppedAreaLeftPixels": isXMPNumber, "CroppedAreaTopPixels": isXMPNumber,
		"CroppedAreaImageWidthPixels": isXMPNumber, "CroppedAreaImageHeightPixels": isXMPNumber,
		"FullPanoWidthPixels": isXMPNumber, "FullPanoHeightPixels": isXMPNumber,
	}},
	"http://ns.google.com/videos/1.0/spherical/": {[]string{"GSpherical"}, map[string]func(string) bool{
		"Spherical": isXMPBool, "Stitched": isXMPBool, "StitchingSoftware": oneOf("Spherical Metadata Tool"), // without StitchingSoftware, FFmpeg reads none of these
		"ProjectionType": oneOf("equirectangular"), "StereoMode": oneOf("mono", "left-right", "top-bottom"),
		"InitialViewHeadingDegrees": isXMPNumber, "InitialViewPitchDegrees": isXMPNumber, "InitialViewRollDegrees": isXMPNumber,
		"CroppedAreaLeftPixels": isXMPNumber, "CroppedAreaTopPixels": isXMPNumber,
		"CroppedAreaImageWidthPixels": isXMPNumber, "CroppedAreaImageHeightPixels": isXMPNumber,
		"FullPanoWidthPixels": isXMPNumber, "FullPanoHeightPixels": isXMPNumber,
	}},
	"http://iptc.org/std/Iptc4xmpExt/2008-02-29/": {[]string{"Iptc4xmpExt"}, map[string]func(string) bool{"DigitalSourceType": isSourceType}},
}

var (
	isXMPNumber  = regexp.MustCompile(`^[-+]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?$`).MatchString
	isXMPBool    = oneOf("True", "False", "true", "false")
	isSourceType = regexp.MustCompile(`^https?://cv\.iptc\.org/newscodes/digitalsourcetype/(trainedAlgorithmicMedia|` +
		`compositeWithTrainedAlgorithmicMedia|algorithmicMedia|algorithmicallyEnhanced|compositeSynthetic|compositeCapture|composite|` +
		`digitalCapture|computationalCapture|multiFrameComputationalCapture|negativeFilm|positiveFilm|print|minorHumanEdits|humanEdits|` +
		`dataDrivenMedia|digitalArt|digitalCreation|virtualRecording|screenCapture|softwareImage)$`).MatchString
)

func oneOf(words ...string) func(string) bool {
	return func(s string) bool { return slices.Contains(words, s) }
}

// xmpWrappers are the instructions around a packet (XMP Specification, part 1, 7.3.2).
var xmpWrappers = []string{
	"<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>", "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>",
	`<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>`, `<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>`,
	`<?xpacket end="w"?>`, `<?xpacket end='w'?>`, `<?xpacket end="r"?>`, `<?xpacket end='r'?>`,
}
