package corpus

import (
	"embed"
	"encoding/binary"
	"path"
	"strings"
)

//go:embed testdata/images testdata/media
var encoded embed.FS

// row is a File whose type follows from its name.
type row struct{ about, name, code, content string }

var mediaTypes = map[string]string{
	".png": "image/png", ".apng": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
	".avif": "image/avif", ".heic": "image/heic",
	".mp4": "video/mp4", ".mov": "video/quicktime", ".3gp": "video/3gpp", ".m4a": "audio/mp4", ".webm": "video/webm", ".mkv": "video/matroska",
	".mp3": "audio/mpeg", ".wav": "audio/wav", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg",
	".ogv": "video/ogg", ".flac": "audio/flac",
}

func files(tables ...[]row) (all []File) {
	for _, rows := range tables {
		for _, r := range rows {
			all = append(all, File{r.about, r.name, mediaTypes[path.Ext(r.name)], []byte(r.content), r.code})
		}
	}
	return all
}

// sample returns a file that an encoder made.
func sample(name string) string {
	folder := "testdata/media/"
	if strings.HasPrefix(mediaTypes[path.Ext(name)], "image/") {
		folder = "testdata/images/"
	}
	p, err := encoded.ReadFile(folder + name)
	if err != nil {
		panic(err)
	}
	return string(p)
}

// Data that people append to pictures and films.
const (
	htmlPage = "<!DOCTYPE html><script>alert(document.domain)</script>"
	phpCode  = "<?php system($_GET['c']); ?>"
	zipFile  = "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00\x85\x11\x4a\x0d\x0b\x00\x00\x00\x0b\x00\x00\x00\x05\x00\x00\x00" +
		"a.txthello world" + "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2e\x00\x00\x00\x00\x00"
)

// Numbers of 32 bits, for fields that be32 and le32 write. An int may have only 32 bits, the
// highest of which is its sign.
const (
	bits32 = -1       // 0xffffffff
	bit31  = -1 << 31 // 0x80000000
)

func be16(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
func be32(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }
func be64(n int) string { return string(binary.BigEndian.AppendUint64(nil, uint64(n))) }
func le16(n int) string { return string(binary.LittleEndian.AppendUint16(nil, uint16(n))) }
func le24(n int) string { return le32(n)[:3] }
func le64(n int) string { return string(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
func le32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

// patch writes s over p at that offset, from the end if it is negative.
func patch(p string, at int, s string) string {
	if at < 0 {
		at += len(p)
	}
	return p[:at] + s + p[at+len(s):]
}

// insert puts s into p before the first mark.
func insert(p, mark, s string) string {
	before, after, found := strings.Cut(p, mark)
	if !found {
		panic("no " + mark)
	}
	return before + s + mark + after
}

// cut takes n bytes off the end of p.
func cut(p string, n int) string { return p[:len(p)-n] }

// box returns a box of an ISO base media file.
func box(kind string, content ...string) string {
	body := strings.Join(content, "")
	return be32(8+len(body)) + kind + body
}

// riffFile returns a RIFF file of that form.
func riffFile(form string, chunks ...string) string {
	body := form + strings.Join(chunks, "")
	return "RIFF" + le32(len(body)) + body
}

func riffChunk(kind, data string) string {
	return kind + le32(len(data)) + data + strings.Repeat("\x00", len(data)%2)
}

// oggPage returns the first page of a logical stream, with a Vorbis packet that is cut off.
func oggPage(serial int) string {
	page, packet := "OggS\x00\x02"+be64(0)+le32(serial)+le32(0), "\x01\x09\x01vorbis\x00\x00"
	return page + le32(oggChecksum(page+le32(0)+packet)) + packet
}

// oggChecksum returns the checksum of a page that has 0 in its place.
func oggChecksum(page string) int {
	var crc uint32
	for _, c := range []byte(page) {
		crc ^= uint32(c) << 24
		for range 8 {
			crc = crc<<1 ^ crc>>31*0x04c11db7
		}
	}
	return int(crc)
}

// dref returns a list of one data reference of that kind.
func dref(kind string, flags int) string {
	return box("dref", be32(0)+be32(1)+box(kind, be32(flags)+"elsewhere"))
}

// element returns an EBML element whose size takes 8 bytes.
func element(id, content string) string { return id + "\x01" + be64(len(content))[1:] + content }
