package s3store

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"sync"

	"github.com/airlock-go/upload/internal/budget"
	"github.com/airlock-go/upload/storage"
)

// chunkSize is the size of the pieces that make up a buffer. It is large enough for few allocations
// and system calls, and small enough that a small file does not cost a part.
const chunkSize = 64 << 10

// firstChunks is the most chunks that the list of a buffer has room for at first. It is more than a
// part of the default size has, and a list of so many takes 2.25 KiB.
const firstChunks = 96

// memory provides the buffers of a store. The budget reserves bytes for uploads before they read;
// they take chunks as bytes arrive. Uploads never take more than they reserved. Idle chunks are
// dropped when they would lift the total over the limit, so used and idle chunks together do not
// exceed it.
type memory struct {
	budget *budget.Budget
	limit  int64

	mu   sync.Mutex
	idle [][]byte // chunks of chunkSize, taken last in, first out
	live int64    // bytes of all chunks, used and idle
	peak int64    // the peak of live
}

func newMemory(limit, share int64) *memory {
	return &memory{budget: budget.New(limit, share), limit: limit}
}

// footprint returns what a buffer for n bytes takes: its own size for a small file, otherwise whole
// chunks.
func footprint(n int64) int64 {
	if n < chunkSize {
		return n
	}
	return (n + chunkSize - 1) / chunkSize * chunkSize
}

func (m *memory) take(n int64) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if last := len(m.idle) - 1; n == chunkSize && last >= 0 {
		chunk := m.idle[last]
		m.idle[last], m.idle = nil, m.idle[:last]
		return chunk
	}
	for last := len(m.idle) - 1; last >= 0 && m.live+n > m.limit; last-- {
		m.idle[last], m.idle = nil, m.idle[:last]
		m.live -= chunkSize
	}
	m.live += n
	m.peak = max(m.peak, m.live)
	return make([]byte, n)
}

func (m *memory) give(chunks ...[]byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, chunk := range chunks {
		if len(chunk) == chunkSize {
			m.idle = append(m.idle, chunk)
		} else {
			m.live -= int64(len(chunk))
		}
	}
}

func (m *memory) mostLive() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peak
}

// spare returns an empty buffer of n bytes if that much memory is free for the subject, and nobody
// waits for memory. Otherwise it returns nil.
func (m *memory) spare(subject string, n int64) *buffer {
	if !m.budget.TryAcquire(subject, n) {
		return nil
	}
	return &buffer{memory: m, subject: subject, reserved: n}
}

// buffer holds the bytes of one part, or of one file that is not larger. All its chunks except the
// last are full.
type buffer struct {
	memory   *memory
	subject  string
	reserved int64  // of the budget
	held     int64  // bytes of chunks, at most reserved
	size     int64  // bytes of the file
	crc      uint32 // of these bytes, if a source that sums has filled it
	chunks   [][]byte
}

func (b *buffer) full() bool { return b.size == b.reserved }

// space returns where the next bytes go; the caller adds to size what it wrote. The buffer must not
// be full.
func (b *buffer) space() []byte {
	if b.size == b.held {
		if b.chunks == nil {
			b.chunks = make([][]byte, 0, min((b.reserved+chunkSize-1)/chunkSize, firstChunks))
		}
		chunk := b.memory.take(min(chunkSize, b.reserved-b.held))
		b.chunks = append(b.chunks, chunk)
		b.held += int64(len(chunk))
	}
	last := b.chunks[len(b.chunks)-1]
	return last[int64(len(last))-(b.held-b.size):]
}

// from returns bytes of the file from offset on, as many as lie together. offset must be less
// than size.
func (b *buffer) from(offset int64) []byte {
	rest := b.chunks[offset/chunkSize][offset%chunkSize:]
	return rest[:min(int64(len(rest)), b.size-offset)]
}

// sum returns the CRC-32 of the bytes as S3 writes it.
func (b *buffer) sum() string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, b.crc))
}

// patch changes the file, of which b has all bytes.
func (b *buffer) patch(list []storage.Patch) {
	offset := int64(0)
	b.crc = 0
	for _, chunk := range b.chunks {
		chunk = chunk[:min(int64(len(chunk)), b.size-offset)]
		storage.ApplyPatches(chunk, offset, list)
		b.crc = crc32.Update(b.crc, crc32.IEEETable, chunk)
		offset += int64(len(chunk))
	}
}

// shrink returns memory that the file turned out not to need.
func (b *buffer) shrink() {
	if last := len(b.chunks) - 1; last >= 0 && b.held-b.size == int64(len(b.chunks[last])) {
		b.memory.give(b.chunks[last])
		b.held, b.chunks = b.size, b.chunks[:last]
	}
	b.memory.budget.Release(b.subject, b.reserved-b.held)
	b.reserved = b.held
}

// clear returns the chunks but keeps their reservation. Nobody may read them any more.
func (b *buffer) clear() {
	b.memory.give(b.chunks...)
	b.chunks, b.held, b.size, b.crc = nil, 0, 0, 0
}

// free returns everything. A second call does nothing.
func (b *buffer) free() {
	b.clear()
	b.memory.budget.Release(b.subject, b.reserved)
	b.reserved = 0
}
