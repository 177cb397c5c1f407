package formula

import (
	"strings"
	"unicode/utf8"
)

// Texts are counted in characters (Unicode code points). Null in a text's
// place is an empty text where a text is made or measured, and makes a
// comparison false. Numbers and booleans count as their text; a list or an
// object is an error, except where texts are joined, which writes it as JSON.

func textFunctions() []builtin {
	name := data("name", "Ada Lovelace")
	join := "The values joined into one text; null adds nothing, lists and objects are written as JSON."
	offered := []builtin{
		entry("concat(any; …) → text", join, example(`{{concat("Hello%20";var("name");"!")}}`, name, "Hello Ada Lovelace!"), concat),
		entry("substring(text; start: whole; length: whole) → text",
			"The part of the text that begins after so many characters and is so many long, or as long as there is text. "+
				"Both are whole numbers from 0.",
			example(`{{substring(var("name");4;4)}}`, name, "Love"), substring),
		entry("lower(text) → text", "The text in small letters.", example(`{{lower(var("name"))}}`, name, "ada lovelace"),
			func(e *evaluation) any { return strings.ToLower(e.text(0)) }),
		entry("upper(text) → text", "The text in capitals.", example(`{{upper(var("name"))}}`, name, "ADA LOVELACE"),
			func(e *evaluation) any { return strings.ToUpper(e.text(0)) }),
		entry("stringLen(text) → number", "How many characters the text has; 0 for null.",
			example(`{{stringLen(var("name"))}}`, name, 12.0),
			func(e *evaluation) any { return float64(utf8.RuneCountInString(e.text(0))) }),
		textTest("stringEq", "Whether two texts are the same, capitals aside; false if one is null.",
			`{{stringEq(var("name");"ADA%20LOVELACE")}}`, sameText),
		textTest("stringHasSubString", "Whether the first text has the second in it, capitals aside; false if one is null.",
			`{{stringHasSubString(var("name");"love")}}`, hasText),
		textTest("startsWith", "Whether the first text begins with the second, capitals as written; false if one is null.",
			`{{startsWith(var("name");"Ada")}}`, strings.HasPrefix),
		textTest("endsWith", "Whether the first text ends with the second, capitals as written; false if one is null.",
			`{{endsWith(var("name");"lace")}}`, strings.HasSuffix),
		entry("isEmptyString(text) → boolean", "Whether the text has no characters; true for null.",
			example(`{{isEmptyString(var("name"))}}`, name, false),
			func(e *evaluation) any { return e.text(0) == "" }),
	}
	return append(offered, hidden(
		textTest("hasSubstring", "Whether the first text has the second in it, capitals aside; false if one is null.",
			`{{hasSubstring(var("name");"love")}}`, hasText),
		entry("textWithExpressions(any; …) → text", join,
			example(`{{textWithExpressions("Hello%20";var("name"))}}`, name, "Hello Ada Lovelace"), concat),
	)...)
}

func textTest(name, doc, usage string, holds func(a, b string) bool) builtin {
	return entry(name+"(text; text) → boolean", doc, example(usage, data("name", "Ada Lovelace"), true),
		func(e *evaluation) any { return !e.null() && holds(e.text(0), e.text(1)) })
}

func concat(e *evaluation) any {
	var b strings.Builder
	for i := range e.args {
		b.WriteString(e.spell(i))
		if b.Len() > MaxText {
			e.fail(tooLong)
		}
		if e.err != nil {
			return nil
		}
	}
	return b.String()
}

// join is concat for the pieces of a text: what stands outside the braces is the
// author's own and goes in as it is, what an expression gives by Scope.Escape.
func join(e *evaluation) any {
	if e.scope.Escape == nil {
		return concat(e)
	}
	var b strings.Builder
	for i := range e.args {
		t := e.spell(i)
		if !e.site.args[i].bare {
			t = e.scope.Escape(t)
		}
		b.WriteString(t)
		if b.Len() > MaxText {
			e.fail(tooLong)
		}
		if e.err != nil {
			return nil
		}
	}
	return b.String()
}

func substring(e *evaluation) any {
	const most = 1 << 31
	text, start, length := e.text(0), e.whole(1, 0, most), e.whole(2, 0, most)
	return first(strings.TrimPrefix(text, first(text, start)), length)
}

// first returns the first n characters of s, or s if it has fewer.
func first(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func sameText(a, b string) bool { return strings.EqualFold(a, b) }

func hasText(a, b string) bool { return strings.Contains(strings.ToLower(a), strings.ToLower(b)) }
