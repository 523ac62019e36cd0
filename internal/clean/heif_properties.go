package clean

import (
	"bytes"
	"encoding/binary"
	"regexp"
)

// heifShown finds out how the items of a metadata box are shown.
type heifShown struct {
	*walk
	primary    uint32 // ID of the item that is shown
	properties []heifProperty
	associated [][]byte // the boxes with the associations of items and properties
}

// heifProperty is a property that items may have.
type heifProperty struct {
	kind    string // empty if it was blanked
	content []byte
}

// propertyMemory is how many bytes of memory a property takes.
const propertyMemory = 40

// heifProperties are the properties that decoders need, each with its number of bytes; 0 means any
// number. They configure decoders, and say how pictures are to be shown: their size, colours, place
// and rotation (ISO/IEC 23008-12, 6.5; ISO/IEC 14496-12, 12.1; AV1 Image File Format, 2.3).
var heifProperties = map[string]int{
	"hvcC": 0, "lhvC": 0, "avcC": 0, "vvcC": 0, "evcC": 0, "av1C": 0, "j2kH": 0, "uncC": 0, "cmpd": 0, "cmpC": 0, "icbr": 0, "icef": 0,
	"oinf": 0, "tols": 6, "a1op": 1, "a1lx": 13, "lsel": 2, "tilC": 0, "mskC": 5,
	"ispe": 12, "pixi": 0, "colr": 0, "pasp": 8, "clap": 32, "irot": 1, "imir": 1, "rloc": 12, "iscl": 12, "auxC": 0,
	"clli": 4, "mdcv": 24, "cclv": 0, "amve": 8, "ndwt": 8, "reve": 0,
}

// heifAuxiliary are the names of kinds of auxiliary pictures, such as alpha, depth and gain maps.
var heifAuxiliary = regexp.MustCompile(`^(urn:mpeg:|urn:iso:std:iso:|urn:com:(apple:)?photo:|tag:apple\.com,20[0-9]{2}:photo:aux:)[A-Za-z0-9:.-]{1,80}\x00`)

// property cleans a box of properties: the list of them, or a list of the items that have them.
func (s *heifShown) property(kind string, whole, content []byte) {
	switch kind {
	case "ipco":
		if s.properties != nil {
			s.fail(heifTwice)
		}
		s.properties = []heifProperty{}
		s.eachBox(content, func(kind string, whole, content []byte) {
			if !heifShows(kind, content) {
				kind = ""
				freed(whole, len(whole))
			}
			s.properties = append(s.properties, heifProperty{kind, content})
			s.afford(propertyMemory)
		})
	case "ipma":
		s.associated = append(s.associated, content)
	default:
		freed(whole, len(whole))
	}
}

// heifShows reports whether a property is kept. It blanks bytes after the property's fields.
func heifShows(kind string, content []byte) bool {
	size, listed := heifProperties[kind]
	if size > 0 && size < len(content) {
		clear(content[size:])
	}
	switch kind {
	case "auxC": // decoders refuse an auxiliary picture without this property
		if len(content) > 4 && !heifAuxiliary.Match(content[4:]) {
			clear(content[4:])
		}
	case "colr":
		return bytes.HasPrefix(content, []byte("nclx")) || bytes.HasPrefix(content, []byte("rICC")) || bytes.HasPrefix(content, []byte("prof"))
	}
	return listed
}

// item reads which item is the primary one.
func (s *heifShown) item(content []byte) {
	f := s.fieldsOf(content)
	if f.version == 0 {
		s.primary = f.id(2)
	} else {
		s.primary = f.id(4)
	}
	clear(f.rest)
}

// associate reads which items have which properties. It clears the bit that makes a blanked
// property essential. The properties of the primary item give the facts of the file. If it has no
// size, the first property with a size does.
func (s *heifShown) associate() {
	known := s.facts.Width != 0 // from an image sequence
	for _, content := range s.associated {
		f := s.fieldsOf(content)
		idSize, size := 2, 1
		if f.version > 0 {
			idSize = 4
		}
		if f.flags&1 != 0 {
			size = 2
		}
		for range f.number(4) {
			id := f.id(idSize)
			for range f.number(1) {
				field := f.rest
				f.number(size)
				s.has(id == s.primary && !known, field[:size])
			}
		}
		clear(f.rest)
	}
	for _, p := range s.properties {
		if s.facts.Width == 0 {
			s.fact(p)
		}
	}
}

// has reads an association: a bit for a property that is essential, and which one it is.
func (s *heifShown) has(primary bool, field []byte) {
	n := int(field[0] & 0x7f)
	if len(field) == 2 {
		n = n<<8 | int(field[1])
	}
	switch {
	case n == 0:
	case n > len(s.properties) || s.properties[n-1].kind == "":
		field[0] &= 0x7f
	case primary:
		s.fact(s.properties[n-1])
	}
}

// fact takes size, cropping and rotation of a picture into the facts.
func (s *heifShown) fact(p heifProperty) {
	switch {
	case p.kind == "ispe" && len(p.content) >= 12 && s.facts.Width == 0:
		s.facts.Width, s.facts.Height = int64(binary.BigEndian.Uint32(p.content[4:])), int64(binary.BigEndian.Uint32(p.content[8:]))
		s.facts.Frames = 1
	case p.kind == "clap" && len(p.content) >= 16:
		s.facts.Width = cropped(s.facts.Width, p.content)
		s.facts.Height = cropped(s.facts.Height, p.content[8:])
	case p.kind == "irot" && len(p.content) >= 1 && p.content[0]&1 != 0:
		s.facts.Width, s.facts.Height = s.facts.Height, s.facts.Width
	}
}

// cropped returns how much is shown of a length, by a fraction.
func cropped(length int64, fraction []byte) int64 {
	n, d := int64(binary.BigEndian.Uint32(fraction)), int64(binary.BigEndian.Uint32(fraction[4:]))
	if d == 0 || n/d == 0 {
		return length
	}
	return min(length, n/d)
}
