package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/web"
)

// words are the texts of one language: those of the browser module, and those of the page. Refusals
// are found by code and the parameter "kind", or by code alone. Of several sentences, the first
// that has all its parameters is used.
type words struct {
	Lang, Or, And, Point, Million, Refused string

	Counts   map[string][2]string // the text for one thing, and the noun for several
	Page     map[string]string
	Refusals map[string][]string
	Types    map[string][2]string // by media type: its name, and the name of such files
}

// languages are in the order of preference for clients without one.
var languages = []language.Tag{language.English, language.German}

// readWords reads the words of each language.
func readWords() (all []*words, err error) {
	for _, tag := range languages {
		w := &words{Lang: tag.String()}
		module, err := fs.ReadFile(web.Files(), w.Lang+".js")
		if err != nil {
			return nil, err
		}
		_, module, _ = bytes.Cut(module, []byte("\nexport default "))
		page, err := files.ReadFile("web/" + w.Lang + ".json")
		if err != nil {
			return nil, err
		}
		if err := errors.Join(json.Unmarshal(bytes.TrimSuffix(module, []byte(";\n")), w), json.Unmarshal(page, &w.Page)); err != nil {
			return nil, fmt.Errorf("the words of %s: %w", tag, err)
		}
		all = append(all, w)
	}
	return all, nil
}

// wordsFor chooses the language that the client prefers.
func wordsFor(all []*words, r *http.Request) *words {
	tags, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")) // none if the header is malformed
	_, i, _ := language.NewMatcher(languages).Match(tags...)
	return all[i]
}

// textOf returns a function that writes refusals in the language of the client.
func textOf() (func(*http.Request, *upload.Error) string, error) {
	all, err := readWords()
	return func(r *http.Request, e *upload.Error) string { return wordsFor(all, r).refusal(e) }, err
}

// refusal returns the sentence for a code and parameters, or "" to keep a host's own reason.
func (w *words) refusal(e *upload.Error) string {
	if e.Reason != "" {
		return ""
	}
	kind, _ := e.Params["kind"].(string)
	for _, sentence := range slices.Concat(w.Refusals[string(e.Code)+" "+kind], w.Refusals[string(e.Code)]) {
		if text, ok := w.fill(sentence, e.Params); ok {
			return text
		}
	}
	return w.Refused
}

// fill replaces the placeholders by values, begins the text with a capital letter, and reports
// whether it has a value for each placeholder.
func (w *words) fill(sentence string, values map[string]any) (text string, ok bool) {
	var b strings.Builder
	for more := true; more; {
		var before, placeholder string
		before, sentence, more = strings.Cut(sentence, "{")
		b.WriteString(before)
		if more {
			placeholder, sentence, _ = strings.Cut(sentence, "}")
			name, as, _ := strings.Cut(placeholder, ":")
			value := w.value(values[name], as)
			if value == "" {
				return "", false
			}
			b.WriteString(value)
		}
	}
	first, n := utf8.DecodeRuneInString(b.String())
	return string(unicode.ToUpper(first)) + b.String()[n:], true
}

func (w *words) value(v any, as string) string {
	switch v := v.(type) {
	case int:
		return w.number(int64(v), as)
	case int64:
		return w.number(v, as)
	case []string:
		return w.list(v, as, w.Or)
	case string:
		if as == "type" {
			return w.Types[v][1]
		}
		return v
	}
	return ""
}

func (w *words) number(n int64, as string) string {
	switch {
	case as == "bytes":
		return w.bytes(n)
	case as == "million" && n >= 1_000_000:
		return w.tenths(n, 1_000_000) + " " + w.Million
	case as == "" || as == "million":
		return fmt.Sprint(n)
	case as != "time":
		return w.count(n, as)
	case n >= 2*60*60:
		return w.count((n+60*60-1)/(60*60), "hour")
	case n >= 2*60:
		return w.count((n+60-1)/60, "minute")
	}
	return w.count(n, "second")
}

func (w *words) bytes(n int64) string {
	for i, unit := range []string{"GB", "MB", "KB"} {
		if size := int64(1) << (30 - 10*i); n >= size {
			return w.tenths(n, size) + " " + unit
		}
	}
	return w.count(n, "byte")
}

// tenths returns n in units, rounded down to tenths.
func (w *words) tenths(n, unit int64) string {
	if tenths := n % unit * 10 / unit; tenths > 0 {
		return fmt.Sprintf("%d%s%d", n/unit, w.Point, tenths)
	}
	return fmt.Sprint(n / unit)
}

func (w *words) count(n int64, noun string) string {
	if n == 1 {
		return w.Counts[noun][0]
	}
	return fmt.Sprintf("%d %s", n, w.Counts[noun][1])
}

// list returns "a, b and c"; last is the word before c, "and" or "or".
func (w *words) list(items []string, as, last string) string {
	var names []string
	for _, name := range items {
		if known := w.Types[name][0]; as == "types" && known != "" {
			name = known
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " " + last + " " + names[n]
	}
	return strings.Join(names, "")
}
