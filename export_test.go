package upload

// LookingHeld returns how much of the memory that inspectors share is taken.
func LookingHeld(h *Handler) int64 { return h.looks.Used() }

// MetadataError is the refusal for what a cleaner has found.
var MetadataError = metadataError
