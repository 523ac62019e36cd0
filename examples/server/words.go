package main

import (
	"fmt"
	"strings"
)

// typeNames says media types as people do: "PNG, JPEG and plain text".
func typeNames(types []string) string {
	names := make([]string, len(types))
	for i, t := range types {
		switch main, sub, _ := strings.Cut(t, "/"); {
		case t == "text/plain":
			names[i] = "plain text"
		case main == "image" || main == "audio" || main == "video" || t == "application/pdf" || t == "application/zip" || t == "text/csv":
			sub, _, _ = strings.Cut(sub, "+")
			names[i] = strings.ToUpper(sub)
		default:
			names[i] = t
		}
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return names[0]
}

// byteSize says a number of bytes with the largest binary unit that leaves at
// least one.
func byteSize(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(n), 0
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	return fmt.Sprintf("%s %s", strings.TrimSuffix(fmt.Sprintf("%.1f", size), ".0"), units[unit])
}
