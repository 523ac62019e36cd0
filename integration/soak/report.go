package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// sample requests what the server holds.
func (w *world) sample(when string) error {
	s := sample{When: when}
	if err := w.ask(context.Background(), "/usage", nil, &s); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.samples, w.removed = append(w.samples, s), s.Removed
	fmt.Fprintf(os.Stderr, "%s: %d goroutines, %d descriptors, %.1f MiB live, %d MiB resident, %d files checked, %d broken promises\n",
		when, s.Goroutines, s.Descriptors, float64(s.Heap)/mib, s.RSS/mib, w.checked, len(w.wrong))
	return nil
}

// The first four are by how much the mean of the last third of the samples under load may exceed
// that of the first third. Heap and RSS count without the store's buffers. The last two are how
// much the server may hold after the load.
const (
	moreGoroutines   = 30
	moreDescriptors  = 30
	moreHeap         = 4 * mib
	moreRSS          = 32 * mib
	quietGoroutines  = 20
	quietDescriptors = 30
)

// verdict returns an error if a promise was broken, the server has grown under load, or it holds
// too much afterwards.
func (w *world) verdict() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	wrong := slices.Clone(w.wrong)
	third := (len(w.samples) - 1) / 3
	if third == 0 {
		return fmt.Errorf("only %d samples of the server", len(w.samples))
	}
	loaded, last := w.samples[:len(w.samples)-1], w.samples[len(w.samples)-1]
	first, late := mean(loaded[:third]), mean(loaded[len(loaded)-third:])
	if late.Goroutines > first.Goroutines+moreGoroutines || late.Descriptors > first.Descriptors+moreDescriptors ||
		late.Heap-late.Buffers > first.Heap-first.Buffers+moreHeap || late.RSS-late.Buffers > first.RSS-first.Buffers+moreRSS {
		wrong = append(wrong, fmt.Sprintf("the server has grown: %+v, %+v", first, late))
	}
	if last.Goroutines > quietGoroutines || last.Descriptors > quietDescriptors {
		wrong = append(wrong, fmt.Sprintf("the server holds on to something: %+v", last))
	}
	if last.Reserved != 0 {
		wrong = append(wrong, fmt.Sprintf("%d bytes of MaxMemory are reserved without an upload", last.Reserved))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d broken promises:\n%s", len(wrong), strings.Join(wrong[:min(len(wrong), 50)], "\n"))
	}
	return nil
}

func mean(samples []sample) (m sample) {
	n := len(samples)
	for _, s := range samples {
		m.Goroutines += s.Goroutines
		m.Descriptors += s.Descriptors
		m.Heap += s.Heap
		m.Buffers += s.Buffers
		m.RSS += s.RSS
	}
	return sample{Goroutines: m.Goroutines / n, Descriptors: m.Descriptors / n, Heap: m.Heap / int64(n), Buffers: m.Buffers / int64(n), RSS: m.RSS / int64(n)}
}

// result returns the result as a part of a document.
func (w *world) result(length time.Duration, clients int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "## A soak: %v of mixed clients while S3 fails\n\n", length)
	fmt.Fprintf(&b, "%d clients ran at once: good, bad, slow and leaving ones.\n%d times the next one to four calls of one kind to S3 (versitygw) were set to fail, or to last a second longer (%s).\n"+
		"%d acknowledged files were read back and compared by their SHA-256.\nBroken promises: %d.\n`make soak` runs it again.\n\n",
		clients, w.faults, list(w.injected), w.checked, len(w.wrong))
	b.WriteString("| Client | Outcomes |\n| --- | --- |\n")
	for _, k := range kinds {
		fmt.Fprintf(&b, "| %s | %s |\n", k.name, list(w.counts[k.name]))
	}
	fmt.Fprintf(&b, "\nThe sweeper, with a grace of %v: %s.\n\n", grace, list(w.removed))
	b.WriteString("| After | Goroutines | Descriptors | Live heap MiB | of it buffers | RSS MiB |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, s := range w.samples {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %.1f | %d |\n", s.When, s.Goroutines, s.Descriptors, float64(s.Heap)/mib, float64(s.Buffers)/mib, s.RSS/mib)
	}
	return b.String()
}

func list(counts map[string]int) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%s: %d", k, counts[k]))
	}
	return strings.Join(all, ", ")
}

const marker = "<!-- soak -->"

// replaceEnd replaces what follows the marker of a document, which gets one if it has none.
func replaceEnd(path, text string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, _, _ := strings.Cut(string(b), marker)
	return os.WriteFile(path, []byte(strings.TrimRight(head, "\n")+"\n\n"+marker+"\n\n"+text), 0o644) //nolint:gosec // a document
}
