package script

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func eval(t *testing.T, source string, payload map[string]any) (bool, error) {
	t.Helper()
	code, err := Compile(source)
	if err != nil {
		t.Fatalf("Compile(%s): %v", source, err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return code.Eval(payload, zone)
}

func TestCodeAnswersTrueOrFalse(t *testing.T) {
	payload := map[string]any{
		"name": "Ada", "party": 3.0, "tags": []any{"vip", "regular", "vip"}, "nothing": nil,
		"lines": []any{map[string]any{"sku": "A-1", "n": 2.0}, map[string]any{"sku": "B-2", "n": 5.0}},
		"when":  "2026-11-23T23:30:00Z",
	}
	for name, body := range map[string]string{
		"a field":           `return payload.party > 2`,
		"a missing field":   `return payload.a?.b === undefined && payload.nothing === null`,
		"lists":             `return payload.lines.filter(l => l.n > 2).map(l => l.sku).join() === "B-2"`,
		"reduce":            `return payload.lines.reduce((sum, {n}) => sum + n, 0) === 7`,
		"sort":              `return [3, 1, 2].sort((a, b) => a - b).join("") === "123" && ["b", "a"].sort()[0] === "a"`,
		"a set":             `return new Set(payload.tags).size === 2 && [...new Set(payload.tags)].length === 2`,
		"a map":             `const m = new Map(); for (const t of payload.tags) m.set(t, (m.get(t) || 0) + 1); return m.get("vip") === 2`,
		"grouping":          `const g = {}; for (const l of payload.lines) { g[l.sku] ??= 0; g[l.sku] += l.n } return g["B-2"] === 5`,
		"texts":             "return `${payload.name}!`.toUpperCase().padStart(6, '*') === '**ADA!'",
		"a pattern":         `return /^([A-Z])-(\d)$/.exec("A-1")[2] === "1" && "a-b-c".replace(/-/g, "+") === "a+b+c" && "x1y2".match(/\d/g).length === 2`,
		"replacing":         `return "a b".replaceAll(" ", "_") === "a_b" && "ab".replace("b", m => m + m) === "abb"`,
		"destructuring":     `const {name, party: [] = []} = {name: "x"}; const [a, b = 2] = [1]; return name === "x" && a + b === 3`,
		"loops":             `let n = 0; out: for (let i = 0; i < 9; i++) { for (;;) { n++; if (n % 2) continue out; break } } do n--; while (n > 5); return n === 5`,
		"fields":            `let k = ""; for (const f in {a: 1, b: 2}) k += f; return k === "ab" && Object.entries({a: 1})[0][1] === 1`,
		"errors":            `try { throw new RangeError("no") } catch (e) { return e instanceof RangeError && e.message === "no" } finally { 1 }`,
		"recursion":         `const f = n => n < 2 ? n : f(n - 1) + f(n - 2); return f(10) === 55`,
		"JSON":              `return JSON.stringify(JSON.parse('{"a":[1,null,"x"]}')) === '{"a":[1,null,"x"]}'`,
		"numbers":           `return Math.max(...[1, 2]) === 2 && (1.005).toFixed(1) === "1.0" && Number("7") === 7 && parseInt("12px") === 12`,
		"switch":            `switch (payload.name) { case "Ada": return true; default: return false }`,
		"flat":              `return [1, [2, [3]]].flat(Infinity).length === 3 && [1, 2].flatMap(n => [n, n]).length === 4`,
		"arguments":         `return (function () { return arguments.length })(1, 2) === 2 && ((...all) => all.length)(1, 2, 3) === 3`,
		"the site's clock":  `const d = new Date(payload.when); return d.getHours() === 0 && d.getDate() === 24 && d.getUTCHours() === 23 && d.getDay() === 2`,
		"dates without one": `return new Date("2026-07-01T09:00").toISOString() === "2026-07-01T07:00:00.000Z" && new Date(2026, 6, 1, 9).getTime() === Date.parse("2026-07-01T09:00")`,
		"spread":            `return {...payload, party: 4}.party === 4 && [...payload.tags, 1].length === 4`,
		"getters":           `return {get a() { return 1 }}.a === 1`,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := eval(t, "export default function (payload) { "+body+" }", payload); !got || err != nil {
				t.Errorf("%s = %v, %v; want true", body, got, err)
			}
		})
	}
}

func TestFormsOfTheExport(t *testing.T) {
	for _, source := range []string{
		"export default function (payload) { return payload.ok }",
		"export default function decide(payload) { return payload.ok }",
		"export default (payload) => payload.ok",
		"const limit = 1;\nfunction big(n) { return n >= limit }\nexport default function(p) { return big(1) && p.ok }",
		"// export default nothing\nvar s = 'export default'; export default ({ok}) => ok;",
	} {
		if got, err := eval(t, source, map[string]any{"ok": true}); !got || err != nil {
			t.Errorf("%s = %v, %v; want true", source, got, err)
		}
	}
}

func TestWhatIsRefusedBeforeItRuns(t *testing.T) {
	for name, tt := range map[string]struct{ source, want string }{
		"no export":          {"function f() {}", "no default export"},
		"another export":     {"export const a = 1; export default () => true", "1:1: an export other"},
		"a value":            {"export default 1", "no function"},
		"an import":          {"import x from 'fs'\nexport default () => true", "cannot be used here"},
		"a dynamic import":   {"export default () => import('fs')", "cannot be used here"},
		"async":              {"export default async function () { return true }", "async"},
		"a generator":        {"export default () => { function* g() {} }", "generator"},
		"a class":            {"class A {}\nexport default () => true", "cannot be used here"},
		"a BigInt":           {"export default () => 1n > 0", "BigInt"},
		"looking around":     {"export default () => /a(?=b)/.test('')", "regular expression"},
		"referring back":     {`export default () => /(a)\1/.test('')`, "regular expression"},
		"eval":               {"export default () => eval('1')", "eval"},
		"a tagged template":  {"export default () => String.raw`x`", "tagged"},
		"the rest of a list": {"export default () => { const [a, ...b] = [1]; return true }", "rest"},
		"bad syntax":         {"export default function (", "1:"},
		"with":               {"with (Math) {} export default () => true", ""},
		"too long":           {"export default () => true //" + strings.Repeat("x", 1000), "at most 1000"},
		"a file":             {"export default () => x\n//# sourceMappingURL=/etc/passwd\n +", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Compile(tt.source)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Compile = %v; want an error with %q", err, tt.want)
			}
		})
	}
}

func TestWhatTheWorldDoesNotHold(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"a clock":            {"return Date.now() > 0", "threw TypeError"},
		"new Date":           {"return new Date() > 0", "there is no clock"},
		"chance":             {"return Math.random() < 2", "threw TypeError"},
		"globalThis":         {"return globalThis !== undefined", "ReferenceError"},
		"Function":           {"return Function('return 1')()", "ReferenceError"},
		"a constructor":      {"return (() => 1).constructor('return true')()", "TypeError"},
		"of a list":          {"return new ([].constructor)(1)", "TypeError"},
		"a prototype":        {"return {}.__proto__ === undefined && Symbol", "ReferenceError"},
		"Proxy":              {"return new Proxy({}, {})", "ReferenceError"},
		"call":               {"return [].map.call({length: 1e9}, x => x)", "TypeError"},
		"a promise":          {"return Promise.resolve(true)", "ReferenceError"},
		"typed arrays":       {"return new Uint8Array(1e9)", "ReferenceError"},
		"a list of any size": {"return new Array(1e9)", "TypeError"},
		"a regexp of a text": {"return 'a'.match('(a+)+$')", "as a literal"},
		"the machine's zone": {"return '' + new Date(0)", "a text"},
		"a number":           {"return 1", "returned a number, not true or false"},
		"nothing":            {"1", "returned nothing"},
		"thrown":             {"throw new Error('no such line')", "threw Error: no such line"},
		"thrown text":        {"throw 'no'", "threw no"},
		"a missing field":    {"return payload.a.b", "1:54: the code threw TypeError"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := eval(t, "export default function (payload) { "+tt.body+" }", nil)
			if got || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s = %v, %v; want an error with %q", tt.body, got, err, tt.want)
			}
		})
	}
}

// Whatever code does, it ends long before the safety net, in the same way each
// time. A catch or a finally does not see that the budget is gone.
func TestNothingEscapesTheBudget(t *testing.T) {
	for name, body := range map[string]string{
		"a loop":                  `for (;;);`,
		"while":                   `while (true) {}`,
		"in a catch":              `for (;;) try { for (;;); } catch {} finally { continue }`,
		"calls":                   `const f = n => n ? f(n - 1) || f(n - 1) : false; return f(100)`,
		"defaults":                `function f(n, a = n && f(n - 1), b = n && f(n - 1)) {} f(60)`,
		"doubling a text":         `let s = "x"; for (;;) s += s`,
		"doubling by a template":  "let s = 'x'; for (;;) s = `${s}${s}`",
		"repeat":                  `return "x".repeat(1e9)`,
		"repeated repeats":        `let s = "x"; for (;;) s = s.repeat(50)`,
		"padding":                 `return "x".padEnd(1e9)`,
		"replace":                 `const s = "x".repeat(50000); return s.replace(/x/g, s)`,
		"replaceAll":              `const s = "x".repeat(50000); return s.replaceAll("x", s)`,
		"replace by function":     `const s = "x".repeat(50000); return s.replace(/x/g, () => s)`,
		"join":                    `const s = "x".repeat(90000); const a = []; for (let i = 0; i < 5000; i++) a.push(s); return a.join()`,
		"separators":              `return [..."x".repeat(9000)].join("y".repeat(99999))`,
		"doubling a list":         `let a = [1]; for (;;) a = [...a, ...a]`,
		"concat":                  `let a = [1]; for (;;) a = a.concat(a)`,
		"push":                    `let a = [1]; for (;;) a.push(...a)`,
		"a shared list, joined":   `let a = ["x"]; for (let i = 0; i < 60; i++) a = [a, a]; return "" + a`,
		"a shared list, flat":     `let a = ["x"]; for (let i = 0; i < 60; i++) a = [a, a]; return a.flat(Infinity).length`,
		"a shared list, written":  `let a = ["x"]; for (let i = 0; i < 60; i++) a = [a, a]; return JSON.stringify(a)`,
		"a shared list, a key":    `let a = ["x"]; for (let i = 0; i < 60; i++) a = [a, a]; return {}[a]`,
		"length":                  `const a = []; a.length = 4e9; return a.indexOf(1)`,
		"an index":                `for (;;) { const a = []; a[4000] = 1 }`,
		"many large lists":        `const all = []; for (;;) { const a = []; a[4096] = 1; all.push(a) }`,
		"scanning":                `const s = "x".repeat(60000); for (;;) s.indexOf("y")`,
		"a pattern over and over": `const s = "x".repeat(60000); for (;;) /(x?){50}y/.test(s)`,
		"sorting":                 `const a = [..."x".repeat(9000)]; for (;;) a.sort()`,
		"fields":                  `const o = {}; for (let i = 0; i < 3000; i++) o["k" + i] = i; for (;;) ({...o})`,
		"fields in a loop":        `const o = {}; for (let i = 0; i < 3000; i++) o["k" + i] = i; for (;;) for (const k in o) break`,
		"forEach":                 `const a = [..."x".repeat(999)]; const f = () => a.forEach(f); f()`,
		"toJSON":                  `const o = {toJSON() { return [o, o] }}; return JSON.stringify(o)`,
		"literals":                `for (;;) [` + strings.Repeat("1,", 300) + `1]`,
	} {
		t.Run(name, func(t *testing.T) {
			code, err := Compile("export default function () { " + body + " }")
			if err != nil {
				t.Fatal(err)
			}
			_, first := code.Eval(nil, nil)
			_, second := code.Eval(nil, nil)
			if first == nil || second == nil || first.Error() != second.Error() {
				t.Fatalf("it ended with %v, then with %v; want the same error", first, second)
			}
			if !strings.Contains(first.Error(), "budget") && !strings.Contains(first.Error(), "deep") {
				t.Errorf("it ended with %v; want the budget's end", first)
			}
		})
	}
}

func TestAListThatHoldsItselfIsNotRead(t *testing.T) {
	if _, err := eval(t, `export default () => { const a = []; a.push(a); return a == "" }`, nil); err == nil || !strings.Contains(err.Error(), "deep") {
		t.Errorf("it gave %v; want that it is nested too deeply", err)
	}
}

func TestThePayloadIsACopy(t *testing.T) {
	payload := map[string]any{"list": []any{1.0}}
	if got, err := eval(t, `export default p => { p.list.push(2); p.x = 1; return p.list.length === 2 }`, payload); !got || err != nil {
		t.Fatalf("it gave %v, %v", got, err)
	}
	if len(payload) != 1 || len(payload["list"].([]any)) != 1 {
		t.Errorf("the payload was written to: %v", payload)
	}
}

func FuzzCode(f *testing.F) {
	f.Add("export default p => p.a > 1")
	f.Add("export default function(p) { for (const [k, v] of Object.entries(p)) if (v) return true; return false }")
	f.Fuzz(func(t *testing.T, source string) {
		code, err := Compile(source)
		if err != nil {
			return
		}
		first, err1 := code.Eval(map[string]any{"a": 1.0}, nil)
		second, err2 := code.Eval(map[string]any{"a": 1.0}, nil)
		if first != second || (err1 == nil) != (err2 == nil) {
			t.Errorf("%v, %v and then %v, %v", first, err1, second, err2)
		}
	})
}

func BenchmarkEval(b *testing.B) {
	code, err := Compile("export default p => p.lines.some(l => l.n > 2)")
	if err != nil {
		b.Fatal(err)
	}
	payload := map[string]any{"lines": []any{map[string]any{"n": 3.0}}}
	for b.Loop() {
		if ok, err := code.Eval(payload, nil); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
