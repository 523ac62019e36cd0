package inspect_test

import "github.com/airlock-go/upload/internal/inspect"

// Short names for the tables of tests.
const (
	malformed = inspect.Malformed
	active    = inspect.Active
	tooLarge  = inspect.TooLarge
)
