package sniff

import (
	"encoding/binary"
	"slices"
)

// Types of films and sound in ISO base media files, including QuickTime.
const (
	mp4       = "video/mp4"
	m4a       = "audio/mp4"
	quickTime = "video/quicktime"
	threeGP   = "video/3gpp"
)

// isoFamily lists these types. Brands say little about the content: sound recorders write the
// brands of films. So the file's name decides within the family, or the brand if the name agrees
// with none of them.
var isoFamily = []string{mp4, m4a, quickTime, threeGP}

// isoMediaType returns the type of an ISO base media file (ISO/IEC 14496-12) by its brands, or by a
// first box that untyped lists. It returns "" for others.
//
// The first box lists a major and some compatible brands. If the major is that of MP4, or is not in
// films, a compatible brand of an image decides, in the order of imageBrands. Some encoders give
// HEIC and AVIF images the majors mif1 and msf1, and name the coding among the compatible ones
// (ISO/IEC 23008-12).
func isoMediaType(head []byte) string {
	switch {
	case len(head) < 16:
		return ""
	case slices.Contains(untyped, string(head[4:8])):
		return quickTime
	case string(head[4:8]) != "ftyp":
		return ""
	}
	size := binary.BigEndian.Uint32(head)
	if size < 16 {
		return ""
	}
	box := head[:min(len(head), int(min(size, HeadLen)))]
	major := string(box[8:12])
	brands := []string{major}
	for i := 16; i+4 <= len(box); i += 4 {
		brands = append(brands, string(box[i:i+4]))
	}
	neutral := films[major] == mp4 || films[major] == ""
	for _, t := range imageBrands {
		for _, b := range t.brands {
			if b == major || neutral && slices.Contains(brands, b) {
				return t.mediaType
			}
		}
	}
	return films[major]
}

// untyped lists the boxes that begin QuickTime movies without a file type, as cameras wrote them
// for years (QuickTime File Format Specification, Movie Files). Only a walk of the boxes shows
// whether a file is one.
var untyped = []string{"moov", "mdat", "wide", "free", "skip", "pnot"}

// films maps the major brands of films and sound to their types (MP4 Registration Authority, and
// the brands of cameras and packagers).
var films = map[string]string{
	"isom": mp4, "iso2": mp4, "iso3": mp4, "iso4": mp4, "iso5": mp4, "iso6": mp4, "iso7": mp4, "iso8": mp4, "iso9": mp4,
	"isoa": mp4, "isob": mp4, "isoc": mp4, "mp41": mp4, "mp42": mp4, "mp71": mp4, "avc1": mp4, "av01": mp4, "hvc1": mp4,
	"dash": mp4, "msdh": mp4, "msix": mp4, "cmfc": mp4, "cmf2": mp4, "piff": mp4, "MSNV": mp4, "XAVC": mp4, "NDSC": mp4, "mmp4": mp4,
	"M4V ": mp4, "M4VH": mp4, "M4VP": mp4, "F4V ": mp4, "f4v ": mp4, "dby1": mp4,
	"M4A ": m4a, "M4B ": m4a, "M4P ": m4a, "F4A ": m4a, "F4B ": m4a,
	"qt  ": quickTime,
	"3gp1": threeGP, "3gp2": threeGP, "3gp3": threeGP, "3gp4": threeGP, "3gp5": threeGP, "3gp6": threeGP, "3gp7": threeGP,
	"3gp8": threeGP, "3gp9": threeGP, "3gs7": threeGP, "3ge6": threeGP, "3gg6": threeGP, "3gr6": threeGP,
	"3g2a": threeGP, "3g2b": threeGP, "3g2c": threeGP,
}

// imageBrands lists the most specific brands first.
var imageBrands = []struct {
	mediaType string
	brands    []string
}{
	{"image/avif", []string{"avif", "avis"}},
	{"image/heic", []string{"heic", "heix", "heim", "heis"}},
	{"image/heic-sequence", []string{"hevc", "hevx", "hevm", "hevs"}},
	{"image/heif", []string{"mif1", "avci"}},
	{"image/heif-sequence", []string{"msf1", "avcs"}},
}
