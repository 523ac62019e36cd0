package clean

// cleaners has the cleaner of each media type that can be cleaned.
var cleaners = map[string]func(*walk){
	"image/avif":          heif,
	"image/gif":           gif,
	"image/heic-sequence": heif,
	"image/heif-sequence": heif,
	"image/heic":          heif,
	"image/heif":          heif,
	"image/jpeg":          jpeg,
	"image/png":           png,
	"image/webp":          webp,

	"audio/mp4":       movie,
	"video/3gpp":      movie,
	"video/mp4":       movie,
	"video/quicktime": movie,

	"video/matroska": mkv,
	"video/webm":     mkv,
}

// Has reports whether files of mediaType can be cleaned.
func Has(mediaType string) bool { return cleaners[mediaType] != nil }
