package metadata_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// maker is a picture as a phone, a camera or a program writes it. In left are the tags that must
// stay. Those of [shown] and of the picture's type may stay, too.
type maker struct {
	name, sample string
	tags         []string
	xmp          string                      // a packet, written before the tags
	more         func(picture []byte) []byte // appends what the maker writes after the picture
	left         []string
}

// jpegShown are the tags that may stay in a JPEG file, besides [shown].
var jpegShown = []string{
	"JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution", "JFIF:YResolution", "File:ImageWidth", "File:ImageHeight", "File:EncodingProcess",
	"File:BitsPerSample", "File:ColorComponents", "File:YCbCrSubSampling",
}

// pngShown are the tags that may stay in a PNG file, besides [shown].
var pngShown = []string{
	"PNG:ImageWidth", "PNG:ImageHeight", "PNG:BitDepth", "PNG:ColorType", "PNG:Compression", "PNG:Filter", "PNG:Interlace", "PNG:Gamma",
	"PNG:BackgroundColor", "PNG:WhitePointX", "PNG:WhitePointY", "PNG:RedX", "PNG:RedY", "PNG:GreenX", "PNG:GreenY", "PNG:BlueX", "PNG:BlueY",
}

const xmpOpen = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ` +
	`xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="` + sentinel + `" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" ` +
	`xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" `

const xmpClose = `/></rdf:RDF></x:xmpmeta>`

// thumbnail returns an argument of exiftool that writes a thumbnail with a comment.
func thumbnail(t *testing.T, tag string) string {
	t.Helper()
	return "-" + tag + "<=" + tagged(t, "thumbnail.jpg", sample(t, "photo.jpg"), "-Comment="+sentinel)
}

// phoneTags are those of a phone or a camera.
func phoneTags(t *testing.T) []string {
	t.Helper()
	return slices.Concat(owner, []string{
		"-IFD0:Software=" + sentinel, "-IFD0:HostComputer=" + sentinel, "-IFD0:Orientation#=6", "-ExifIFD:LensModel=" + sentinel, "-ExifIFD:SubSecTimeOriginal=123", "-ExifIFD:OffsetTimeOriginal=+02:00",
		"-GPS:GPSImgDirection=123.4", "-GPS:GPSDateStamp=2024:01:02", "-GPS:GPSProcessingMethod=" + sentinel, thumbnail(t, "IFD1:ThumbnailImage"),
	})
}

// cameras are pictures by phones, cameras and drones.
func cameras(t *testing.T, phone []string) []maker {
	t.Helper()
	film := func(picture []byte) []byte {
		path := tagged(t, "film.mp4", sample(t, "fast.mp4"), "-Keys:GPSCoordinates=48.85837, 2.294481, 30", "-Keys:Model="+sentinel, "-QuickTime:CreateDate=2024:01:02 03:04:05")
		film, err := os.ReadFile(path)
		require.NoError(t, err)
		return slices.Concat(picture, film)
	}
	twice := func(picture []byte) []byte { return slices.Concat(picture, picture) }
	hdr := xmpOpen + `hdrgm:Version="1.0" GCamera:SpecialTypeID="` + sentinel + `"` + xmpClose
	motion := xmpOpen + `GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1" GCamera:MotionPhotoPresentationTimestampUs="500000"` + xmpClose
	panorama := xmpOpen + `GPano:ProjectionType="equirectangular" GPano:FullPanoWidthPixels="24" GPano:FirstPhotoDate="2024:01:02" GPano:StitchingSoftware="` + sentinel + `"` + xmpClose
	return []maker{
		{name: "iPhone", tags: slices.Concat(phone, packet, []string{"-XMP-mwg-rs:RegionName=" + sentinel, "-XMP-mwg-rs:RegionType=Face", "-XMP-apple-fi:FaceID=7", "-XMP-apple-fi:TimeStamp=1234567890"})},
		{name: "Pixel, Ultra HDR", tags: phone, xmp: hdr, more: twice, left: []string{"XMP-hdrgm:Version"}},
		{name: "Pixel, motion photo", tags: phone, xmp: motion, more: film, left: []string{"XMP-GCamera:MotionPhoto", "XMP-GCamera:MotionPhotoVersion", "XMP-GCamera:MotionPhotoPresentationTimestampUs", "File:EmbeddedVideo"}},
		{name: "Pixel, panorama", tags: phone, xmp: panorama, left: []string{"XMP-GPano:ProjectionType", "XMP-GPano:FullPanoWidthPixels"}},
		{name: "Samsung", sample: "samsung.jpg", tags: phone, left: []string{"Samsung:TimeStamp", "Samsung:SamsungTrailer_0x0a01Name"}},
		{name: "Sony", tags: slices.Concat(phone, []string{"-ExifIFD:BodySerialNumber=" + sentinel, "-ExifIFD:OwnerName=" + sentinel, "-ExifIFD:LensSerialNumber=" + sentinel, "-ExifIFD:ImageUniqueID=" + sentinel})},
		{name: "GoPro", tags: slices.Concat(phone, []string{"-ExifIFD:CameraFirmware=" + sentinel, "-XMP-xmp:CreatorTool=" + sentinel})},
		{name: "DJI", tags: slices.Concat(phone, []string{"-XMP-drone-dji:GPSLatitude=48.85837", "-XMP-drone-dji:GPSLongitude=2.294481", "-XMP-drone-dji:AbsoluteAltitude=+65.30", "-XMP-drone-dji:SelfData=" + sentinel, "-XMP-drone-dji:GimbalYawDegree=+123.40"})},
		{name: "a screenshot", sample: "deep.png", tags: slices.Concat(phone, packet, []string{"-ExifIFD:UserComment=Screenshot " + sentinel, "-PNG:Software=" + sentinel, "-PNG:ModifyDate=2024:01:02 03:04:05", "-PNG:CreationTime=2024:01:02 03:04:05"})},
	}
}

// programs are pictures that programs have written or sent.
func programs(t *testing.T, phone []string) []maker {
	t.Helper()
	iptc := []string{"-IPTC:By-line=" + sentinel, "-IPTC:City=" + sentinel, "-IPTC:Caption-Abstract=" + sentinel, "-IPTC:DateCreated=2024:01:02"}
	density := []string{"-PNG-pHYs:PixelsPerUnitX=5669", "-PNG-pHYs:PixelsPerUnitY=5669", "-PNG-pHYs:PixelUnits=meters"}
	dense := []string{"PNG-pHYs:PixelsPerUnitX", "PNG-pHYs:PixelsPerUnitY", "PNG-pHYs:PixelUnits"}
	return []maker{
		{name: "WhatsApp", tags: []string{"-all=", "-JFIF:XResolution=1"}},
		{name: "Lightroom", tags: slices.Concat(phone, packet, iptc, []string{"-XMP-crs:RawFileName=" + sentinel, "-XMP-lr:HierarchicalSubject=" + sentinel, "-XMP-xmpMM:DocumentID=" + sentinel, "-XMP-xmpMM:HistorySoftwareAgent=" + sentinel, "-XMP-xmpMM:HistoryWhen=2024:01:02 03:04:05", "-XMP-xmp:CreatorTool=" + sentinel, "-XMP-aux:SerialNumber=" + sentinel})},
		{name: "Photoshop", tags: slices.Concat(packet, iptc, []string{"-Photoshop:URL=" + sentinel, thumbnail(t, "Photoshop:PhotoshopThumbnail"), "-XMP-photoshop:History=" + sentinel, "-XMP-photoshop:TextLayerName=" + sentinel, "-XMP-photoshop:TextLayerText=" + sentinel, "-XMP-xmpMM:DerivedFromDocumentID=" + sentinel})},
		{name: "GIMP", tags: slices.Concat(phone, []string{"-Comment=" + sentinel, "-XMP-dc:Format=image/jpeg", "-XMP-xmpMM:HistoryChanged=" + sentinel})},
		{name: "a generator of pictures", tags: []string{"-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "-XMP-dc:Creator=" + sentinel}, left: []string{"XMP-iptcExt:DigitalSourceType"}},
		{name: "a screenshot of a desktop", sample: "grey.png", tags: []string{"-PNG:Title=" + sentinel, "-PNG:Source=" + sentinel, "-PNG:Comment=" + sentinel, "-XMP-xmp:CreatorTool=" + sentinel}},
		{name: "a screenshot of macOS", sample: "grey.png", tags: slices.Concat(density, []string{"-ExifIFD:UserComment=Screenshot " + sentinel, "-XMP-exif:UserComment=Screenshot " + sentinel, "-ExifIFD:DateTimeOriginal=2024:01:02 03:04:05", "-ExifIFD:ExifImageWidth=24"}), left: dense},
		{name: "a screenshot of Android", tags: []string{"-all=", "-JFIF:XResolution=1", "-IFD0:Software=Android " + sentinel, "-ExifIFD:DateTimeOriginal=2024:01:02 03:04:05", "-ExifIFD:OffsetTimeOriginal=+01:00", "-ExifIFD:SubSecTimeOriginal=123", "-XMP-photoshop:DateCreated=2024:01:02", "-XMP-xmp:CreatorTool=com.example." + sentinel}},
		{name: "a screenshot of Windows", sample: "grey.png", tags: slices.Concat(density, []string{"-PNG:Software=" + sentinel, "-PNG:CreationTime=2024:01:02 03:04:05", "-IFD0:XPTitle=" + sentinel, "-IFD0:XPComment=" + sentinel, "-XMP-MicrosoftPhoto:DateAcquired=2024:01:02"}), left: dense},
	}
}

// TestMakers: of what phones, cameras and programs write into a picture, exiftool finds only the
// tags that may stay, and warns of nothing. Each pixel stays.
func TestMakers(t *testing.T) {
	phone := phoneTags(t)
	all := append(cameras(t, phone), programs(t, phone)...)
	before := written(t, all)
	var after []string
	for i, m := range all {
		kind := "image/jpeg"
		if strings.HasSuffix(m.sample, ".png") {
			kind = "image/png"
		}
		path, facts := cleaned(t, kind, before[i])
		require.NotZero(t, facts.Width)
		after = append(after, path)
	}
	found := tagsOfAll(t, after)
	for i, m := range all {
		t.Run(m.name, func(t *testing.T) { m.require(t, before[i], after[i], found[i]) })
	}
}

// written writes the pictures, in one run of exiftool, and returns their paths.
func written(t *testing.T, all []maker) (paths []string) {
	t.Helper()
	var args []string
	for _, m := range all {
		dir := t.TempDir()
		path := filepath.Join(dir, cmp.Or(m.sample, "IMG_0001.jpg"))
		require.NoError(t, os.WriteFile(path, sample(t, filepath.Base(path)), 0o600))
		if m.xmp != "" {
			packet := filepath.Join(dir, "packet.xmp")
			require.NoError(t, os.WriteFile(packet, []byte(m.xmp), 0o600))
			args = append(args, "-XMP<="+packet)
		}
		args = append(append(args, m.tags...), path, "-execute")
		paths = append(paths, path)
	}
	run(t, "exiftool", append(args, "-common_args", "-q", "-overwrite_original")...)
	for i, m := range all {
		if m.more != nil {
			picture, err := os.ReadFile(paths[i])
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(paths[i], m.more(picture), 0o600))
		}
	}
	return paths
}

// require requires that a picture was cleaned, by the tags that exiftool finds in it.
func (m maker) require(t *testing.T, before, after string, found map[string]string) {
	t.Helper()
	was, err := os.ReadFile(before)
	require.NoError(t, err)
	is, err := os.ReadFile(after)
	require.NoError(t, err)
	if m.name == "WhatsApp" {
		require.Equal(t, was, is, "a picture without metadata has changed")
		return
	}
	requireSilent(t, before, after)
	require.NotContains(t, string(is), "1714557600000") // the time of samsung.jpg
	shows := jpegShown
	if strings.HasSuffix(m.sample, ".png") {
		shows = pngShown
		require.Empty(t, silent(t, "pngcheck", "-q", after))
	}
	requireTags(t, found, slices.Concat(shows, m.left))
	for _, name := range m.left {
		require.Contains(t, found, name)
	}
	require.Equal(t, pixels(t, before), pixels(t, after))
}
