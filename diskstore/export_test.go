package diskstore

// OnStep calls f after each step that changes the disk.
func OnStep(f func(step string)) { passed = f }
