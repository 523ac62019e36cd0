package upload

// LookingHeld returns how much of the memory that inspectors and cleaners share is taken.
func LookingHeld(h *Handler) int64 { return h.looks.Used() }

// MetadataError turns the fault of a cleaner into a refusal.
var MetadataError = metadataError
