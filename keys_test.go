package upload_test

import (
	"context"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

func TestKeys(t *testing.T) {
	random := upload.RandomKeys()
	long := strings.Repeat("s", 129)
	for _, tc := range []struct {
		about string
		keys  upload.KeyGenerator
		in    upload.Incoming
		want  string // a regular expression
	}{
		{"random", random, upload.Incoming{Type: "image/png", Name: "shell.php.png"}, `^[0-9a-f]{32}\.png$`},
		{"the canonical extension", random, upload.Incoming{Type: "image/jpeg", Name: "a.jfif"}, `^[0-9a-f]{32}\.jpg$`},
		{"a type without extension", random, upload.Incoming{Type: "application/octet-stream"}, `^[0-9a-f]{32}$`},
		{"prefix", upload.Prefix("a/b/", random), upload.Incoming{Type: "image/png"}, `^a/b/[0-9a-f]{32}\.png$`},
		{"empty prefix", upload.Prefix("", random), upload.Incoming{Type: "image/png"}, `^[0-9a-f]{32}\.png$`},
		{"prefix without slash", upload.Prefix("user-1", random), upload.Incoming{Type: "image/png"}, `^user-1/[0-9a-f]{32}\.png$`},
		{"subject", upload.BySubject(random), upload.Incoming{Subject: "User_1-x"}, `^User_1-x/[0-9a-f]{32}$`},
		{"subject with a slash", upload.BySubject(random), upload.Incoming{Subject: "../1"}, `^~[0-9a-f]{32}/[0-9a-f]{32}$`},
		{"subject that looks hashed", upload.BySubject(random), upload.Incoming{Subject: "~0"}, `^~[0-9a-f]{32}/[0-9a-f]{32}$`},
		{"long subject", upload.BySubject(random), upload.Incoming{Subject: long}, `^~[0-9a-f]{32}/[0-9a-f]{32}$`},
		{"prefix of subject", upload.Prefix("p", upload.BySubject(random)), upload.Incoming{Subject: "s"}, `^p/s/[0-9a-f]{32}$`},
	} {
		t.Run(tc.about, func(t *testing.T) {
			key, err := tc.keys.Key(context.Background(), &tc.in)
			require.NoError(t, err)
			require.Regexp(t, tc.want, key)
			require.NoError(t, storage.ValidKey(key))
		})
	}
	_, err := upload.BySubject(random).Key(context.Background(), &upload.Incoming{})
	require.Error(t, err)
}

func TestRandomKeysDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		key, err := upload.RandomKeys().Key(context.Background(), &upload.Incoming{})
		require.NoError(t, err)
		require.False(t, seen[key])
		seen[key] = true
	}
}

func TestValidKey(t *testing.T) {
	for key, ok := range map[string]bool{
		"a": true, "a/b.png": true, "ü/猫": true, "a b+c&d": true, strings.Repeat("k", 1024): true, "...": true,
		"": false, strings.Repeat("k", 1025): false, "/a": false, "a/": false, "a//b": false, ".": false, "a/../b": false,
		"a/./b": false, `a\b`: false, "a\x00": false, "a\n": false, "a\x7f": false, "a\u0085": false, "a\u202e": false,
		"a\u3164": false, "a\u034f": false, "a\ufe0f": false,
		"a\u2028": false, "a\ufeff": false, "a\xff": false, "..": false,
	} {
		if ok {
			require.NoError(t, storage.ValidKey(key), "%q", key)
		} else {
			require.Error(t, storage.ValidKey(key), "%q", key)
		}
	}
}

// FuzzValidKey: a valid key has no segment "..", has no control characters, and is valid after a prefix,
// too, unless it gets too long.
func FuzzValidKey(f *testing.F) {
	for _, s := range []string{"a/b", "../a", "a/..", `a\..\b`, "a/\u202eb", "%2e%2e/a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if storage.ValidKey(key) != nil {
			return
		}
		if !utf8.ValidString(key) || len(key) > 1024 || strings.HasPrefix(key, "/") || strings.Contains("/"+key+"/", "/../") || strings.Contains(key, `\`) ||
			strings.ContainsFunc(key, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Fatalf("%q is called valid", key)
		}
		if storage.ValidKey("prefix/"+key) != nil && len(key) < 1000 {
			t.Fatalf("%q is valid, but not under a prefix", key)
		}
	})
}

// FuzzBySubject: no two subjects share a prefix, and none escapes its own.
func FuzzBySubject(f *testing.F) {
	f.Add("a", "a/b")
	f.Add("~", "..")
	f.Add(storage.StagingSegment, "a")
	f.Fuzz(func(t *testing.T, a, b string) {
		fixed := upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "k", nil })
		var keys [2]string
		for i, s := range []string{a, b} {
			key, err := upload.BySubject(fixed).Key(context.Background(), &upload.Incoming{Subject: s})
			if s == "" {
				return
			}
			if err != nil || storage.ValidKey(key) != nil || storage.IsStaging(key) || strings.Count(key, "/") != 1 {
				t.Fatalf("subject %q: key %q, %v", s, key, err)
			}
			keys[i] = key
		}
		if (keys[0] == keys[1]) != (a == b) {
			t.Fatalf("%q and %q: %q and %q", a, b, keys[0], keys[1])
		}
	})
}
