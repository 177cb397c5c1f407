package formula

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testScope is what the tables evaluate in, unless they say otherwise.
func testScope(t *testing.T) Scope {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	err = json.Unmarshal([]byte(`{
		"n": 5, "s": "12.5", "word": "Hello", "yes": true, "no": false, "nothing": null, "none": [], "object": {"a": 1},
		"numbers": [4, 1, 10], "words": ["a", "B"], "mixed": [1, "x"], "holed": [1, null],
		"lines": [{"sku": "a", "qty": 2, "tags": ["x", "y"]}, {"sku": "b", "qty": "5", "tags": ["z"]}, {"other": 1}],
		"date": "2026-03-29", "at": "2026-03-28T23:30:00Z", "long": "`+strings.Repeat("x", 40_000)+`"
	}`), &data)
	if err != nil {
		t.Fatal(err)
	}
	return Scope{Data: data, Now: time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC), Location: zone}
}

func TestEveryExampleGivesItsResult(t *testing.T) {
	for _, f := range Functions() {
		t.Run(f.Name, func(t *testing.T) {
			if !strings.Contains(f.Example.Expression, f.Name+"(") {
				t.Errorf("the example %s does not use %s", f.Example.Expression, f.Name)
			}
			if f.Doc == "" || f.Group == "" {
				t.Error("no doc or no group")
			}
			e, err := Compile(f.Example.Expression)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Eval(f.Example.Scope)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(f.Example.Result, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", f.Example.Expression, diff)
			}
		})
	}
}

// results holds, for every function, expressions (without their braces) and
// their values; the scope is testScope's.
var results = map[string]any{
	`sum(1;2)`: 3.0, `sum(0.1;0.2)`: 0.3, `sum(var("s");"1.5";n)`: 19.0, `sum(1;-2;3)`: 2.0,
	`multiply(3;0.1)`: 0.3, `subtract(0.3;0.1)`: 0.2, `divide(1;3)`: 0.333333333333333,
	`mod(7;3)`: 1.0, `mod(-7;3)`: -1.0, `abs(-2.5)`: 2.5,
	`round(2.5;0)`: 3.0, `round(-2.5;0)`: -3.0, `round(1.005;2)`: 1.01, `round(9.999;2)`: 10.0, `round(5;2)`: 5.0,
	`round(-0.001;2)`: 0.0, `round(1e300;2)`: 1e300, `round("2.345";"2")`: 2.35,
	`average(1;2)`: 1.5, `min(3)`: 3.0, `max(3;"10")`: 10.0, `median(4;1;3;2)`: 2.5, `median(7)`: 7.0,

	`eq(5;"5.0")`: true, `eq(n;6)`: false, `eq(missing;missing)`: false, `gt(n;4)`: true, `gt(missing;4)`: false,
	`gte(5;5)`: true, `lt(n;5)`: false, `lt(missing;5)`: false, `lte(5;5)`: true,
	`numberEq(n;5)`: true, `numberGt(n;5)`: false, `numberGte(n;5)`: true, `numberLt(n;9)`: true, `numberLte(n;4)`: false,
	`numberLt(null;1)`: false,
	`boolEq(yes;true)`: true, `boolEq(yes;no)`: false, `boolEq(missing;false)`: false,

	`arraySize(numbers)`: 3.0, `arraySize(none)`: 0.0, `arraySize(missing)`: 0.0,
	`arraySum(numbers)`: 15.0, `arraySum(["1";2])`: 3.0, `arrayMultiply([2,"3"])`: 6.0, `arrayAverage([1,2])`: 1.5,
	`arrayMin(numbers)`: 1.0, `arrayMax(numbers)`: 10.0, `arrayMedian([1,2,3,10])`: 2.5,
	`arrayMap(lines;"qty")`: []any{2.0, "5"}, `arrayMap(lines;"tags[0]")`: []any{[]any{"x", "y"}, []any{"z"}},
	`arrayMap(missing;"a")`: []any{}, `arrayMap(numbers;"a")`: []any{}, `arraySum(arrayMap(lines;"qty"))`: 7.0,
	`arrayMap(lines;concat("s";"ku"))`: []any{"a", "b"},
	`arraySome(numbers;gt($_;9))`:      true, `arraySome(numbers;gt($_;10))`: false, `arraySome(none;true)`: false,
	`arraySome(missing;true)`: false, `arraySome(numbers;missing)`: false, `arraySome(["q";"a"];contains(words;$_))`: true,
	`arrayEvery(numbers;gt($_;0))`: true, `arrayEvery(numbers;gt($_;1))`: false, `arrayEvery(none;false)`: true,
	`arrayEvery(missing;true)`: false, `arrayEvery(words;contains(["a";"B";"c"];$_))`: true,
	`arrayFilter(numbers;lt($_;5))`: []any{4.0, 1.0}, `arrayFilter(missing;true)`: []any{},
	`arraySize(arrayFilter(lines;contains($_.tags;"x")))`:                                           1.0,
	`arraySome(lines;arraySome($_.tags;stringEq($_;"Z")))`:                                          true,
	`arrayEvery([1,2];arraySome([1,2];eq($_;2)))`:                                                   true,
	`arraySome([1,2];arrayEvery([];true))`:                                                          true,
	`arrayEvery(arrayFilter(numbers;gt($_;3));arrayEvery(arrayFilter(numbers;gt($_;9));eq($_;10)))`: true,
	`contains([1,2];"2")`: true, `contains(["5"];n)`: true, `contains(["5.0"];"5")`: false, `contains(["a"];"A")`: false,
	`contains([true];"true")`: true, `contains(["false"];no)`: true, `contains([1];true)`: false, `contains([null];null)`: false,
	`contains(missing;1)`: false, `contains(["x"];missing)`: false, `contains([[1,2]];[1,"2"])`: true,
	`contains([object];object)`: true, `contains([object];1)`: false, `contains([1];object)`: false, `contains(words;[1])`: false,
	`contains(["true"];1)`: false, `contains([true];no)`: false,
	`stringContains(["A";"b"];"a")`: true, `stringContains(["a"];missing)`: false, `stringContains(missing;"a")`: false,
	`stringContains([5];n)`: true, `stringContains(["a"];"b")`: false,
	`numberContains(["5","x"];n)`: true, `numberContains([1];n)`: false, `numberContains([1];missing)`: false, `numberContains(missing;1)`: false,
	`arrayIncludesAnyOf(words;["B"])`: true, `arrayIncludesAnyOf(words;["b"])`: false, `arrayIncludesAnyOf(missing;["b"])`: false,
	`arrayIncludesAllOf(words;["B";"a"])`: true, `arrayIncludesAllOf(words;["B";"q"])`: false, `arrayIncludesAllOf(missing;[])`: false,
	`arrayIncludesAllOf(words;[])`:           true,
	`arrayIncludesOnly(words;["a";"B";"c"])`: true, `arrayIncludesOnly(words;["a"])`: false, `arrayIncludesOnly(none;["a"])`: true,
	`arrayIncludesOnly(missing;["a"])`: false,

	`concat("a";n;yes;missing;"%20b")`: "a5true b", `concat(numbers)`: "[4,1,10]", `concat(object;"")`: `{"a":1}`,
	`textWithExpressions("a";1.50)`: "a1.5", `concat("<&>";["<"])`: `<&>["<"]`,
	`substring("Grüße";2;2)`: "üß", `substring(word;3;99)`: "lo", `substring(word;9;1)`: "", `substring(word;0;0)`: "",
	`substring(missing;0;1)`: "", `substring("aXbXa";0;1)`: "a", `substring("aaaa";2;1)`: "a",
	`lower(word)`: "hello", `upper("grü")`: "GRÜ", `upper(missing)`: "", `stringLen("Grüße")`: 5.0, `stringLen(missing)`: 0.0,
	`stringLen(n)`: 1.0, `stringEq(word;"HELLO")`: true, `stringEq(missing;"")`: false, `stringEq(n;"5")`: true,
	`stringHasSubString(word;"LL")`: true, `stringHasSubString(word;"x")`: false, `stringHasSubString(missing;"")`: false,
	`hasSubstring(word;"ELL")`: true, `startsWith(word;"He")`: true, `startsWith(word;"he")`: false,
	`endsWith(word;"lo")`: true, `endsWith(missing;"")`: false,
	`isEmptyString("")`: true, `isEmptyString(missing)`: true, `isEmptyString(word)`: false,

	// Berlin is at +01:00 until 2026-03-29T01:00Z, then at +02:00.
	`hour(at)`: 0.0, `minute(at)`: 30.0, `day(at)`: 29.0, `month(at)`: 3.0, `year("2026-12-31T23:30:00Z")`: 2027.0, `weekDay(at)`: "sunday",
	`day(date)`: 29.0, `weekDay(date)`: "sunday", `hour("2026-05-01T09:30")`: 9.0, `hour("2026-05-01 09:30:00.250")`: 9.0,
	`hour("2026-05-01t09:30:00z")`: 11.0, `hour("2026-05-01T09:30:00+0200")`: 9.0, `hour("2026-05-01T09:30-04:00")`: 15.0,
	`year(0)`: 1970.0, `year("0")`: 1970.0,
	`dateEq(at;date)`: true, `dateEq(date;"2026-03-28")`: false, `dateEq(missing;date)`: false,
	`dateBefore("2026-03-28";at)`: true, `dateBefore(at;date)`: false, `dateAfter("2026-03-30";at)`: true, `dateAfter(at;missing)`: false,
	`dateTimeEq(at;"2026-03-29T00:30:00+01:00")`: true, `dateTimeEq(date;"2026-03-28T23:00:00Z")`: true, `dateTimeEq(at;missing)`: false,
	`dateTimeBefore(date;at)`: true, `dateTimeBefore(missing;at)`: false, `dateTimeAfter(now();at)`: true, `dateTimeAfter(at;at)`: false,
	`addToDate("2026-01-31";0;1;0)`: "2026-02-28", `addToDate("2024-02-29";1;0;0)`: "2025-02-28", `addToDate("2026-12-31";0;2;1)`: "2027-03-01",
	`addToDate(at;0;0;1)`: "2026-03-29T22:30:00Z", `addToDate("2026-03-29T00:30:00+01:00";0;0;1)`: "2026-03-29T23:30:00+01:00",
	`addToDate("2026-03-28T09:00:00.5";0;0;1)`: "2026-03-29T09:00:00.500", `addToDate(0;0;0;1)`: 86400000.0,
	`subtractFromDate("2026-03-31";0;1;0)`: "2026-02-28", `subtractFromDate(date;1;14;30)`: "2023-12-30",
	`now()`: "2026-05-01T09:30:00.000Z", `toEpoch("1970-01-01T00:00:01Z")`: 1000.0, `toEpoch("1970-01-01")`: -3600000.0,

	`toString(1200000)`: "1200000", `toString(1e21)`: "1000000000000000000000", `toString(0.5)`: "0.5", `toString(missing)`: "",
	`toString(1e-9)`: "1e-09", `toString(yes)`: "true", `toString(numbers)`: "[4,1,10]",
	`toNumber("12.50")`: 12.5, `toNumber(" 7 ")`: 7.0, `toNumber(yes)`: 1.0, `toNumber(no)`: 0.0, `toNumber("-1e3")`: -1000.0, `toNumber(n)`: 5.0,

	`if(yes;1;divide(1;0))`: 1.0, `if(no;divide(1;0);"b")`: "b", `if(missing;1;2)`: 2.0,
	`and(yes;no)`: false, `and(no;divide(1;0))`: false, `and(missing)`: false, `and(yes;yes;yes)`: true,
	`or(no;missing;yes)`: true, `or(yes;divide(1;0))`: true, `or(no)`: false,
	`and(or(no;yes);not(no))`: true, `not(yes)`: false, `not(missing)`: true,
	`isEmpty(missing)`: true, `isEmpty(nothing)`: true, `isEmpty("")`: true, `isEmpty(none)`: true, `isEmpty(object)`: false,
	`isEmpty(0)`: false, `isEmpty(no)`: false, `isEmpty(" ")`: false, `isEmpty(numbers)`: false,
	`var("n")`: 5.0, `var(missing)`: nil,
}

func TestFunctionsGive(t *testing.T) {
	scope := testScope(t)
	for src, want := range results {
		t.Run(src, func(t *testing.T) {
			e, err := Compile("{{" + src + "}}")
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Eval(scope)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// faults holds, for every function that can fail, expressions and the end of
// what the error says of them.
var faults = map[string]string{
	`sum(1;missing)`:                    `sum: value 2 (missing) is null, not a number`,
	`sum(numbers;1)`:                    `sum: value 1 (numbers) is a list, not a number`,
	`multiply(1e300;1e300)`:             `multiply: the result is too large`,
	`subtract("x";1)`:                   `subtract: value 1 is text that is not a number`,
	`divide(1;0)`:                       `divide: value 2 is zero, and nothing can be divided by zero`,
	`mod(1;"0")`:                        `mod: value 2 is zero, and nothing can be divided by zero`,
	`round(1;0.5)`:                      `round: value 2 is not a whole number from 0 to 15`,
	`abs(yes)`:                          `abs: value 1 (yes) is true or false, not a number`,
	`average(object)`:                   `average: value 1 (object) is an object, not a number`,
	`min(1;"")`:                         `min: value 2 is text that is not a number`,
	`max("0x10")`:                       `max: value 1 is text that is not a number`,
	`median("1_0")`:                     `median: value 1 is text that is not a number`,
	`eq(word;"Hello")`:                  `eq: value 1 (word) is text that is not a number`,
	`gt(yes;1)`:                         `gt: value 1 (yes) is true or false, not a number`,
	`gte(1;word)`:                       `gte: value 2 (word) is text that is not a number`,
	`lt(1;word)`:                        `lt: value 2 (word) is text that is not a number`,
	`lte(1;word)`:                       `lte: value 2 (word) is text that is not a number`,
	`numberEq(1;word)`:                  `numberEq: value 2 (word) is text that is not a number`,
	`numberGt(1;word)`:                  `numberGt: value 2 (word) is text that is not a number`,
	`numberGte(1;word)`:                 `numberGte: value 2 (word) is text that is not a number`,
	`numberLt(1;word)`:                  `numberLt: value 2 (word) is text that is not a number`,
	`numberLte(1;word)`:                 `numberLte: value 2 (word) is text that is not a number`,
	`boolEq("true";yes)`:                `boolEq: value 1 is text, not true or false`,
	`arraySize(word)`:                   `arraySize: value 1 (word) is text, not a list`,
	`arraySum(none)`:                    `arraySum: value 1 (none) is an empty list`,
	`arraySum(holed)`:                   `arraySum: value 1 (holed) has as item 2 null, not a number`,
	`arrayMultiply(missing)`:            `arrayMultiply: value 1 (missing) is an empty list`,
	`arrayAverage([])`:                  `arrayAverage: value 1 is an empty list`,
	`arrayMin([])`:                      `arrayMin: value 1 is an empty list`,
	`arrayMax(mixed)`:                   `arrayMax: value 1 (mixed) has as item 2 text that is not a number`,
	`arrayMedian([])`:                   `arrayMedian: value 1 is an empty list`,
	`arrayMap(word;"a")`:                `arrayMap: value 1 (word) is text, not a list`,
	`arrayMap(lines;n)`:                 `arrayMap: value 2 (n) is a number, not a path`,
	`arrayMap(lines;concat("a..b"))`:    `arrayMap: value 2 is not a path: the path of a field has an empty part`,
	`arraySome(word;true)`:              `arraySome: value 1 (word) is text, not a list`,
	`arraySome(numbers;$_)`:             `arraySome: value 2 is a number, not true or false`,
	`arrayEvery(n;true)`:                `arrayEvery: value 1 (n) is a number, not a list`,
	`arrayEvery(numbers;word)`:          `arrayEvery: value 2 (word) is text, not true or false`,
	`arrayFilter(object;true)`:          `arrayFilter: value 1 (object) is an object, not a list`,
	`arrayFilter(numbers;divide($_;0))`: `divide: value 2 is zero, and nothing can be divided by zero`,
	`contains("abc";"a")`:               `contains: value 1 is text, not a list`,
	`stringContains(["a"];none)`:        `stringContains: value 2 (none) is a list, not text`,
	`numberContains([1];word)`:          `numberContains: value 2 (word) is text that is not a number`,
	`arrayIncludesAnyOf(words;"a")`:     `arrayIncludesAnyOf: value 2 is text, not a list`,
	`arrayIncludesAllOf("a";words)`:     `arrayIncludesAllOf: value 1 is text, not a list`,
	`arrayIncludesOnly(words;n)`:        `arrayIncludesOnly: value 2 (n) is a number, not a list`,
	`concat(long;long)`:                 `concat: the text grows beyond 64 KiB`,
	`textWithExpressions(long;long)`:    `textWithExpressions: the text grows beyond 64 KiB`,
	`substring(word;-1;2)`:              `substring: value 2 is not a whole number from 0 to 2147483648`,
	`lower(numbers)`:                    `lower: value 1 (numbers) is a list, not text`,
	`upper(object)`:                     `upper: value 1 (object) is an object, not text`,
	`stringLen(none)`:                   `stringLen: value 1 (none) is a list, not text`,
	`stringEq(none;"")`:                 `stringEq: value 1 (none) is a list, not text`,
	`stringHasSubString("a";none)`:      `stringHasSubString: value 2 (none) is a list, not text`,
	`hasSubstring("a";none)`:            `hasSubstring: value 2 (none) is a list, not text`,
	`startsWith("a";none)`:              `startsWith: value 2 (none) is a list, not text`,
	`endsWith("a";none)`:                `endsWith: value 2 (none) is a list, not text`,
	`isEmptyString(none)`:               `isEmptyString: value 1 (none) is a list, not text`,
	`hour(date)`:                        `hour: value 1 (date) is a date without a time of day`,
	`minute(missing)`:                   `minute: value 1 (missing) is null, not a date`,
	`year(word)`:                        `year: value 1 (word) is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z)`,
	`month("2026-13-01")`:               `month: value 1 is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z)`,
	`day(long)`:                         `day: value 1 (long) is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z)`,
	`weekDay(1e18)`:                     `weekDay: value 1 is not a number of milliseconds up to the year 9999`,
	`dateEq(yes;date)`:                  `dateEq: value 1 (yes) is true or false, not a date`,
	`dateBefore(date;word)`:             `dateBefore: value 2 (word) is text that is not a date (2026-05-01 or 2026-05-01T09:00:00Z)`,
	`dateAfter(date;none)`:              `dateAfter: value 2 (none) is a list, not a date`,
	`dateTimeEq(date;none)`:             `dateTimeEq: value 2 (none) is a list, not a date`,
	`dateTimeBefore(date;none)`:         `dateTimeBefore: value 2 (none) is a list, not a date`,
	`dateTimeAfter(date;none)`:          `dateTimeAfter: value 2 (none) is a list, not a date`,
	`addToDate(date;9000;0;0)`:          `addToDate: the date leaves the years 1 to 9999`,
	`addToDate(date;0;0;0.5)`:           `addToDate: value 4 is not a whole number from -1000000 to 1000000`,
	`subtractFromDate(missing;0;0;1)`:   `subtractFromDate: value 1 (missing) is null, not a date`,
	`toEpoch(missing)`:                  `toEpoch: value 1 (missing) is null, not a date`,
	`toNumber("abc")`:                   `toNumber: value 1 is text that is not a number`,
	`toNumber(missing)`:                 `toNumber: value 1 (missing) is null, not a number`,
	`if(1;2;3)`:                         `if: value 1 is a number, not true or false`,
	`and(yes;"true")`:                   `and: value 2 is text, not true or false`,
	`or(no;numbers)`:                    `or: value 2 (numbers) is a list, not true or false`,
	`not(word)`:                         `not: value 1 (word) is text, not true or false`,
}

func TestFunctionsSayWhatIsWrong(t *testing.T) {
	scope := testScope(t)
	for src, want := range faults {
		t.Run(src, func(t *testing.T) {
			e, err := Compile("{{" + src + "}}")
			if err != nil {
				t.Fatal(err)
			}
			v, err := e.Eval(scope)
			var fault *EvalError
			if !errors.As(err, &fault) {
				t.Fatalf("Eval = %v, %v; want an EvalError", v, err)
			}
			if got := fault.Function + ": " + fault.Message; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if at := strings.Index(e.Source(), fault.Function+"("); at != fault.Pos {
				t.Errorf("Pos = %d, want %d", fault.Pos, at)
			}
		})
	}
}

func TestEveryFunctionStandsInTheTables(t *testing.T) {
	cannotFail := map[string]bool{"var": true, "now": true, "toString": true, "isEmpty": true}
	for _, f := range Functions() {
		good, bad := false, false
		for src := range results {
			good = good || strings.HasPrefix(src, f.Name+"(")
		}
		for _, message := range faults {
			bad = bad || strings.HasPrefix(message, f.Name+":")
		}
		if !good || !bad && !cannotFail[f.Name] {
			t.Errorf("%s: happy %v, error %v", f.Name, good, bad)
		}
	}
}
