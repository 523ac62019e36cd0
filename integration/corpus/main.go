// Command corpus sends folders of any files through the presets, and prints by extension how many
// were accepted, how many refused, and why.
//
//	go run -C integration ./corpus /usr/share/doc ~/Pictures
//	go run -C integration ./corpus -list ~/Pictures
//	go run -C integration ./corpus -both
//
// With -both it sends the samples of package uploadtest instead, and exits with status 1 if a
// legitimate one was refused or an attack accepted.
//
// Nothing is stored, and nothing leaves the machine. CONTRIBUTING.md says what to do with a sound
// file that is refused without a reason in docs/accepted.md.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/airlock-go/upload/uploadtest"
)

func main() {
	list := flag.Bool("list", false, "print each file that is refused, with the reason for the log")
	both := flag.Bool("both", false, "send the samples of the tests, legitimate ones and attacks, instead of folders")
	flag.Usage = func() {
		_, _ = fmt.Fprintln(flag.CommandLine.Output(), "usage: corpus [-list] FOLDER ...\n       corpus -both")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *both == (flag.NArg() > 0) {
		flag.Usage()
		os.Exit(2)
	}
	s := newSurvey()
	if err := s.folders(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
	if !*both {
		s.report(os.Stdout, *list)
	} else if !s.both(os.Stdout, uploadtest.Legitimate(), attacks()) {
		os.Exit(1)
	}
}
