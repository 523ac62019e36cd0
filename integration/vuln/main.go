// Command vuln looks for known vulnerabilities that modules reach, by govulncheck.
//
//	vuln -govulncheck FILE MODULE...
//
// It uses the database that GOVULNDB names. Without GOVULNDB it uses that of govulncheck. If a scan
// with that of govulncheck fails, as without a network, it uses the records of the newest module
// golang.org/x/vulndb, from the module proxy or, without one, from the module cache. It prints
// which database it used, and fails without one: only a module that was checked passes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	program := flag.String("govulncheck", "govulncheck", "the `program`")
	flag.Parse()
	if err := run(*program, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "vuln:", err)
		os.Exit(1)
	}
}

func run(program string, modules []string) error {
	if len(modules) == 0 {
		return errors.New("name the folders of modules")
	}
	db, err := choose(program, modules[0])
	if err != nil {
		return fmt.Errorf("NOT CHECKED: %w", err)
	}
	var found, unchecked []string
	for _, module := range modules {
		fmt.Printf("== govulncheck, %s\n", module)
		switch code, err := db.scan(program, module, "./..."); {
		case err != nil:
			return fmt.Errorf("NOT CHECKED: %w", err)
		case code == vulnerable:
			found = append(found, module)
		case code != 0:
			unchecked = append(unchecked, module)
		}
	}
	fmt.Println("== the database:", db.about)
	if len(found) > 0 {
		err = errors.New("vulnerable: " + strings.Join(found, " "))
	}
	if len(unchecked) > 0 {
		err = errors.Join(err, errors.New("NOT CHECKED: "+strings.Join(unchecked, " ")))
	}
	return err
}

// vulnerable is the exit status of govulncheck for a module that reaches a vulnerability.
const vulnerable = 3

// scan runs govulncheck on packages of a module, or with -scan module on the modules that it
// requires.
func (db *database) scan(program, module string, args ...string) (code int, err error) {
	flags := []string{"-C", module}
	if db.url != "" {
		flags = append(flags, "-db", db.url)
	}
	cmd := exec.Command(program, append(flags, args...)...)
	if !db.probing {
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	}
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	default:
		return 0, err
	}
}
