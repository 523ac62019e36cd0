package upload

import (
	"io"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/worker"
)

// ahead judges what must be judged before a byte of src is acknowledged: the head, once it is
// whole. A file that may come whole in this request is judged while it comes.
func (s *resumption) ahead(st chain.State, src io.Reader, limit int64) (*judging, error) {
	length := s.r.ContentLength
	if limit == s.t.Size && (length < 0 || length == limit) { // a PATCH from the first byte on
		return s.judgeLive(src), nil
	}
	whole := min(sniff.HeadLen, s.t.Size)
	if st.Offset >= whole {
		return &judging{src: src}, nil
	}
	head := make([]byte, whole)
	n, err := io.ReadFull(src, head[st.Offset:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF { // bare, as ReadFull returns them
		return nil, err
	}
	if st.Offset+int64(n) == whole && whole < s.t.Size { // else the check of the whole file follows
		if err := s.judgeHead(head, st.Offset); err != nil {
			return nil, err
		}
	}
	return &judging{src: src, before: head[st.Offset : st.Offset+int64(n)]}, nil
}

// judgeHead judges a head whose first bytes are stored already, as many as stored says.
func (s *resumption) judgeHead(head []byte, stored int64) error {
	if stored > 0 {
		r, err := s.chain.Open(s.ctx)
		if err != nil {
			return s.chainError(err)
		}
		defer func() { _ = r.Close() }()
		if _, err := io.ReadFull(r, head[:stored]); err != nil {
			return readError(err)
		}
	}
	in := &Incoming{
		Field: s.t.Field, Name: s.t.Name, ClaimedType: s.t.Type, Subject: s.t.Subject, Size: s.t.Size, Head: head,
		Type: sniff.Resolve(head, filename.Ext(s.t.Name)),
	}
	s.about.Type = in.Type
	observer, err := s.z.judge(s.session, s.t, in)
	if err == nil && observer != nil { // which would see the rest
		s.worker.Last(isOurs(observer), func() error { return closeObserver(observer) })
	}
	return err
}

// judging is a body on its way to the storage. A check, if there is one, sees each byte before the
// storage does.
type judging struct {
	src    io.Reader
	before []byte // of src, already read

	pipe    *io.PipeWriter // to the check, nil if there is none or it could not judge
	checked chan struct{}  // closed when the check has ended
	c       *checked
	err     error
}

// errAbandoned ends a check whose file does not come whole.
var errAbandoned = &Error{Code: CodeClientGone}

// judgeLive starts judging src.
func (s *resumption) judgeLive(src io.Reader) *judging {
	from, to := io.Pipe()
	j := &judging{src: src, pipe: to, checked: make(chan struct{})}
	go func() {
		defer close(j.checked)
		j.err = worker.Contain(func() (err error) {
			j.c, err = s.z.readWhole(s.session, s.t, from)
			return err
		})
		_ = from.CloseWithError(errAbandoned) // so that no byte waits for it
	}()
	return j
}

// Read returns the error of a verdict. After a check that could not judge, the bytes are stored all
// the same: they are read again when all are there.
func (j *judging) Read(p []byte) (n int, err error) {
	if len(j.before) > 0 {
		n = copy(p, j.before)
		j.before = j.before[n:]
	} else if n, err = j.src.Read(p); j.pipe == nil {
		return n, err
	}
	if j.pipe == nil || n == 0 {
		return n, err
	}
	if _, stopped := j.pipe.Write(p[:n]); stopped != nil {
		<-j.checked
		if isVerdict(j.err) {
			return 0, j.err
		}
		j.pipe = nil
	}
	return n, err
}

// complete says that the file is whole.
func (j *judging) complete() {
	if j.pipe != nil {
		_ = j.pipe.Close()
	}
}

// result waits for the end of the check. It returns nil without a check, or if it could not
// judge: then the file is to be read again.
func (j *judging) result() (*checked, error) {
	if j == nil || j.checked == nil {
		return nil, nil
	}
	<-j.checked
	if isVerdict(j.err) {
		return nil, j.err
	}
	if j.err != nil {
		return nil, nil
	}
	return j.c, nil
}

// abandon ends the check of a file that has not come whole. It returns a verdict that was made.
func (j *judging) abandon() error {
	j.stop()
	c, verdict := j.result()
	c.close()
	return verdict
}

// stop ends the check unless complete was called.
func (j *judging) stop() {
	if j.pipe != nil {
		_ = j.pipe.CloseWithError(errAbandoned)
	}
}
