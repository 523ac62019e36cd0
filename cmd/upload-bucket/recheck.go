package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// maxUnjudged is how many objects in a row may fail to be judged.
const maxUnjudged = 10

// rechecking is the command recheck: its flags and its counts.
type rechecking struct {
	accept  []string
	maxSize int64
	after   string // a key after which no object has been judged yet

	objectTime time.Duration // limits how long one object is judged

	env      *env
	policy   upload.Validator
	judged   int
	refused  int
	unjudged int
	inARow   int // how many of the last objects in a row could not be judged
}

// recheckCommand finds published objects that today's rules would refuse. It only reads.
func recheckCommand(fs *flag.FlagSet) action {
	c := &rechecking{objectTime: 15 * time.Minute}
	fs.Func("accept", "`what` is accepted: images, documents, archives and media types, separated by commas; may be repeated", func(words string) error {
		c.accept = append(c.accept, strings.Split(words, ",")...)
		return nil
	})
	fs.Int64Var(&c.maxSize, "max-file-size", 5<<20, "the most `bytes` of a file that are accepted")
	fs.StringVar(&c.after, "after", "", "the `key` after which to begin, as an interrupted run names it")
	return c.run
}

func (c *rechecking) run(ctx context.Context, e *env) (int, error) {
	err := errors.Join(e.noArgs(), e.noKeyPrefix())
	if err == nil {
		c.policy, err = accepting(ctx, c.accept, c.maxSize)
	}
	if err != nil {
		return 2, err
	}
	c.env = e
	if err := c.all(ctx); err != nil {
		return 2, fmt.Errorf("stopped; -after %q goes on: %w", c.after, err)
	}
	_, _ = fmt.Fprintf(e.stderr, "%d judged, %d of them would be refused, %d could not be judged; nothing was changed\n", c.judged, c.refused, c.unjudged)
	if c.refused+c.unjudged > 0 {
		return 1, nil
	}
	return 0, nil
}

// all judges the published objects, in the order of their keys.
func (c *rechecking) all(ctx context.Context) error {
	for after := c.after; ; {
		page, err := c.env.store.ListObjects(ctx, c.env.prefix, after)
		if err != nil {
			return err
		}
		for _, o := range page.Items {
			if err := c.next(ctx, o.Key); err != nil {
				return err
			}
			if c.inARow == 0 { // another run begins with the last objects that could not be judged
				c.after = o.Key
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// next judges one object and prints the finding. Its error ends the run.
func (c *rechecking) next(ctx context.Context, key string) error {
	if storage.IsStaging(key) {
		return nil
	}
	err := c.judge(ctx, key)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *upload.Error
	switch {
	case errors.Is(err, fs.ErrNotExist): // removed since it was listed
		return nil
	case err == nil, errors.As(err, &e) && e.Code.Status() < 500:
		c.judged++
		c.inARow = 0
		if err == nil {
			return nil
		}
		c.refused++
		return c.print(recheckFinding{"refused", key, string(e.Code), e.Text(), text(e.Err)})
	}
	c.unjudged++
	if c.inARow++; c.inARow > maxUnjudged {
		return fmt.Errorf("more than %d objects in a row could not be judged: %w", maxUnjudged, err)
	}
	return c.print(recheckFinding{Outcome: "unjudged", Key: key, Error: err.Error()})
}

// judge reads an object as if a client had sent it, under its stored name or else the end of its
// key. Of an object that is too large it reads at most one byte more than is accepted.
func (c *rechecking) judge(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, c.objectTime)
	defer cancel()
	err := c.check(ctx, key)
	if ctx.Err() != nil { // then Check returns a refusal, which does not judge the file
		return fmt.Errorf("it was not read within %v: %w", c.objectTime, ctx.Err())
	}
	return err
}

func (c *rechecking) check(ctx context.Context, key string) error {
	info, err := c.env.store.Stat(ctx, key)
	if err != nil {
		return err
	}
	content := io.NopCloser(strings.NewReader(""))
	if info.Size > 0 {
		content, err = c.env.store.OpenAt(ctx, key, info.ETag, 0, min(info.Size, c.maxSize+1))
		if err != nil {
			return err
		}
	}
	defer func() { _ = content.Close() }()
	_, err = upload.Check(ctx, c.policy, upload.File{Name: cmp.Or(info.Name, path.Base(key))}, c.maxSize, content)
	return err
}
