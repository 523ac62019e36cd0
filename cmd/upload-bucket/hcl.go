package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// writer writes Terraform's language (HCL) as "terraform fmt" would: assignments of one line that
// follow each other are aligned.
type writer struct {
	b       strings.Builder
	depth   int
	aligned [][2]string // assignments that are not yet written
}

// expression is HCL that is written as it is.
type expression string

// block writes a block, or an expression over several lines, which open begins and end ends.
func (h *writer) block(open, end string, body func()) {
	h.line(open)
	h.depth++
	body()
	h.flush()
	h.depth--
	h.line(end)
}

// set writes an assignment of one line.
func (h *writer) set(name string, value any) {
	h.aligned = append(h.aligned, [2]string{name, literal(value)})
}

// line writes text as it is.
func (h *writer) line(text string) {
	h.flush()
	if text != "" {
		text = strings.Repeat("  ", h.depth) + text
	}
	h.b.WriteString(text + "\n")
}

func (h *writer) flush() {
	widest := 0
	for _, a := range h.aligned {
		widest = max(widest, len(a[0]))
	}
	assignments := h.aligned
	h.aligned = nil
	for _, a := range assignments {
		h.line(fmt.Sprintf("%-*s = %s", widest, a[0], a[1]))
	}
}

// fromJSON turns a string of JSON into one of HCL, which evaluates what "${" and "%{" begin, and
// lacks \b and \f.
var fromJSON = strings.NewReplacer(`\\`, `\\`, `\b`, `\u0008`, `\f`, `\u000c`, "${", "$${", "%{", "%%{")

// literal returns the HCL of a string, a list of strings, a number, a truth value or an expression.
// A reader of HCL composes letters and accents that are two characters (NFC).
func literal(value any) string {
	switch v := value.(type) {
	case expression:
		return string(v)
	case string:
		var text strings.Builder
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		_ = e.Encode(v) // a string can always be encoded
		return fromJSON.Replace(strings.TrimSpace(text.String()))
	case []string:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = literal(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(value)
}

// object writes a map as an object of HCL.
func object[V any](h *writer, name string, m map[string]V, write func(key string, value V)) {
	h.block(name+" = {", "}", func() {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			write(literal(key), m[key])
		}
	})
}
