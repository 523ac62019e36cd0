package main

import "github.com/airlock-go/upload"

// presets lists extensions with the policy that judges their files.
var presets = []struct {
	extensions string
	policy     func() upload.Validator
}{
	{".png .apng .jpg .jpeg .jpe .jfif .gif .webp .avif .heic .heif .hif .heics .heifs .svg", func() upload.Validator {
		return upload.Images(&upload.ImageOptions{Types: []string{
			"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml",
			"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence",
		}})
	}},
	{".pdf .docx .xlsx .pptx .odt .ods .odp .txt .text .log .csv", func() upload.Validator { return upload.Documents(nil) }},
	{".zip", func() upload.Validator { return upload.Archives(nil) }},
	{".tsv .tab .md .markdown .json .xml .epub .vcf .vcard .ics", func() upload.Validator {
		return upload.Types("text/tab-separated-values", "text/markdown", "application/json", "text/xml", "application/epub+zip", "text/vcard", "text/calendar")
	}},
	{".mp4 .m4v .mov .qt .3gp .3gpp .3g2 .webm .mkv .ogv .mp3 .m4a .m4b .wav .ogg .oga .opus .flac .ogx", func() upload.Validator {
		return upload.Types("video/mp4", "video/quicktime", "video/3gpp", "video/webm", "video/matroska", "video/ogg",
			"audio/mpeg", "audio/mp4", "audio/wav", "audio/ogg", "audio/flac", "application/ogg")
	}},
}
