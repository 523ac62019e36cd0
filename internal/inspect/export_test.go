package inspect

// Left is how many steps are left.
func (b *Budget) Left() int64 { return b.steps }
