package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
)

// largeByType measures one upload of 512 MiB for each of several types.
func (b *bench) largeByType() error {
	size := 512 * mib / b.scale
	b.out.section("Large by type: one file of %d MiB, S3 over https", size/mib)
	b.out.table("File", ours+", CPU s/GiB", baseline, lowest, "× "+baseline, "× floor")
	for n, file := range []string{"PNG", "JPEG", "MP4", "PDF of streams", "DOCX of stored pictures"} {
		if !strings.Contains(file, b.row) || b.row == "" && n%b.every > 0 {
			continue
		}
		kinds := []string{ours, baseline, lowest}
		samples, err := b.compare(kinds, true, 1, loadFlags(1, 1, size, "-file", file)...)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		mid, cells := map[string]float64{}, []any{file}
		for _, kind := range kinds {
			values := perGiB(samples[kind]...)
			mid[kind] = median(values)
			cells = append(cells, fmt.Sprintf("%.2f (%.2f – %.2f)", mid[kind], slices.Min(values), slices.Max(values)))
		}
		b.out.row(append(cells, ratio(mid[ours], mid[baseline]), ratio(mid[ours], mid[lowest]))...)
	}
	return nil
}

// perGiB returns for each sample the CPU seconds per GiB that was sent.
func perGiB(samples ...sample) (values []float64) {
	for _, m := range samples {
		values = append(values, m.cpu.Seconds()/float64(m.Sent)*gib)
	}
	return values
}

func ratio(a, b float64) string { return fmt.Sprintf("%.2f", a/b) }

// typed measures files of each kind: the validators alone, and whole uploads beside the floor.
type typed struct {
	bench       *bench
	ours, floor *setup
	repeats     int
	floors      [2][]float64 // by size
	rows        []typedRow
}

type typedRow struct {
	file          string
	answer        string
	alone, upload [2]float64 // CPU s/GiB by size; 0 if it was not measured
}

// typedSizes are the sizes of files, and how many of each take a measurable time.
var typedSizes = [2]struct{ size, n int }{{mib, 16}, {64 * mib, 1}}

// byType measures typical files, and the worst ones once.
func (b *bench) byType() error {
	err := b.typedTable("By type: typical files, S3 over https", `CPU s/GiB of files of 1 MiB and 64 MiB.
"Alone" is the time of the validators without network and storage, "upload" that of the whole server.
As in an upload, the validators find each piece of a file in the caches of the processor.
"× floor" compares with the median upload to the floor, of all files of the table.
This S3 cannot copy what it discards, so videos whose index comes last are uploaded only if one part holds them.
`, corpus.TypicalFiles(), min(3, b.repeats))
	if err != nil {
		return err
	}
	return b.typedTable("By type: the worst files, S3 over https", `The same, measured once.
A file that is refused before its end is not uploaded.
"Alone" then counts the bytes before the refusal, if they are 64 KiB or more.
The answer is that to the file of 64 MiB.
`, corpus.CostlyFiles(), 1)
}

func (b *bench) typedTable(title, text string, kinds []corpus.Kind, repeats int) error {
	t := &typed{bench: b, repeats: repeats}
	var err error
	if t.ours, err = newSetup(ours, true); err != nil {
		return err
	}
	defer t.ours.stop()
	if t.floor, err = newSetup(lowest, true); err != nil {
		return err
	}
	defer t.floor.stop()
	if err := t.warmUp(); err != nil {
		return err
	}
	for n, c := range kinds {
		if !strings.Contains(c.About, b.row) || b.row == "" && n%b.every > 0 {
			continue
		}
		row := typedRow{file: c.About}
		for i := range typedSizes {
			if err := t.measure(&row, c, i); err != nil {
				return fmt.Errorf("%s: %w", c.About, err)
			}
		}
		t.rows = append(t.rows, row)
	}
	if len(t.rows) > 0 {
		b.out.section("%s", title)
		fmt.Fprintln(&b.out.b, text)
		t.write()
	}
	return nil
}

func (t *typed) warmUp() error {
	for _, s := range []*setup{t.ours, t.floor} {
		if _, err := s.measure(loadFlags(4, 2, 16*mib/t.bench.scale)...); err != nil {
			return err
		}
	}
	return nil
}

// measure measures files of one kind and size, again and again.
func (t *typed) measure(row *typedRow, c corpus.Kind, i int) error {
	size, n := typedSizes[i].size/int(t.bench.scale), typedSizes[i].n
	content := c.Make(size)
	var alone, uploads []float64
	for range t.repeats {
		spent, took, answer, err := seen(c, content, n)
		if err != nil {
			return err
		}
		if took < len(content) {
			answer = fmt.Sprintf("%s after %d KiB", answer, took/kib)
		}
		row.answer = answer
		if took >= 64*kib {
			alone = append(alone, spent.Seconds()/float64(took*n)*gib)
		}
		if took < len(content) || goesBack(c, size) {
			continue
		}
		load := loadFlags(n, 1, int64(size), "-file", c.About)
		m, err := t.ours.measure(load...)
		if err == nil {
			err = t.ours.answered(m, n, answer == accepted)
		}
		if err != nil {
			return err
		}
		uploads = append(uploads, perGiB(m)...)
		if m, err = t.floor.measure(load...); err != nil {
			return err
		}
		t.floors[i] = append(t.floors[i], perGiB(m)...)
	}
	if len(alone) > 0 {
		row.alone[i] = median(alone)
	}
	if len(uploads) > 0 {
		row.upload[i] = median(uploads)
	}
	return nil
}

// goesBack reports whether the store may have to blank what it has sent, as in videos whose index
// comes last. An S3 that discards the parts cannot copy them, so such a file is not uploaded.
func goesBack(c corpus.Kind, size int) bool { return c.Type == "video/quicktime" && size > 5*mib }

// answered requires that n uploads were stored, or that none was, and that nothing is left open.
func (s *setup) answered(m sample, n int, stored bool) error {
	if stored {
		return s.accepted(m, n)
	}
	r, err := s.s3.report("")
	if err == nil && (len(m.Statuses) != 1 || m.Statuses["422"] != n || r.Open != 0) {
		err = fmt.Errorf("of %d uploads: %v, %d left open", n, m.Statuses, r.Open)
	}
	return err
}

// seen has observers read a file n times. It returns what they spent, the bytes that one took, and
// its answer. The file comes in one buffer, as from a connection. The time to copy it there is left
// out: most of a large file is not in the caches of the processor.
func seen(c corpus.Kind, content []byte, n int) (spent time.Duration, took int, answer string, err error) {
	all, buffer := policy(), make([]byte, pieceSize)
	runtime.GC()
	before := processorTime()
	for range n {
		var o upload.Observer
		o, took, err = observe(context.Background(), all, c, content, buffer)
		if err == nil {
			err = o.Verdict()
		}
		if closer, ok := o.(io.Closer); ok {
			_ = closer.Close()
		}
		if answer, err = answerOf(err); err != nil {
			return 0, 0, "", err
		}
	}
	spent = processorTime() - before
	return max(0, spent-copied(content[:took], buffer, n)), took, answer, nil
}

// copied returns what it costs to copy a file to the buffer n times.
func copied(content, buffer []byte, n int) time.Duration {
	before := processorTime()
	for range n {
		for piece := range slices.Chunk(content, pieceSize) {
			copy(buffer, piece)
		}
	}
	return processorTime() - before
}

// write writes the table, whose first row is the floor.
func (t *typed) write() {
	var floor, nothing [2]float64
	for i, values := range t.floors {
		if len(values) > 0 {
			floor[i] = median(values)
		}
		nothing[i] = discarded(typedSizes[i].size/int(t.bench.scale), typedSizes[i].n)
	}
	out := t.bench.out
	out.table("File", "Alone, 1 MiB", "64 MiB", "× floor", "Upload, 1 MiB", "× floor", "64 MiB", "× floor", "Answer")
	for _, r := range append([]typedRow{{"io.Discard, and the floor", accepted, nothing, floor}}, t.rows...) {
		cells := []any{r.file, orDash(r.alone[0], 1), orDash(r.alone[1], 1), orDash(r.alone[1], floor[1])}
		for i := range typedSizes {
			cells = append(cells, orDash(r.upload[i], 1), orDash(r.upload[i], floor[i]))
		}
		out.row(append(cells, r.answer)...)
	}
}

// orDash returns value/unit, and a dash if one of them was not measured.
func orDash(value, unit float64) string {
	if value == 0 || unit == 0 {
		return "–"
	}
	return ratio(value, unit)
}

// discarded returns what it costs to pass files to io.Discard, in CPU s/GiB.
func discarded(size, n int) float64 {
	content := make([]byte, size)
	before := processorTime()
	for range n {
		for piece := range slices.Chunk(content, 32*kib) {
			_, _ = io.Discard.Write(piece)
		}
	}
	return (processorTime() - before).Seconds() / float64(size*n) * gib
}
