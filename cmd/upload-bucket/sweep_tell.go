package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// teller reports a sweep. Findings and the sum go to stdout. Progress goes to stderr,
// as a bar on a terminal and else as a line for each page.
type teller struct {
	env    *env
	remove bool
	bar    bool
	passed int // objects and uploads that are left before the place where this run begins
	total  int // all objects and uploads, if there is a bar
	last   sweep.Report
	err    error // of stdout
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// listed is a storage that a sweep can list.
type listed interface {
	storage.Lister
	storage.UploadLister
}

// count lists everything once for a bar, which needs the total.
func (t *teller) count(ctx context.Context, store listed) error {
	if !t.bar {
		return nil
	}
	for after := ""; ; {
		page, err := store.ListObjects(ctx, t.env.prefix, after)
		if err != nil {
			return err
		}
		t.total += len(page.Items)
		t.line(fmt.Sprintf("counting: %d", t.total))
		if after = page.Next; after == "" {
			break
		}
	}
	for after := ""; ; {
		page, err := store.ListUploads(ctx, t.env.prefix, after)
		if err != nil {
			return err
		}
		t.total += len(page.Items)
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// found prints a finding.
func (t *teller) found(_ context.Context, f sweep.Finding) {
	if t.bar {
		t.line("")
	}
	if t.env.json {
		t.print(jsonFinding{f.Outcome, f.Key, f.UploadID, f.Size, f.Modified, text(f.Err)})
	} else {
		t.write(plain(f) + "\n")
	}
	if !t.bar {
		return
	}
	switch f.Outcome { // the report of the page will count them, too
	case sweep.Removed:
		t.last.Removed++
		t.last.Orphaned++
	case sweep.Orphaned, sweep.Changed, sweep.Failed:
		t.last.Orphaned++
	}
	t.line(t.drawn())
}

type jsonFinding struct {
	Outcome  sweep.Outcome `json:"outcome"`
	Key      string        `json:"key"`
	Upload   string        `json:"upload,omitempty"`
	Size     int64         `json:"size"`
	Modified time.Time     `json:"modified"`
	Error    string        `json:"error,omitempty"`
}

// plain returns a finding as a line. It quotes keys and errors, which may hold control sequences of
// terminals.
func plain(f sweep.Finding) string {
	what := fmt.Sprintf("%d bytes", f.Size)
	if f.UploadID != "" {
		what = "an unfinished upload"
	}
	line := fmt.Sprintf("%-8s %q, %s, of %s", f.Outcome, f.Key, what, f.Modified.UTC().Format(time.DateTime))
	if f.Err != nil {
		line += fmt.Sprintf(": %q", f.Err.Error())
	}
	return line
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// page reports how far the sweep is.
func (t *teller) page(r sweep.Report) {
	t.last = r
	if t.bar {
		t.line(t.drawn())
		return
	}
	_, _ = fmt.Fprintln(t.env.stderr, counts(r))
}

func counts(r sweep.Report) string {
	return fmt.Sprintf("%d seen: %d kept, %d young, %d foreign, %d orphaned", r.Seen, r.Kept, r.Young, r.Foreign, r.Orphaned)
}

func sum(r sweep.Report, remove bool) string {
	if !remove {
		return fmt.Sprintf("%s, of %d bytes; nothing was removed without -remove", counts(r), r.Bytes)
	}
	return fmt.Sprintf("%s; %d removed, of %d bytes, %d changed, %d failed", counts(r), r.Removed, r.Bytes, r.Changed, r.Failed)
}

// drawn returns the bar.
func (t *teller) drawn() string {
	const width = 30
	done := min(t.passed+t.last.Seen, t.total)
	full := width
	if t.total > 0 {
		full = width * done / t.total
	}
	return fmt.Sprintf("[%s%s] %d of %d, %d orphaned, %d removed",
		strings.Repeat("#", full), strings.Repeat(".", width-full), done, t.total, t.last.Orphaned, t.last.Removed)
}

// line replaces the terminal's last line.
func (t *teller) line(text string) { _, _ = fmt.Fprint(t.env.stderr, "\r\x1b[K"+text) }

// end prints the sum. Its error is the first of stdout, whose reader may be gone.
func (t *teller) end(r sweep.Report) error {
	if t.bar {
		t.page(r)
		_, _ = fmt.Fprintln(t.env.stderr)
	}
	if t.env.json {
		t.print(struct {
			Seen     int   `json:"seen"`
			Young    int   `json:"young"`
			Foreign  int   `json:"foreign"`
			Kept     int   `json:"kept"`
			Orphaned int   `json:"orphaned"`
			Removed  int   `json:"removed"`
			Changed  int   `json:"changed"`
			Failed   int   `json:"failed"`
			Bytes    int64 `json:"bytes"`
		}{r.Seen, r.Young, r.Foreign, r.Kept, r.Orphaned, r.Removed, r.Changed, r.Failed, r.Bytes})
	} else {
		t.write(sum(r, t.remove) + "\n")
	}
	return t.err
}

func (t *teller) print(v any) {
	line, err := json.Marshal(v)
	if err != nil {
		t.err = err
		return
	}
	t.write(string(line) + "\n")
}

func (t *teller) write(s string) {
	if _, err := io.WriteString(t.env.stdout, s); err != nil && t.err == nil {
		t.err = err
	}
}
