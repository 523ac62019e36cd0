package main

import (
	"net/http"

	"github.com/airlock-go/upload"
)

// resumablePath is the path of uploads that can be cut and resumed, by tus 1.0.
const resumablePath = "/resumable/"

// resumableRoutes adds the route of resumable uploads, under the policy of uploads.
func resumableRoutes(mux *http.ServeMux, cfg *config, uploads *upload.Handler) error {
	o := &upload.ResumeOptions{MaxFileSize: cfg.maxDirect, StagingPrefix: cfg.prefix}
	if cfg.corsOrigin != "" {
		o.Origins = []string{cfg.corsOrigin}
	}
	resumer, err := upload.NewResumer(uploads, secrets(), o)
	if err != nil {
		return err
	}
	mux.Handle(resumablePath, resumer)
	return nil
}
