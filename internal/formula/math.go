package formula

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Numbers are 64-bit floating point. Arithmetic rounds a result that is not
// whole to 15 significant digits, so that binary fractions do not show. Text
// that spells a number counts as one; null, a boolean or any other text is an
// error, never a silent zero.

func mathFunctions() []builtin {
	return []builtin{
		entry("sum(number; number; …) → number", "The numbers added up.",
			example(`{{sum(0.1;0.2;var("fee"))}}`, data("fee", "5"), 5.3), overArgs(total)),
		entry("multiply(number; number; …) → number", "The numbers multiplied.",
			example(`{{multiply(3;4;0.5)}}`, nil, 6.0), overArgs(product)),
		entry("subtract(number; number) → number", "The first number less the second.",
			example(`{{subtract(10;2.5)}}`, nil, 7.5),
			func(e *evaluation) any { return tidy(e.number(0) - e.number(1)) }),
		entry("divide(number; divisor) → number", "The first number divided by the second; division by zero is an error.",
			example(`{{divide(7;2)}}`, nil, 3.5), divide),
		entry("mod(number; divisor) → number", "What is left of the first number when divided by the second, with the sign of the first; "+
			"division by zero is an error.", example(`{{mod(7;3)}}`, nil, 1.0), modulo),
		entry("round(number; decimals: whole) → number", "The number rounded to 0 to 15 decimals; a half goes away from zero.",
			example(`{{round(1.005;2)}}`, nil, 1.01), round),
		entry("abs(number) → number", "The number without its sign.", example(`{{abs(-5)}}`, nil, 5.0),
			func(e *evaluation) any { return math.Abs(e.number(0)) }),
		entry("average(number; …) → number", "The mean of the numbers.", example(`{{average(1;2;6)}}`, nil, 3.0), overArgs(mean)),
		entry("min(number; …) → number", "The least of the numbers.", example(`{{min(4;2;8)}}`, nil, 2.0), overArgs(slices.Min)),
		entry("max(number; …) → number", "The greatest of the numbers.", example(`{{max(4;2;8)}}`, nil, 8.0), overArgs(slices.Max)),
		entry("median(number; …) → number", "The middle one of the numbers in order, or the mean of the middle two.",
			example(`{{median(4;2;9)}}`, nil, 4.0), overArgs(median)),
	}
}

// overArgs makes a function of its arguments, which must be numbers.
func overArgs(fold func([]float64) float64) func(*evaluation) any {
	return func(e *evaluation) any {
		numbers := make([]float64, len(e.args))
		for i := range e.args {
			numbers[i] = e.number(i)
		}
		return fold(numbers)
	}
}

// overItems makes a function of a list, whose items must be numbers. An empty
// list, and null in a list's place, are errors.
func overItems(fold func([]float64) float64) func(*evaluation) any {
	return func(e *evaluation) any {
		list := e.list(0)
		if len(list) == 0 {
			e.blame(0, "is an empty list")
			return nil
		}
		numbers := make([]float64, len(list))
		for i, v := range list {
			n, ok := e.numeric(v)
			if !ok {
				e.blame(0, "has as item %d %s", i+1, notNumber(v))
				return nil
			}
			numbers[i] = n
		}
		return fold(numbers)
	}
}

func total(numbers []float64) float64 {
	sum := 0.0
	for _, n := range numbers {
		sum += n
	}
	return tidy(sum)
}

func product(numbers []float64) float64 {
	p := 1.0
	for _, n := range numbers {
		p *= n
	}
	return tidy(p)
}

func mean(numbers []float64) float64 {
	return tidy(total(numbers) / float64(len(numbers)))
}

func median(numbers []float64) float64 {
	slices.Sort(numbers)
	middle := len(numbers) / 2
	if len(numbers)%2 == 1 {
		return numbers[middle]
	}
	return tidy((numbers[middle-1] + numbers[middle]) / 2)
}

func divide(e *evaluation) any {
	a, b := e.number(0), e.number(1)
	if b == 0 {
		e.blame(1, "is zero, and nothing can be divided by zero")
		return nil
	}
	return tidy(a / b)
}

func modulo(e *evaluation) any {
	a, b := e.number(0), e.number(1)
	if b == 0 {
		e.blame(1, "is zero, and nothing can be divided by zero")
		return nil
	}
	return tidy(math.Mod(a, b))
}

// round works on the digits that a person sees: 1.005 is a half of a cent,
// though the nearest binary fraction lies below it.
func round(e *evaluation) any {
	n, decimals := e.number(0), e.whole(1, 0, 15)
	digits := strconv.FormatFloat(math.Abs(n), 'f', -1, 64)
	whole, fraction, _ := strings.Cut(digits, ".")
	if len(fraction) <= decimals {
		return n
	}
	kept, _ := strconv.ParseFloat(whole+"."+fraction[:decimals], 64)
	if fraction[decimals] >= '5' {
		kept += math.Pow10(-decimals)
	}
	kept, _ = strconv.ParseFloat(strconv.FormatFloat(kept, 'f', decimals, 64), 64)
	if n < 0 {
		kept = -kept
	}
	return kept + 0
}

// Comparisons of numbers. Null compares as false with everything, null
// included; anything else that is not a number is an error.

func compareFunctions() []builtin {
	eq := func(a, b float64) bool { return a == b }
	gt := func(a, b float64) bool { return a > b }
	gte := func(a, b float64) bool { return a >= b }
	lt := func(a, b float64) bool { return a < b }
	lte := func(a, b float64) bool { return a <= b }
	same := "Whether two booleans are the same; false if one is null."
	return append([]builtin{
		comparison("eq", "equals", `{{eq(var("n");5)}}`, true, eq),
		comparison("gt", "is greater than", `{{gt(var("n");5)}}`, false, gt),
		comparison("gte", "is at least", `{{gte(var("n");5)}}`, true, gte),
		comparison("lt", "is less than", `{{lt(var("n");5)}}`, false, lt),
		comparison("lte", "is at most", `{{lte(var("n");5)}}`, true, lte),
	}, hidden(
		comparison("numberEq", "equals", `{{numberEq(var("n");5)}}`, true, eq),
		comparison("numberGt", "is greater than", `{{numberGt(var("n");5)}}`, false, gt),
		comparison("numberGte", "is at least", `{{numberGte(var("n");5)}}`, true, gte),
		comparison("numberLt", "is less than", `{{numberLt(var("n");5)}}`, false, lt),
		comparison("numberLte", "is at most", `{{numberLte(var("n");5)}}`, true, lte),
		entry("boolEq(boolean; boolean) → boolean", same, example(`{{boolEq(var("paid");true)}}`, data("paid", true), true),
			func(e *evaluation) any { return !e.null() && e.truth(0) == e.truth(1) }),
	)...)
}

func comparison(name, claim, usage string, result bool, holds func(a, b float64) bool) builtin {
	return entry(name+"(number?; number?) → boolean", "Whether the first number "+claim+" the second; false if one is null.",
		example(usage, data("n", "5"), result),
		func(e *evaluation) any { return !e.null() && holds(e.number(0), e.number(1)) })
}
