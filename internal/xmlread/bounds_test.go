package xmlread_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/xmlread"
)

// worst returns beginnings of documents that make a Reader hold, or work, as much as they can. Those
// that make it work repeat a tag, since the steps of the last one are spent only with the next bytes.
func worst() map[string]string {
	deep := strings.Repeat("<"+strings.Repeat("n", 60)+">", 127)
	spaces := `<a xmlns:` + strings.Repeat("p", 20) + `%="` + strings.Repeat("u", 30) + `">`
	var bound strings.Builder
	for i := range 120 {
		bound.WriteString(strings.Replace(spaces, "%", string(rune('a'+i%26))+string(rune('a'+i/26)), 1))
	}
	value := `="` + strings.Repeat("x&amp;", 680) + `"`
	tag := `<a b` + value + ` c` + value + ` d` + value + ` e` + value
	return map[string]string{
		"one tag of equal attributes":     `<a` + strings.Repeat(` a=""`, 5_000),
		"one tag of different attributes": `<a` + attributes(256),
		"one tag of values":               tag,
		"names of open elements":          deep + tag,
		"namespaces":                      bound.String() + tag,
		"one value":                       `<a b="` + strings.Repeat("x", 100_000),
		"one text":                        `<a>` + strings.Repeat("x", 100_000),
		"one comment":                     `<!--` + strings.Repeat("x", 100_000),
		"one CDATA section":               `<a><![CDATA[` + strings.Repeat("]", 100_000),
		"one instruction":                 `<?a ` + strings.Repeat("?", 100_000),
		"white space":                     `<a` + strings.Repeat(" ", 100_000),
		"an internal subset":              `<!DOCTYPE svg [` + strings.Repeat(`<!ENTITY ns_svg "http://www.w3.org/2000/svg">`, 2_000),
		"UTF-16":                          utf16(`<a b="`+strings.Repeat("€", 100_000), false),
		"a fixed namespace":               `<!DOCTYPE svg [` + strings.Repeat(`<!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">`, 2_000),
		"characters":                      asXHTML + `<html>` + strings.Repeat("&ni;", 20_000),
		"references":                      `<a>` + strings.Repeat("&lt;", 20_000),
		"empty elements":                  `<a>` + strings.Repeat("<b/>", 20_000),
		"prefixes":                        `<a` + namespaces(250) + `>` + strings.Repeat("<q:b/>", 10_000),
		"prefixes of attributes":          `<a` + namespaces(250) + `>` + strings.Repeat("<b q:b='' q:c='' q:d=''/>", 5_000),
		"attributes with one sum":         `<r>` + strings.Repeat("<a"+collisions()+"/>", 40),
	}
}

func namespaces(n int) string {
	var b strings.Builder
	b.WriteString(` xmlns:q="u"`)
	for i := range n {
		b.WriteString(` xmlns:` + string(rune('a'+i%26)) + string(rune('a'+i/26)) + `="u"`)
	}
	return b.String()
}

// collisions returns attributes whose names have one sum in the Reader's search for equal ones.
func collisions() string {
	var b strings.Builder
	for i := range 250 {
		b.WriteString(` a` + string(rune('a'+i%26)) + string(rune('a'+i/26)) + `z=""`)
	}
	return b.String()
}

// TestHoldsLittle checks that a Reader holds less than 48 KiB after each of the worst documents.
func TestHoldsLittle(t *testing.T) {
	const many = 4
	for about, document := range worst() {
		var readers [many]*xmlread.Reader
		before := heap()
		for i := range readers {
			readers[i] = xmlread.New(strings.NewReader(document), xmlread.Options{
				Long: func(_, _ []byte, _ bool) error { return nil }, Doctypes: options.Doctypes, Entities: options.Entities, Characters: options.Characters, Fixed: options.Fixed,
			})
			for {
				if _, err := readers[i].Next(); err != nil {
					break
				}
			}
		}
		held := int(heap()-before) / many
		require.Less(t, held, 48<<10, about)
		runtime.KeepAlive(&readers)
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestSpendsSteps checks that the worst documents cost less than 150 steps a byte and 150,000 more.
func TestSpendsSteps(t *testing.T) {
	for about, document := range worst() {
		steps := 0
		r := xmlread.New(strings.NewReader(document), xmlread.Options{
			Spend: func(n int) error { steps += n; return nil },
			Long:  func(_, _ []byte, _ bool) error { return nil }, Doctypes: options.Doctypes, Entities: options.Entities, Characters: options.Characters, Fixed: options.Fixed,
		})
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
		require.Positive(t, steps, about)
		require.Less(t, steps, 150*(len(document)+1000), about)
	}
}

func TestSpendEndsReading(t *testing.T) {
	asked := 0
	r := xmlread.New(strings.NewReader(`<a>`+strings.Repeat("<b/>", 100_000)), xmlread.Options{Spend: func(int) error {
		if asked++; asked > 5 {
			return io.ErrClosedPipe
		}
		return nil
	}})
	tokens := 0
	for {
		_, err := r.Next()
		if err != nil {
			require.Equal(t, io.ErrClosedPipe, err)
			break
		}
		tokens++
	}
	require.Less(t, tokens, 20_000)
}

// TestTokensAllocateNothing checks that the allocations do not grow with the number of tokens.
func TestTokensAllocateNothing(t *testing.T) {
	run := func(n int) float64 {
		document := `<a xmlns:p="u">` + strings.Repeat(`<b c="d" p:e="1&#233;2">f &amp; &#xe9; g</b><!-- h --><![CDATA[i]]>`, n) + `</a>`
		return testing.AllocsPerRun(5, func() {
			r := xmlread.New(strings.NewReader(document), xmlread.Options{})
			for {
				if _, err := r.Next(); err != nil {
					break
				}
			}
		})
	}
	require.InDelta(t, run(10), run(10_000), 3)
}

func BenchmarkReader(b *testing.B) {
	for name, document := range map[string]string{
		"paths": `<svg>` + strings.Repeat(`<path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2z" fill="#fff"/>`, 5000) + `</svg>`,
		"text":  `<a>` + strings.Repeat(`<b>Lorem ipsum dolor sit amet, consectetur adipiscing elit</b>`, 5000) + `</a>`,
		"data":  `<a xmlns="u" xmlns:w="v">` + strings.Repeat("<w:p w:id=\"1\"><w:r><w:t>Lorem</w:t></w:r></w:p>\n", 5000) + `</a>`,
		"empty": `<a>` + strings.Repeat(`<b/>`, 100_000) + `</a>`,
		"long":  `<a b="` + strings.Repeat(`M12 2C6.48 2 2 6.48 2 12s4.48 10 `, 20_000) + `"/>`,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(document)))
			for b.Loop() {
				r := xmlread.New(strings.NewReader(document), xmlread.Options{Long: func(_, _ []byte, _ bool) error { return nil }})
				var err error
				for err == nil {
					_, err = r.Next()
				}
				if err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
}
