package markup_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/markup"
)

// offset returns the Offset of the markup in s, -1 if Scan finds none.
func offset(s string) int64 {
	var sc markup.Scanner
	if !sc.Scan([]byte(s)) {
		return -1
	}
	return sc.Offset()
}

func TestScannerFinds(t *testing.T) {
	for _, c := range []struct {
		in string
		at int64
	}{
		// active by the name alone, anywhere in the text
		{"<script>alert(1)</script>", 0},
		{"hello<script>", 5},
		{"hello <SCRIPT src=x>", 6},
		{"a <ScRiPt\n>", 2},
		{"a <script/x>", 2},
		{"x <img src=x onerror=alert(1)>", 2},
		{"x<img/src=x>", 1},
		{"x <iframe src=javascript:alert(1)>", 2},
		{"x <html>", 2},
		{"x <svg onload=alert(1)>", 2},
		{"x <math>", 2},
		{"x <style>", 2},
		{strings.Repeat(" ", 5000) + "<html>", 5000},
		{"<s:svg xmlns:s='http://www.w3.org/2000/svg'>", 0},
		{"x <" + strings.Repeat("p", 100) + ":svg >", 2},
		{"x <x:script>", 2},
		{"x </script>", 2},
		// declarations
		{"x <!-- comment -->", 2},
		{"x <!doctype html>", 2},
		{"x <!DOCTYPE svg", 2},
		{"<?xml version='1.0'?>", 0},
		{"\n<?PHP echo 1", 1},
		{"x <?= 1 ?>", 2},
		// names of elements that plain text does not have between angle brackets
		{"x <form action=/x>", 2},
		{"x <form>", 2},
		{"x <video src=x>", 2},
		{"x <details open ontoggle=alert(1)>", 2},
		{"x <div>", 2},
		{"x<div >", 1},
		{"x <br>", 2},
		{"x </div>", 2},
		{"<form>", 0},
		{" \r\n\t<details>", 4},
		// names that plain text has, too, with evidence of markup
		{"<b>bold</b>", 0},
		{"<object>", 0},
		{"say <b>bold</b>", 11},
		{"x <a href=javascript:alert(1)>y", 2},
		{"x <a\nid=y\thref = 'x'>", 2},
		{"x <a/href=x>", 2},
		{"x <object data=x.swf>", 2},
		{"x <base href=//evil/>", 2},
		{"x <meta http-equiv=refresh content=0>", 2},
		{"x <button formaction=javascript:x>", 2},
		{"x <input disabled />", 2},
		{"x <hr/>", 2},
		{"x <p style=x>", 2},
		{"x <nobr style=background:url(//e)>", 2},
		{"x <link imagesrcset=//e/a.png>", 2},
		// event handlers, on any element
		{"x <x onclick=alert(1)>", 2},
		{"x <my-tag tabindex=1 onfocus = alert(1) autofocus>", 2},
		{"x <x/onclick=alert(1)>", 2},
		{"x <x a='>' onclick=alert(1)>", 2},
		{`x <x a=">"onclick=alert(1)>`, 2},
		{"x <x a=b onclick=alert(1)>", 2},
		{"x <x ONCLICK=alert(1)>", 2},
		{"x <x oncontentvisibilityautostatechange=alert(1) style=display:block;content-visibility:auto>", 2},
		{"x <" + strings.Repeat("x", 100) + " onclick=alert(1)>", 2},
		{"x <x < onclick=alert(1)>", 5},
		{"x <x< onclick=alert(1)>", 4},
		{"x <x<y onclick=alert(1)>", 4},
		{`x <x a="<y b=" onclick=alert(1)>`, 8},
		{`x <!x <y a=" > <z onclick=alert(1)>`, 15},
		{`x </<y a="><z onclick=alert(1)>`, 11},
		{`x </3 <y a="><z onclick=alert(1)>`, 13},
		{"x " + strings.Repeat("<y ", 1000) + "onload=alert(1)>", 2 + 999*3},
		// end tags in what the tokenizer takes for a value
		{`x<title><z a="</title><y onclick=alert(1)>`, 14},
		{`x<textarea><z a="</textarea><y onclick=alert(1)>`, 17},
	} {
		require.Equal(t, c.at, offset(c.in), "%.80q", c.in)
	}
}

func TestScannerLetsPlainTextPass(t *testing.T) {
	for _, in := range []string{
		"", "<", "</", "a < b", "a<b", "a <b and c> d", "a<b && c==d", "i love you <3", "x </3 y", "a <- b", "x <= y << 2",
		"mail <someone@example.com>", "see <https://example.com/a?b=c>", "<https://svg/>", "<mailto:b@example.com>",
		"List<String>", "Map<String, Object>", "List<Object>", "List<List<Object>>", "Array<Form>", "std::vector<a>", "Vec::<Video>",
		"Pair<A,B>", "List<A> x;", "func f<T>(x T)", "<T extends Object>", "interface X<A extends B>", "Response<Body>",
		"template <class T> void f();", "#include <time.h>", "#include <map>", "#include <vector>", "List<? extends Object>",
		"usage: cp <source> <target>", "git rebase <base> [<head>]", "open <path/to/file>", "on <yyyy>-<mm>-<dd> at <hr>:<min>",
		"press <b> or <Del>", "12:01 <i> hello", "<nick> hello", "cat <<EOF > x\nonce = 1\nEOF",
		"for (i = 0; i<n; i++) { data = src = x; once = 1; }", "if (a<b && c==d && on_error == 1) x = 2;",
		"<module 'x' from 'y'>", "<Response [200]>", "<Point x=1 y=2>", "got <object object at 0x7f>",
		"<note><to>x</to></note>", "log <request><data>5</data></request>", "<w:p w:x='1'></w:p>", "x <xs:element name='a'>",
		"F<Pod::Html>", "std::unique_ptr<ns::script>", "< script>", "&lt;script&gt;", "%3Cscript%3E", "+ADw-script+AD4-", "<scripts>", "<script", "<scr ipt>", "＜script＞",
		"--- a\n+++ b\n@@ -1 +1 @@\n-x < y\n+x <= y\n<<<<<<< HEAD\n=======\n>>>>>>> b", "1 <!= 2", "<? echo", "<!ok>",
		"a <x onclick", "a <x onclick=", "a <x once=1>", "a <x only = 2>", "a <x on-click=1>", "a <x b='onclick=1'>", "a <x> onclick=1",
	} {
		require.Equal(t, int64(-1), offset(in), "%q", in)
	}
}

func FuzzScanner(f *testing.F) {
	for _, s := range []string{"x <img src=x>", `x <x a="<y b=" onclick=1>`, "List<Object> </title>", "<!x <?xml", "</<y a=\"><z onclick=1>"} {
		f.Add([]byte(s), byte(1))
	}
	f.Fuzz(func(t *testing.T, p []byte, step byte) {
		var whole, cut markup.Scanner
		found := whole.Scan(p)
		for rest := p; len(rest) > 0; {
			n := min(len(rest), int(step)%7+1)
			cut.Scan(rest[:n])
			rest = rest[n:]
		}
		require.Equal(t, found, cut.Scan(nil))
		if found {
			require.Equal(t, whole.Offset(), cut.Offset())
			require.Equal(t, byte('<'), p[whole.Offset()])
		}
		// A script is found after any text.
		var sc markup.Scanner
		sc.Scan(p)
		require.True(t, sc.Scan([]byte("<script>")))
	})
}
