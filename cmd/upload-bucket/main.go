// Upload-bucket looks after the bucket that an application uploads to.
//
//	upload-bucket check -s3-bucket pictures
//	upload-bucket policy -s3-bucket pictures streamed
//	upload-bucket setup -s3-bucket pictures -direct -origin https://app.example.com
//	upload-bucket sweep -s3-bucket pictures -s3-prefix avatars -references keys.txt
//	upload-bucket recheck -s3-bucket pictures -s3-prefix avatars -accept images
//
// Credentials come from the usual AWS places. The work is done by package s3bucket,
// sweep.Sweeper and upload.Check.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one of the things that this program does.
type command struct {
	name  string
	about string
	// prepare adds the command's own flags to fs, and returns the function to run after
	// they are parsed. That function's exit status is 0 if all is well, and 1 if something is
	// wrong or left to do. It is 2 for a wrong command line, for output that cannot be written,
	// and for a sweep or recheck that cannot begin or broke off.
	prepare func(fs *flag.FlagSet) action
}

type action func(ctx context.Context, e *env) (status int, err error)

var commands = []command{
	{"check", "check whether the bucket is set up right", check},
	{"policy", "print the policy of a role, or a setting of the bucket", policy},
	{"setup", "add lifecycle and CORS rules, and keep those of others", setup},
	{"sweep", "find files that nothing refers to, and remove them", sweepCommand},
	{"recheck", "find published files that today's rules would refuse", recheckCommand},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit status. Results and the help of a command go to stdout, and everything else
// to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			status, err := c.run(ctx, args[1:], stdout, stderr)
			if err != nil {
				_, _ = fmt.Fprintf(stderr, "upload-bucket %s: %v\n", c.name, err)
				status = cmp.Or(status, 2) // such as for output that could not be written
			}
			return status
		}
	}
	usage(stderr)
	return 2
}

func usage(stderr io.Writer) {
	_, _ = fmt.Fprintln(stderr, "usage: upload-bucket command [flags]")
	for _, c := range commands {
		_, _ = fmt.Fprintf(stderr, "  %-8s %s\n", c.name, c.about)
	}
}

func (c *command) run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int, err error) {
	fs := flag.NewFlagSet("upload-bucket "+c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	e := &env{stdout: stdout, stderr: stderr}
	e.flags(fs)
	act := c.prepare(fs)
	err = fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(stdout)
		fs.Usage()
		return 0, nil
	}
	if err == nil {
		e.args = fs.Args()
		err = e.open(ctx)
	}
	if err != nil {
		return 2, err
	}
	return act(ctx, e)
}
