// Command release prepares the publication of a version, in a folder of its own. It makes a
// clone with the commit and the tags of all published modules, and a module proxy with their zips.
// It does not change the repository that it is run in.
//
//	release -version v1.2.3 -o FOLDER
//	release -check [-version v1.2.3]
//
// With -check it only makes the checks with which a release begins: of the go.mod files, the tags,
// CHANGELOG.md, and what changed in the API since the last version.
//
// In a checkout each module finds the others by replace lines, which go install refuses and go get
// ignores. In the tagged commit the published modules require the version instead.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	version := flag.String("version", "", "the `version`, such as v1.2.3")
	folder := flag.String("o", "", "the `folder`, which must not exist")
	only := flag.Bool("check", false, "only make the checks, also without a version")
	flag.Parse()
	if err := run(*version, *folder, *only); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(version, folder string, only bool) error {
	if version != "" || !only {
		if err := checkVersion(version); err != nil {
			return err
		}
	}
	repo, err := git(".", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	if err := report(os.Stdout, inspect(repo, version)); err != nil || only {
		return err
	}
	if err := clean(repo); err != nil {
		return err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return err
	}
	r, err := checkout(repo, folder)
	if err != nil {
		return err
	}
	if err := r.publish(version); err != nil {
		return err
	}
	fmt.Printf(`The commit and its tags are in %[1]s, the zips in %[2]s.
To try them:
    GOPROXY=file://%[2]s,$(go env GOPROXY) GONOSUMDB=%[3]s go install %[3]s/cmd/upload-bucket@%[4]s
To publish them:
    git fetch %[1]s 'refs/tags/*:refs/tags/*' && git push origin %[5]s
`, r.tree, r.proxy, root, version, strings.Join(tags(version), " "))
	return nil
}
