package main

import (
	"fmt"
	"strconv"
	"time"
)

func loadFlags(n, at int, size int64, more ...string) []string {
	return append([]string{"-n", strconv.Itoa(n), "-c", strconv.Itoa(at), "-size", strconv.FormatInt(size, 10)}, more...)
}

// large is one upload of 512 MiB: CPU seconds a GiB.
func (b *bench) large(tls bool) error {
	size := 512 * mib / b.scale
	samples, err := b.compare(allKinds, tls, 1, loadFlags(1, 1, size)...)
	if err != nil {
		return err
	}
	b.out.section("Large: one file of %d MiB, S3 over %s", size/mib, scheme(tls))
	b.out.compare(samples, "CPU s/GiB", func(m sample) float64 { return m.cpu.Seconds() / float64(size) * gib })
	return nil
}

func scheme(tls bool) string {
	if tls {
		return "https"
	}
	return "http"
}

// small is 2,000 files of 100 KB, 16 at a time: CPU milliseconds a request.
func (b *bench) small(tls bool) error {
	n := int(2000 / b.scale)
	kinds := append([]string{inMemory}, allKinds...)
	samples, err := b.compare(kinds, tls, n, loadFlags(n, 16, 100_000)...)
	if err != nil {
		return err
	}
	b.out.section("Small: %d files of 100 KB, 16 at a time, S3 over %s", n, scheme(tls))
	b.out.compare(samples, "CPU ms a request", func(m sample) float64 { return m.cpu.Seconds() * 1000 / float64(n) })
	if !tls {
		b.out.text(smallShares)
	}
	return nil
}

// many is 200 uploads of 20 MiB at once: memory, and speed. With a large budget, and for the floor,
// one process is measured three times: the first use of memory may cost more than later use.
func (b *bench) many() error {
	slow := []string{"-rate", strconv.Itoa(2 * mib)}
	b.out.section("Many at once: %d uploads of 20 MiB", 200/b.scale)
	b.out.table("Server", "Load", "Peak RSS MiB", "Seconds", "MiB/s", "Refused as busy")
	for _, row := range []manyRow{
		{ours, "MaxMemory 64 MiB, fast clients", []string{"-max-wait", "5m"}, nil, 1},
		{ours, "MaxMemory 64 MiB, clients of 2 MiB/s that obey Retry-After", nil, append(slow, "-patient"), 1},
		{ours, "MaxMemory 1.1 GiB, clients of 2 MiB/s", []string{"-max-memory", strconv.Itoa(1126 * mib)}, slow, 3},
		{lowest, "clients of 2 MiB/s", nil, slow, 3},
		{baseline, "clients of 2 MiB/s", nil, slow, 1},
		{"MultipartReader + transfermanager", "clients of 2 MiB/s", nil, slow, 1},
		{"ParseMultipartForm + manager", "clients of 2 MiB/s", nil, slow, 1},
	} {
		if err := b.manyAtOnce(row, int(200/b.scale), 20*mib); err != nil {
			return fmt.Errorf("%s, %s: %w", row.kind, row.name, err)
		}
	}
	b.out.text(manyShares)
	return nil
}

type manyRow struct {
	kind   string
	name   string
	server []string
	load   []string
	rounds int // by the same process
}

func (b *bench) manyAtOnce(row manyRow, n int, size int64) error {
	s, err := newSetup(row.kind, false, row.server...)
	if err != nil {
		return err
	}
	defer s.stop()
	for round := range row.rounds {
		m, err := s.measure(loadFlags(n, n, size, row.load...)...)
		if err == nil {
			err = s.accepted(m, n)
		}
		if err != nil {
			return err
		}
		name := row.name
		if row.rounds > 1 {
			name = fmt.Sprintf("%s, round %d", name, round+1)
		}
		b.out.row(row.kind, name, m.rss/mib, fmt.Sprintf("%.1f", m.Seconds),
			fmt.Sprintf("%.0f", float64(size/mib)*float64(n)/m.Seconds), m.Retries)
	}
	return nil
}

// refused is an upload of a GiB that the server refuses.
func (b *bench) refused() error {
	const limit = mib
	b.out.section("Refused early: 1 GiB where %d MiB are allowed", limit/mib)
	b.out.text("With Content-Length the server refuses before it reads the file, so the KiB are all that it read.\n\n")
	b.out.table("Server", "Form", "CPU ms", "Read by the server beyond the limit, KiB", "Answer")
	for _, row := range []struct {
		name string
		load []string
		want int64
	}{
		{"with Content-Length", nil, 0},
		{"chunked", []string{"-chunked"}, limit},
	} {
		s, err := newSetup(ours, false, "-max-file", strconv.Itoa(limit))
		if err != nil {
			return err
		}
		var cpu, over []float64
		var m sample
		for range b.repeats {
			if m, err = s.measure(loadFlags(1, 1, gib, row.load...)...); err != nil {
				break
			}
			if m.Statuses["413"] != 1 {
				err = fmt.Errorf("%v", m.Statuses)
				break
			}
			cpu = append(cpu, float64(m.cpu)/float64(time.Millisecond))
			over = append(over, float64(m.received-row.want)/kib)
		}
		s.stop()
		if err != nil {
			return err
		}
		b.out.row(ours, row.name, fmt.Sprintf("%.1f", median(cpu)), fmt.Sprintf("%.0f", median(over)), "413, whole")
	}
	return nil
}

// bySize measures what grows with the size of a file.
func (b *bench) bySize() error {
	b.out.section("By size: one file, S3 over https")
	b.out.text("Files of up to 64 MiB were sent 4 to 64 times, one after another.\n\n")
	b.out.table("MiB", "CPU s/GiB", "Peak RSS MiB")
	for _, size := range []int64{1, 4, 16, 64, 256, 1024, 4096} {
		if size /= b.scale; size == 0 {
			continue
		}
		n := int(max(1, min(64, 256/size))) // as many as take a measurable time
		s, err := newSetup(ours, true)
		if err != nil {
			return err
		}
		var cpu, rss []float64
		for range min(3, b.repeats) {
			m, err := s.measure(loadFlags(n, 1, size*mib)...)
			if err == nil {
				err = s.accepted(m, n)
			}
			if err != nil {
				s.stop()
				return err
			}
			cpu = append(cpu, m.cpu.Seconds()/float64(size*int64(n))*1024)
			rss = append(rss, float64(m.rss)/mib)
		}
		s.stop()
		b.out.row(size, fmt.Sprintf("%.2f", median(cpu)), fmt.Sprintf("%.0f", median(rss)))
	}
	return nil
}

// byConcurrency measures what grows with the number of concurrent uploads.
func (b *bench) byConcurrency() error {
	b.out.section("By concurrency: files of 1 MiB, S3 over http")
	b.out.table("At a time", "CPU s/GiB", "Peak RSS MiB", "MiB/s")
	for _, at := range []int{1, 4, 16, 64, 256, 512} {
		n := max(at*2, int(1024/b.scale))
		s, err := newSetup(ours, false, "-max-wait", "5m")
		if err != nil {
			return err
		}
		m, err := s.measure(loadFlags(n, at, mib)...)
		if err == nil {
			err = s.accepted(m, n)
		}
		s.stop()
		if err != nil {
			return err
		}
		b.out.row(at, fmt.Sprintf("%.2f", m.cpu.Seconds()/float64(n)*1024), m.rss/mib, fmt.Sprintf("%.0f", float64(n)/m.Seconds))
	}
	return nil
}
