package markup

import "strings"

// evidence is the proof that makes "<name" markup and not a type argument, a placeholder or a
// comparison.
type evidence uint8

const (
	never   evidence = iota // not an element of HTML: only an event handler among its attributes counts
	word                    // also an everyday word or XML name: List<Object>, cp <source> <target>, <data>5</data>
	short                   // the same, but an end tag proves it: <b>, List<A>, </title>
	element                 // no other meaning, unless glued to an identifier: Array<Form>
	active                  // markup by its name alone: it can run or load something, or begins a document
)

// elements maps names of HTML elements, past and present, to the evidence that they need. It
// omits the elements that exist only inside of svg, except foreignobject: outside of svg they are
// inert, and path, text and filter are also words.
var elements = func() map[string]evidence {
	m := make(map[string]evidence)
	for class, names := range map[evidence]string{
		active: `script style html svg math iframe frameset img applet`,
		element: `form video audio details embed div span ul ol li tr td th tbody thead tfoot br wbr h1 h2 h3 h4 h5 h6
			blockquote textarea noscript noembed noframes noframe marquee xmp plaintext listing fieldset figure figcaption
			optgroup colgroup datalist hgroup isindex keygen bgsound foreignobject`,
		short: `a b i p q s u em tt dd dl dt rp rt hr del ins sub sup title head body strong center font small`,
		word: `abbr acronym address area article aside base basefont bdi bdo big button canvas caption cite code col command
			content data dfn dialog dir footer frame header image input kbd label legend link main map mark menu menuitem
			meta meter nav object option output param picture portal pre progress rb rtc ruby samp search section select
			shadow slot source spacer strike summary table template time track var video nobr blink multicol nextid selectedcontent`,
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = max(m[name], class)
		}
	}
	return m
}()

// loading holds attributes of HTML elements that can run, load, navigate or style. It omits event
// handlers.
var loading = func() map[string]bool {
	m := make(map[string]bool)
	for name := range strings.FieldsSeq(`href src srcdoc srcset data action formaction background poster ping style content
		http-equiv codebase classid imagesrcset`) {
		m[name] = true
	}
	return m
}()

// declarations start a document, a comment or a script, whatever follows them. All begin after "<".
var declarations = []string{"!--", "!doctype", "?xml", "?php", "?="}

// isHandler reports whether an attribute of this name may be an event handler. The shortest are
// onend and oncut; once, only and onto are words.
func isHandler(name string) bool {
	if len(name) < len("oncut") || !strings.HasPrefix(name, "on") {
		return false
	}
	for i := range len(name) {
		if name[i] < 'a' || name[i] > 'z' {
			return false
		}
	}
	return true
}
