package formula

import (
	"strings"
	"testing"
)

// The language of the compatible builders: the functions of formula fields, those
// of filters and conditions alone, and what it does not have.
func TestTheLanguageIsWhole(t *testing.T) {
	offered := strings.Fields(`sum multiply subtract divide mod round average min max median abs eq gt gte lt lte
		arraySize arraySum arrayMultiply arrayAverage arrayMin arrayMax arrayMedian arrayMap
		concat substring lower upper stringLen stringEq stringHasSubString startsWith endsWith isEmptyString
		hour minute year month day weekDay dateEq dateBefore dateAfter dateTimeEq dateTimeBefore dateTimeAfter
		addToDate subtractFromDate now toString toNumber if and or not isEmpty var`)
	others := strings.Fields(`boolEq numberEq numberGt numberGte numberLt numberLte stringContains numberContains contains
		arraySome arrayEvery arrayIncludesAnyOf arrayIncludesAllOf arrayIncludesOnly toEpoch arrayFilter hasSubstring textWithExpressions`)
	known := map[string]Function{}
	for _, f := range Functions() {
		known[f.Name] = f
	}
	for names, field := range map[*[]string]bool{&offered: true, &others: false} {
		for _, name := range *names {
			f, ok := known[name]
			if !ok || f.FormulaField != field {
				t.Errorf("%s: known %v, in formula fields %v, want %v", name, ok, f.FormulaField, field)
			}
			delete(known, name)
		}
	}
	for name := range known {
		t.Errorf("%s is no function of the language", name)
	}
	for _, name := range strings.Fields("replace trim split join indexOf regex ceil floor random sort reduce switch coalesce formatDate addDays") {
		if _, ok := builtins[name]; ok {
			t.Errorf("%s is not to be", name)
		}
	}
}

func TestFunctionsCountTheirArguments(t *testing.T) {
	for _, f := range Functions() {
		least, most := f.bounds()
		arg := func(i int) string {
			if len(f.Params) > 0 && f.param(i).Type == "path" {
				return `"a"`
			}
			return "a"
		}
		call := func(n int) string {
			args := make([]string, n)
			for i := range args {
				args[i] = arg(i)
			}
			return "{{" + f.Name + "(" + strings.Join(args, ";") + ")}}"
		}
		if _, err := Compile(call(least)); err != nil {
			t.Errorf("%s with %d: %v", f.Name, least, err)
		}
		if least > 0 {
			if _, err := Compile(call(least - 1)); err == nil {
				t.Errorf("%s takes %d", f.Name, least-1)
			}
		}
		if most < 0 {
			most = 100
			if _, err := Compile(call(most)); err != nil {
				t.Errorf("%s with %d: %v", f.Name, most, err)
			}
		} else if _, err := Compile(call(max(1, most+1))); err == nil {
			t.Errorf("%s takes %d", f.Name, most+1)
		}
		for _, p := range f.Params {
			if p.Type == "" {
				t.Errorf("%s takes something without a type", f.Name)
			}
		}
		if _, ok := given[f.Result]; !ok {
			t.Errorf("%s gives %q", f.Name, f.Result)
		}
	}
}
