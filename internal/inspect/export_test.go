package inspect

// Left returns the number of steps that are left.
func (b *Budget) Left() int64 { return b.steps }
