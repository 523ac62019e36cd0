package upload

import (
	"fmt"
	"net/http"
)

// passage is what an object is written to. When the header of a range is written,
// which http.ServeContent alone decides, the content ends with that range.
type passage struct {
	http.ResponseWriter
	content *objectReader
}

func (p *passage) WriteHeader(status int) {
	var first, last int64
	if status == http.StatusPartialContent {
		if _, err := fmt.Sscanf(p.Header().Get("Content-Range"), "bytes %d-%d/", &first, &last); err == nil {
			p.content.end = last + 1
		}
	}
	p.ResponseWriter.WriteHeader(status)
}
