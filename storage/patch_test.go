package storage_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
)

func TestValidPatches(t *testing.T) {
	const size = 1 << 40
	oneByte := make([]storage.Patch, storage.MaxPatches+1)
	for i := range oneByte {
		oneByte[i] = storage.Patch{Offset: int64(i), Length: 1}
	}
	much := storage.Patch{Offset: 0, Length: storage.MaxPatchBytes, Bytes: make([]byte, storage.MaxPatchBytes)}
	for _, row := range []struct {
		name    string
		patches []storage.Patch
		wrong   string // part of the error, "" for none
	}{
		{"none", nil, ""},
		{"the whole file", []storage.Patch{{Length: size}}, ""},
		{"the last byte", []storage.Patch{{Offset: size - 1, Length: 1}}, ""},
		{"one beside another", []storage.Patch{{Offset: 1, Length: 2, Bytes: []byte("ab")}, {Offset: 3, Length: 1}}, ""},
		{"as many as are allowed", oneByte[:storage.MaxPatches], ""},
		{"as many bytes as are allowed", []storage.Patch{much, {Offset: much.Length, Length: size - much.Length}}, ""},
		{"too many", oneByte, "262145 patches"},
		{"too many bytes", []storage.Patch{much, {Offset: much.Length, Length: 1, Bytes: []byte{1}}}, "4194305 bytes"},
		{"before the file", []storage.Patch{{Offset: -1, Length: 2}}, "begins at -1"},
		{"across the end", []storage.Patch{{Offset: size - 1, Length: 2}}, "2 bytes at"},
		{"after the end", []storage.Patch{{Offset: size + 5, Length: 1}}, "1 bytes at"},
		{"an end beyond all numbers", []storage.Patch{{Offset: 5, Length: math.MaxInt64}}, "bytes at 5"},
		{"of no bytes", []storage.Patch{{Offset: 5}}, "0 bytes at 5"},
		{"of less than no bytes", []storage.Patch{{Offset: 5, Length: -1}}, "-1 bytes at 5"},
		{"not sorted", []storage.Patch{{Offset: 5, Length: 1}, {Offset: 1, Length: 1}}, "begins at 1, before 6"},
		{"overlapping", []storage.Patch{{Offset: 1, Length: 5}, {Offset: 5, Length: 1}}, "begins at 5, before 6"},
		{"too few bytes", []storage.Patch{{Offset: 1, Length: 5, Bytes: []byte("abcd")}}, "4 bytes for 5"},
		{"empty bytes are not zeros", []storage.Patch{{Offset: 1, Length: 5, Bytes: []byte{}}}, "0 bytes for 5"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := storage.ValidPatches(row.patches, size)
			if row.wrong == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, row.wrong)
		})
	}
}

// TestApplyPatches checks that a file is patched in the same way in pieces of any size.
func TestApplyPatches(t *testing.T) {
	file := []byte(strings.Repeat("0123456789", 3))
	patches := []storage.Patch{
		{Offset: 0, Length: 1, Bytes: []byte("a")},
		{Offset: 3, Length: 5},
		{Offset: 8, Length: 9, Bytes: []byte("bcdefghij")},
		{Offset: 29, Length: 1},
	}
	const want = "a12\x00\x00\x00\x00\x00bcdefghij789012345678\x00"
	for step := 1; step <= len(file); step++ {
		got := bytes.Clone(file)
		at := int64(0)
		for piece := range slices.Chunk(got, step) {
			storage.ApplyPatches(piece, at, patches)
			at += int64(len(piece))
		}
		require.Equal(t, want, string(got), "pieces of %d", step)
	}
	storage.ApplyPatches(nil, 5, patches)
	got := bytes.Clone(file)
	storage.ApplyPatches(got, 0, nil)
	require.Equal(t, file, got)
}
