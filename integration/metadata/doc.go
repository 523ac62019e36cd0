// Package metadata tests cleaned files against the programs that read metadata and show pictures:
// nothing of a person is left, nothing is damaged, and each pixel stays.
package metadata
