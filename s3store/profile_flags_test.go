package s3store_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
)

// TestLack checks that each field of a profile has one word, in the order of the fields.
func TestLack(t *testing.T) {
	words := s3store.Lackable()
	fields := reflect.TypeFor[s3store.Profile]()
	require.Len(t, words, fields.NumField())
	for i, word := range words {
		var p s3store.Profile
		require.NoError(t, p.Lack(word))
		name := fields.Field(i).Name
		require.True(t, reflect.ValueOf(p).FieldByName(name).Bool(), "%s is not %s", word, name)
		require.Equal(t, []string{word}, p.Lacks())
		require.Equal(t, "s3store.Profile{"+name+": true}", fmt.Sprintf("%#v", p))
		text, err := json.Marshal(p)
		require.NoError(t, err)
		require.Equal(t, `{"`+name+`":true}`, string(text))
	}
	p := s3store.MinIO()
	require.NoError(t, p.Lack("forms", "conditional-complete"))
	require.Equal(t, "conditional-complete forms strict-headers copy-digests", strings.Join(p.Lacks(), " "))
	require.Equal(t, "s3store.Profile{}", fmt.Sprintf("%#v", s3store.Profile{}))
	require.Empty(t, s3store.Profile{}.Lacks())
	for _, word := range []string{"", "Forms", "forms ", "everything"} {
		require.ErrorContains(t, p.Lack(word), "is none of conditional-put, conditional-complete, ", word)
	}
}
