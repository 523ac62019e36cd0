package corpus

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// The words of typical texts, the frequent ones first.
var vocabulary = strings.Fields(`the of and to in is that for it as was with be by on not he at this are or his from had which
	they an were we been their has would what will there if can all her she one about up when them some me people take out into just your come could than like other how then its two
	more these want way look first also new because day use man find here thing give many well only those tell very even back any good woman through life child work down may after should
	call world over school still try last ask need too feel three state never become between high really something most another much family own leave put old while mean keep student why let great
	same big group begin seem country help talk where turn problem every start hand might American show part against place such again few case week company system each right program hear question during
	play government run small number off always move night live point believe hold today bring happen next without before large million must home under water room write mother area national money story
	young fact month different lot study book eye job word though business issue side kind four head far black long both little house yes since provide service around friend important father sit away
	until power hour game often yet line political end among ever stand bad lose however member pay law meet car city almost include continue set later community name five once white least president
	Müller Straße café naïve façade Zürich Łódź señor — “quoted” ‘so’ €20 résumé`)

func newDice() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func typicalTexts() []Kind {
	return []Kind{
		{"text", "t.txt", typeText, rows("", 4500, proseRow, "")},
		{"CSV", "t.csv", typeCSV, rows("date,name,amount,email,phone,city,note\r\n", 1000, csvRow, "")},
		{"JSON", "t.json", typeJSON, rows("[\n", 1000, jsonRow, `  {"id": 0}]`)},
		{"XML", "t.xml", typeXML, rows(declaration+`<orders xmlns="urn:example:orders">`+"\n", 1000, xmlRow, "</orders>\n")},
		{"SVG", "t.svg", typeSVG, rows(svgRoot+"\n", 1000, svgRow, "</svg>\n")},
	}
}

// rows returns a function that makes a file of n different rows, again and again.
func rows(head string, n int, row func(b *bytes.Buffer, i int, r *rand.Rand), tail string) func(size int) []byte {
	return func(size int) []byte {
		var block bytes.Buffer
		for i, r := 0, newDice(); i < n && block.Len() < size; i++ {
			row(&block, i, r)
		}
		return whole(head, block.String(), tail)(size)
	}
}

// prose returns at least n bytes of sentences in frequent words.
func prose(n int) string {
	var b bytes.Buffer
	for r := newDice(); b.Len() < n; {
		proseRow(&b, 0, r)
	}
	return b.String()
}

func proseRow(b *bytes.Buffer, _ int, r *rand.Rand) {
	for range 8 + r.IntN(6) {
		b.WriteString(vocabulary[min(r.IntN(len(vocabulary)), r.IntN(len(vocabulary)))])
		b.WriteString([]string{" ", " ", " ", " ", ", ", " "}[r.IntN(6)])
	}
	_, _ = fmt.Fprintf(b, "%d.\n", r.IntN(10_000))
}

func word(r *rand.Rand) string { return vocabulary[r.IntN(160)] }

func csvRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, "2024-%02d-%02d,\"%s, %s\",%d.%02d,%s.%s@example.com,+49 30 %d,%s,%s %s %s\r\n", 1+i%12, 1+i%28,
		word(r), word(r), r.IntN(2000)-1000, r.IntN(100), word(r), word(r), r.IntN(1_000_000), word(r), word(r), word(r), word(r))
}

func jsonRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, "  {\"id\": %d, \"name\": \"%s %s\", \"email\": \"%s@example.com\", \"price\": %d.%02d, \"active\": %t, \"tags\": [\"%s\", \"%s\"], \"note\": \"%s\\n%s \\u00e9\"},\n",
		i, word(r), word(r), word(r), r.IntN(1000), r.IntN(100), i%2 == 0, word(r), word(r), word(r), word(r))
}

func xmlRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, "  <order id=\"%d\" currency=\"EUR\">\n    <name>%s %s</name>\n    <price>%d.%02d</price>\n    <note lang=\"en\">%s %s &amp; %s %s %s</note>\n  </order>\n",
		i, word(r), word(r), r.IntN(1000), r.IntN(100), word(r), word(r), word(r), word(r), word(r))
}

func svgRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, "  <g id=\"g%d\" transform=\"translate(%d %d)\">\n    <path fill=\"#%06x\" stroke=\"none\" d=\"M%d %d", i, r.IntN(1000), r.IntN(1000), r.IntN(1<<24), r.IntN(100), r.IntN(100))
	for range 12 {
		_, _ = fmt.Fprintf(b, "c%d.%d %d.%d %d %d", r.IntN(90), r.IntN(100), r.IntN(90), r.IntN(100), r.IntN(90), r.IntN(90))
	}
	b.WriteString("z\"/>\n  </g>\n")
}
