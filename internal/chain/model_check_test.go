package chain_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// promises are what no step may break.
var promises = []struct {
	name string
	kept func(before, w world) bool
}{
	{"nothing acknowledged is lost", func(_, w world) bool {
		content := w.stored
		switch {
		case w.times > 0:
			content = w.published
		case w.end == refused || w.end == terminated:
			return true
		}
		for i, whose := range w.acknowledged {
			if whose != 0 && content[i] != whose {
				return false
			}
		}
		return true
	}},
	{"the offset never decreases", func(before, w world) bool {
		return w.end != open || w.stored.offset() >= before.stored.offset()
	}},
	{"no gap before the end", func(_, w world) bool { return w.end != open || w.stored.joined() }},
	{"published at most once", func(_, w world) bool { return w.times <= 1 }},
	{"only accepted bytes are published", func(_, w world) bool {
		return w.times == 0 || w.end == accepted && w.published == w.judged && !w.published.bad()
	}},
	{"once ended, no other outcome", func(before, w world) bool { return before.end == open || w.end == before.end }},
	{"the host's function ran before done", func(_, w world) bool { return !w.done || w.host }},
	{"the host's function runs only for published files", func(_, w world) bool { return !w.host || w.times > 0 }},
	{"a client reads success only after done", func(_, w world) bool { return !w.success || w.done }},
}

// hopes are what one instance can still reach without the other. later is the result of
// alone(w).
var hopes = []struct {
	name string
	kept func(w, later world) bool
}{
	{"an accepted upload is finished by any later request", func(w, later world) bool { return w.end != accepted || later.done }},
	{"an upload is not stuck", func(_, later world) bool { return later.end != open }},
}

// brokenBy returns the promises and hopes that a step breaks. It does not check the hopes of a
// world that was seen before.
func brokenBy(before, w world, seen bool) (broken []string) {
	for _, p := range promises {
		if !p.kept(before, w) {
			broken = append(broken, p.name)
		}
	}
	if seen {
		return broken
	}
	later := alone(w)
	for _, h := range hopes {
		if !h.kept(w, later) {
			broken = append(broken, h.name)
		}
	}
	return broken
}

// alone returns the world after one instance has worked on w, with one request after the other. Its
// scanner answers each time, and refuses each file that is not decided yet. No call fails. It
// keeps all rules, whatever rule the exploration breaks.
func alone(w world) world {
	w.instances, w.late = [2]instance{}, [2]uint8{}
	var r rules
	for range 100 {
		if w.instances[0].at == rests && w.end != open && (w.end != accepted || w.done) {
			break
		}
		w = r.steps(w, 0)[0]
	}
	return w
}

// explore visits every world that can be reached, until a step breaks the promise or hope of that
// name, or any if name is "". It returns how many worlds it has seen, all that the step breaks, and
// the worlds up to it.
func explore(r rules, name string) (worlds int, broken []string, way []world) {
	from := map[world]world{{}: {}}
	queue := []world{{}}
	for len(queue) > 0 {
		w := queue[0]
		queue = queue[1:]
		for _, next := range r.next(w) {
			next.tidy()
			_, seen := from[next]
			broken = brokenBy(w, next, seen)
			if len(broken) > 0 && (name == "" || slices.Contains(broken, name)) {
				for way = []world{next, w}; w != (world{}); way = append(way, w) {
					w = from[w]
				}
				slices.Reverse(way)
				return len(from), broken, way
			}
			if !seen {
				from[next] = w
				queue = append(queue, next)
			}
		}
	}
	return len(from), nil, nil
}

// TestModel visits every state of two instances, and checks that the rules keep all promises and
// hopes.
func TestModel(t *testing.T) {
	worlds, broken, way := explore(rules{}, "")
	for _, w := range way {
		t.Logf("%+v", w)
	}
	require.Empty(t, broken)
	t.Log(worlds, "states")
	require.Greater(t, worlds, 10_000)
}

// TestModelFinds breaks one rule after the other, and checks that the model finds the promise or
// the hope that this breaks.
func TestModelFinds(t *testing.T) {
	for _, row := range []struct {
		broken rules
		breaks string
	}{
		{rules{replacesPieces: true}, "nothing acknowledged is lost"},
		{rules{acknowledgesFirst: true}, "nothing acknowledged is lost"},
		{rules{believesOldState: true}, "nothing acknowledged is lost"},
		{rules{discardsAfterDoubt: true}, "the offset never decreases"},
		{rules{replacesEnd: true}, "once ended, no other outcome"},
		{rules{believesItself: true}, "only accepted bytes are published"},
		{rules{publishesAgain: true}, "published at most once"},
		{rules{publishesFirst: true}, "only accepted bytes are published"},
		{rules{removesFirst: true}, "an accepted upload is finished by any later request"},
		{rules{finishesFirst: true}, "the host's function ran before done"},
		{rules{answersFirst: true}, "a client reads success only after done"},
		{rules{deleteRemoves: true}, "an accepted upload is finished by any later request"},
	} {
		t.Run(row.breaks, func(t *testing.T) {
			_, broken, _ := explore(row.broken, row.breaks)
			require.Contains(t, broken, row.breaks)
		})
	}
}
