package sniff

import (
	"encoding/binary"
	"slices"
)

// isoMediaType returns the type of an ISO base media file (ISO/IEC 14496-12) that names an image brand, "" for all others.
//
// The first box lists a major and some compatible brands. Encoders give HEIC and AVIF images the neutral majors mif1 and
// msf1 and name the coding among the compatible ones (ISO/IEC 23008-12).
func isoMediaType(head []byte) string {
	if len(head) < 16 || string(head[4:8]) != "ftyp" {
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
	neutral := major == "mif1" || major == "msf1" || slices.Contains(filmBrands, major)
	for _, t := range imageBrands {
		for _, b := range t.brands {
			if b == major || neutral && slices.Contains(brands, b) {
				return t.mediaType
			}
		}
	}
	return ""
}

// filmBrands say no more than that the file follows the base format; one with an image brand beside it is an image.
var filmBrands = []string{"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "miaf"}

// imageBrands lists the most telling brands first.
var imageBrands = []struct {
	mediaType string
	brands    []string
}{
	{"image/avif", []string{"avif", "avis"}},
	{"image/heic", []string{"heic", "heix", "heim", "heis"}},
	{"image/heic-sequence", []string{"hevc", "hevx", "hevm", "hevs"}},
	{"image/heif", []string{"mif1", "avic"}},
	{"image/heif-sequence", []string{"msf1", "avcs"}},
}
