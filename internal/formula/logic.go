package formula

func formatFunctions() []builtin {
	return []builtin{
		entry("toString(any) → text", "The value as text: empty for null, JSON for lists and objects, whole numbers without an exponent.",
			example(`{{toString(1200000)}}`, nil, "1200000"), func(e *evaluation) any { return e.spell(0) }),
		entry("toNumber(number or boolean) → number", "The value as a number: text that spells one, true as 1 and false as 0; anything else is an error.",
			example(`{{toNumber("12.50")}}`, nil, 12.5), toNumber),
	}
}

func toNumber(e *evaluation) any {
	switch e.args[0] {
	case true:
		return 1.0
	case false:
		return 0.0
	}
	return e.number(0)
}

// Logic. Null counts as false where a boolean is needed, so that a missing
// field takes the branch of what is not so; any other value is an error.

func logicFunctions() []builtin {
	paid := data("paid", true, "total", 120.0)
	return []builtin{
		special(ifForm, "if(boolean; then: any; else: any) → any",
			"The second value if the first is true, otherwise the third; the other one is not evaluated. Null is false.",
			example(`{{if(gt(var("total");100);"large";"small")}}`, paid, "large")),
		special(andForm, "and(boolean; …) → boolean", "Whether all are true, looking no further than the first that is not. Null is false.",
			example(`{{and(var("paid");gt(var("total");100))}}`, paid, true)),
		special(orForm, "or(boolean; …) → boolean", "Whether one is true, looking no further than the first that is. Null is false.",
			example(`{{or(var("refunded");var("paid"))}}`, paid, true)),
		entry("not(boolean) → boolean", "True for false, and false for true. Null is false, so not(null) is true.",
			example(`{{not(var("paid"))}}`, paid, false), func(e *evaluation) any { return !e.truth(0) }),
		entry("isEmpty(any) → boolean", "Whether the value is null, an empty text, an empty list or an empty object.",
			example(`{{isEmpty(var("phone"))}}`, paid, true), isEmpty),
	}
}

func isEmpty(e *evaluation) any {
	switch v := e.args[0].(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
