package s3store

import "testing"

// BenchmarkPool takes the memory of a part, chunk by chunk, and returns it, for one upload and for
// several at a time.
func BenchmarkPool(b *testing.B) {
	const part = minPartSize
	m := newMemory(16*part, 16*part)
	once := func() {
		if !m.budget.TryAcquire("", part) {
			return
		}
		buf := &buffer{memory: m, reserved: part}
		for !buf.full() {
			buf.size += int64(len(buf.space()))
		}
		buf.free()
	}
	b.Run("one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			once()
		}
	})
	b.Run("several", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				once()
			}
		})
	})
}
