package clean_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	rdfOpen  = `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="SENTINEL"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`
	rdfClose = `</rdf:RDF></x:xmpmeta>`
)

// ultraHDR is the packet of a photo with a gain map and a film.
const ultraHDR = "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" + rdfOpen + `
 <rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Container="http://ns.google.com/photos/1.0/container/"
   xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmlns:dc="http://purl.org/dc/elements/1.1/"
   hdrgm:Version="1.0" GCamera:MotionPhoto="1" GCamera:MotionPhotoPresentationTimestampUs="-1" GCamera:Author="SENTINEL" dc:creator='SENTINEL'>
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">SENTINEL</rdf:li></rdf:Alt></dc:title>
  <hdrgm:GainMapMax><rdf:Seq><rdf:li>3.5</rdf:li><rdf:li>1e-2</rdf:li><rdf:li>SENTINEL</rdf:li></rdf:Seq></hdrgm:GainMapMax>
  <hdrgm:Gamma>SENTINEL</hdrgm:Gamma>
  <Container:Directory><rdf:Seq>
   <rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg" Item:Label="SENTINEL"/></rdf:li>
   <rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="66171"/></rdf:li>
   <rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="SENTINEL" Item:Length="12"/></rdf:li>
  </rdf:Seq></Container:Directory>
  SENTINEL <!-- SENTINEL --> <![CDATA[SENTINEL]]> <?SENTINEL?>
 </rdf:Description>
` + rdfClose + "\n  <?xpacket end=\"w\"?>"

// ultraHDRKept is what stays of it, with single spaces.
const ultraHDRKept = "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?> <x:xmpmeta xmlns:x=\"adobe:ns:meta/\" ><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">" +
	` <rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Container="http://ns.google.com/photos/1.0/container/"` +
	` xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"` +
	` hdrgm:Version="1.0" GCamera:MotionPhoto="1" GCamera:MotionPhotoPresentationTimestampUs="-1" >` +
	` <hdrgm:GainMapMax><rdf:Seq><rdf:li>3.5</rdf:li><rdf:li>1e-2</rdf:li> </rdf:Seq></hdrgm:GainMapMax>` +
	` <Container:Directory><rdf:Seq>` +
	` <rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg" /></rdf:li>` +
	` <rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="66171"/></rdf:li>` +
	` <rdf:li rdf:parseType="Resource"><Container:Item Item:Length="12"/></rdf:li>` +
	` </rdf:Seq></Container:Directory> </rdf:Description> ` + rdfClose + ` <?xpacket end="w"?>`

func TestXMP(t *testing.T) {
	t.Parallel()
	const (
		kept  = `<x:xmpmeta xmlns:x="adobe:ns:meta/" ><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`
		empty = `<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`
		iptc  = `xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"`
		ai    = `http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia`
		pano  = `xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"`
		apple = `xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/"`
	)
	for _, c := range []struct{ name, packet, want string }{
		{"Ultra HDR and a motion photo", ultraHDR, ultraHDRKept},
		{"made by AI, as an attribute", rdfOpen + `<rdf:Description rdf:about="uuid:SENTINEL" ` + iptc + ` Iptc4xmpExt:DigitalSourceType="` + ai + `"/>` + rdfClose, kept + `<rdf:Description ` + iptc + ` Iptc4xmpExt:DigitalSourceType="` + ai + `"/>` + rdfClose},
		{"made by AI, as a resource", rdfOpen + `<rdf:Description ` + iptc + `><Iptc4xmpExt:DigitalSourceType rdf:resource="` + ai + `"/></rdf:Description>` + rdfClose, kept + `<rdf:Description ` + iptc + `><Iptc4xmpExt:DigitalSourceType rdf:resource="` + ai + `"/></rdf:Description>` + rdfClose},
		{"made by someone", rdfOpen + `<rdf:Description ` + iptc + ` Iptc4xmpExt:DigitalSourceType="http://SENTINEL"/>` + rdfClose, kept + `<rdf:Description ` + iptc + ` />` + rdfClose},
		{"a panorama", rdfOpen + `<rdf:Description ` + pano + ` GPano:FullPanoWidthPixels="8000" GPano:PoseHeadingDegrees="351.5" GPano:FirstPhotoDate="2024-01-01SENTINEL"><GPano:ProjectionType> equirectangular </GPano:ProjectionType></rdf:Description>` + rdfClose, kept + `<rdf:Description ` + pano + ` GPano:FullPanoWidthPixels="8000" ><GPano:ProjectionType> equirectangular </GPano:ProjectionType></rdf:Description>` + rdfClose},
		{"a gain map by Apple", rdfOpen + `<rdf:Description ` + apple + `><HDRGainMap:HDRGainMapVersion>65536</HDRGainMap:HDRGainMapVersion><HDRGainMap:SENTINEL>1</HDRGainMap:SENTINEL></rdf:Description>` + rdfClose, kept + `<rdf:Description ` + apple + `><HDRGainMap:HDRGainMapVersion>65536</HDRGainMap:HDRGainMapVersion> </rdf:Description>` + rdfClose},
		{"another prefix", rdfOpen + `<rdf:Description xmlns:SENTINEL="http://ns.apple.com/HDRGainMap/1.0/"><SENTINEL:HDRGainMapVersion>65536</SENTINEL:HDRGainMapVersion></rdf:Description>` + rdfClose, kept + `<rdf:Description > </rdf:Description>` + rdfClose},
		{"a value by references", rdfOpen + `<rdf:Description ` + apple + `><HDRGainMap:HDRGainMapVersion>6&#53;</HDRGainMap:HDRGainMapVersion></rdf:Description>` + rdfClose, kept + `<rdf:Description ` + apple + `> </rdf:Description>` + rdfClose},
		{"a namespace by references", rdfOpen + `<rdf:Description xmlns:HDRGainMap="http:&#47;/ns.apple.com/HDRGainMap/1.0/"><HDRGainMap:HDRGainMapVersion>65536</HDRGainMap:HDRGainMapVersion></rdf:Description>` + rdfClose, empty},
		{"a document type", `<!DOCTYPE x [<!ENTITY a "SENTINEL">]>` + rdfOpen + rdfClose, empty},
		{"no end", rdfOpen + secret, empty},
		{"another root", `<SENTINEL>` + rdfOpen + rdfClose + `</SENTINEL>`, empty},
		{"UTF-16", "\xff\xfe<\x00S\x00" + strings.Repeat(" \x00", 40), empty},
		{"zeros after it", rdfOpen + rdfClose + "\x00\x00", kept + rdfClose},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := jpegOf(t, "\xe1"+xmpID+c.packet)
			got := whole(t, typeJPG, file)
			require.NoError(t, got.Err)
			requireSilent(t, got.Content)
			packet := string(got.Content[6+len(xmpID):][:len(c.packet)])
			require.Equal(t, c.want, strings.Join(strings.Fields(packet), " "))
		})
	}
}

// TestXMPPackets checks that the first 64 packets of a file are read, and the others blanked.
func TestXMPPackets(t *testing.T) {
	t.Parallel()
	packet := rdfOpen + rdfClose
	file := jpegOf(t, slices.Repeat([]string{"\xe1" + xmpID + packet}, 100)...)
	got := whole(t, typeJPG, file)
	require.NoError(t, got.Err)
	require.Equal(t, 64, bytes.Count(got.Content, []byte("<rdf:RDF")))
	require.Equal(t, 64, bytes.Count(got.Content, []byte(xmpID)))
	requireSilent(t, got.Content)
	file = webpOf(webpLossy, strings.Repeat(riffChunk("XMP ", packet), 100))
	got = whole(t, typeWebP, file)
	require.NoError(t, got.Err)
	require.Equal(t, 64, bytes.Count(got.Content, []byte("<rdf:RDF")))
	requireSilent(t, got.Content)
}
