// Package npm installs the packages that a test pins.
package npm

import (
	"io/fs"
	"os"
	"os/exec"
)

// Install copies folder, which has a package.json and its package-lock.json, into dir and installs
// the packages there. npm is the path of the program, which keeps downloads in its cache. Scripts
// of packages do not run.
func Install(npm, dir string, folder fs.FS) error {
	if err := os.CopyFS(dir, folder); err != nil {
		return err
	}
	install := exec.Command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error",
		"--fetch-timeout=20000", "--fetch-retries=5", "--fetch-retry-mintimeout=500") // in ms; without them npm waits 5 min for an answer
	install.Dir, install.Stderr = dir, os.Stderr
	return install.Run()
}
