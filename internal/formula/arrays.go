package formula

import "slices"

// Lists. Null in a list's place counts as an empty list where something is
// looked for or counted, and is an error where a number must come out. Looking
// for null in a list, or for anything in null, finds nothing.

func listFunctions() []builtin {
	numbers := data("prices", []any{4.0, 1.0, 10.0})
	lines := data("lines", []any{data("sku", "a", "qty", 2.0), data("sku", "b", "qty", 5.0)})
	empty := " An empty list is an error."
	offered := []builtin{
		entry("arraySize(list) → number", "How many items the list has; 0 for null.",
			example(`{{arraySize(var("prices"))}}`, numbers, 3.0),
			func(e *evaluation) any { return float64(len(e.list(0))) }),
		entry("arraySum(numbers) → number", "The numbers of the list added up."+empty,
			example(`{{arraySum(var("prices"))}}`, numbers, 15.0), overItems(total)),
		entry("arrayMultiply(numbers) → number", "The numbers of the list multiplied."+empty,
			example(`{{arrayMultiply(var("prices"))}}`, numbers, 40.0), overItems(product)),
		entry("arrayAverage(numbers) → number", "The mean of the numbers of the list."+empty,
			example(`{{arrayAverage(var("prices"))}}`, numbers, 5.0), overItems(mean)),
		entry("arrayMin(numbers) → number", "The least number of the list."+empty,
			example(`{{arrayMin(var("prices"))}}`, numbers, 1.0), overItems(slices.Min)),
		entry("arrayMax(numbers) → number", "The greatest number of the list."+empty,
			example(`{{arrayMax(var("prices"))}}`, numbers, 10.0), overItems(slices.Max)),
		entry("arrayMedian(numbers) → number", "The middle one of the list's numbers in order, or the mean of the middle two."+empty,
			example(`{{arrayMedian(var("prices"))}}`, numbers, 4.0), overItems(median)),
		entry("arrayMap(list; path) → list", "What a path finds in each item of the list, leaving out the items where that is null.",
			example(`{{arrayMap(var("lines");"qty")}}`, lines, []any{2.0, 5.0}), arrayMap),
	}
	return append(offered, hidden(
		special(someForm, "arraySome(list; predicate) → boolean",
			"Whether the predicate holds for some item, which is $_ in it; false for an empty list and for null.",
			example(`{{arraySome(var("lines");gt($_.qty;3))}}`, lines, true)),
		special(everyForm, "arrayEvery(list; predicate) → boolean",
			"Whether the predicate holds for every item, which is $_ in it; true for an empty list, false for null.",
			example(`{{arrayEvery(var("lines");gt($_.qty;3))}}`, lines, false)),
		special(filterForm, "arrayFilter(list; predicate) → list",
			"The items for which the predicate holds, each of which is $_ in it; empty for null.",
			example(`{{arrayFilter(var("prices");gt($_;3))}}`, numbers, []any{4.0, 10.0})),
		entry("contains(list; any) → boolean",
			"Whether the value is an item of the list, compared by value: the number 5 is also the text 5, "+
				"true also the text true; two texts letter by letter. False if either is null.",
			example(`{{contains(["a";"b"];var("service.id"))}}`, data("service", data("id", "b")), true),
			func(e *evaluation) any { return e.among(e.args[1], e.list(0)) }),
		entry("stringContains(list; text) → boolean",
			"Whether the text is an item of the list, capitals aside; numbers count as their text. False if either is null.",
			example(`{{stringContains(["new";"open"];var("state"))}}`, data("state", "Open"), true), stringContains),
		entry("numberContains(list; number?) → boolean",
			"Whether the number is an item of the list, text that spells a number included. False if either is null.",
			example(`{{numberContains([1,2,3];var("size"))}}`, data("size", "2"), true), numberContains),
		entry("arrayIncludesAnyOf(list; list) → boolean",
			"Whether the first list has at least one item of the second, compared as contains does; false for null.",
			example(`{{arrayIncludesAnyOf(var("tags");["vip","new"])}}`, data("tags", []any{"new", "eu"}), true), includesAny),
		entry("arrayIncludesAllOf(list; list) → boolean",
			"Whether the first list has every item of the second, compared as contains does; false for null.",
			example(`{{arrayIncludesAllOf(var("tags");["vip","new"])}}`, data("tags", []any{"new", "eu"}), false), includesAll),
		entry("arrayIncludesOnly(list; list) → boolean",
			"Whether every item of the first list is in the second, compared as contains does; "+
				"true for an empty list, false for null.",
			example(`{{arrayIncludesOnly(var("tags");["new","eu","vip"])}}`, data("tags", []any{"new", "eu"}), true), includesOnly),
	)...)
}

func itemsOrNone(e *evaluation) any {
	list := e.list(0)
	if list == nil {
		return []any{}
	}
	return list
}

// keepItems puts the list aside for keptItems and reports whether there is one.
func keepItems(e *evaluation) any {
	e.kept = e.list(0)
	return e.args[0] != nil
}

func keptItems(e *evaluation) any {
	list := e.kept
	e.kept = nil
	if list == nil {
		return []any{}
	}
	return list
}

func arrayMap(e *evaluation) any {
	name, ok := e.args[1].(string)
	if !ok {
		e.blame(1, "is %s, not a path", kindOf(e.args[1]))
		return nil
	}
	e.spend(len(name))
	steps, problem := parsePath(name)
	if problem != "" {
		e.blame(1, "is not a path: %s", problem)
		return nil
	}
	out := []any{}
	for _, item := range e.list(0) {
		if v := e.read(item, steps); v != nil {
			out = append(out, v)
		}
	}
	return out
}

// among reports whether v, unless null, is in list.
func (e *evaluation) among(v any, list []any) bool {
	if v == nil {
		return false
	}
	for _, item := range list {
		if item != nil && e.equal(v, item) {
			return true
		}
		if e.err != nil {
			return false
		}
	}
	return false
}

func stringContains(e *evaluation) any {
	if e.null() {
		return false
	}
	text := e.text(1)
	for _, item := range e.list(0) {
		t, err := textOf(item)
		e.spend(len(t) / 32)
		if e.err != nil {
			return false
		}
		if item != nil && err == nil && sameText(t, text) {
			return true
		}
	}
	return false
}

func numberContains(e *evaluation) any {
	if e.null() {
		return false
	}
	n := e.number(1)
	for _, item := range e.list(0) {
		if m, ok := e.numeric(item); ok && m == n {
			return true
		}
	}
	return false
}

func includesAny(e *evaluation) any {
	wanted := e.list(1)
	for _, v := range e.list(0) {
		if e.among(v, wanted) {
			return true
		}
	}
	return false
}

func includesAll(e *evaluation) any {
	if e.null() {
		return false
	}
	return e.allAmong(e.list(1), e.list(0))
}

func includesOnly(e *evaluation) any {
	if e.null() {
		return false
	}
	return e.allAmong(e.list(0), e.list(1))
}

func (e *evaluation) allAmong(values, list []any) bool {
	for _, v := range values {
		if !e.among(v, list) {
			return false
		}
	}
	return true
}
