package upload

// LookingHeld returns how much of the memory that inspectors share is taken.
func LookingHeld(h *Handler) int64 { return h.looks.Used() }
